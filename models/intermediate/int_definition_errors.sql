-- Every way in which the reference tables can be wrong, checked before anything is computed from them. The test
-- definitions_are_sound fails if a row comes out, and every mart waits for this model.

with nodes as (
    select
        *,
        coalesce(cast(edition as {{ dbt.type_string() }}), '?') || ', ' || coalesce(node_code, '?') as row_key
    from {{ ref('stg_nodes') }}
),

methods as (
    select
        *,
        coalesce(cast(edition as {{ dbt.type_string() }}), '?') || ', ' || coalesce(cohort_code, '?') || ', '
        || coalesce(node_code, '?') as row_key
    from {{ ref('stg_methods') }}
),

regions as (
    select * from {{ ref('stg_regions') }}
),

region_ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

aliases as (
    select * from {{ ref('base_region_aliases') }}
),

counties as (
    select * from {{ ref('base_counties') }}
),

cohorts as (
    select * from {{ ref('stg_cohorts') }}
),

members as (
    select
        *,
        coalesce(cohort_code, '?') || ', ' || coalesce(region_code, '?') || ', '
        || coalesce(member_region_code, '?') as row_key
    from {{ ref('stg_cohort_members') }}
),

measures_with_values as (
    select distinct
        edition,
        indicator_code
    from {{ ref('stg_indicator_values') }}
),

-- Up to three steps upwards from each node; a sound tree has no more.
ancestors as (
    select
        nodes.edition,
        nodes.node_code,
        parents.node_code as parent_code,
        grandparents.node_code as grandparent_code,
        great_grandparents.node_code as great_grandparent_code
    from nodes
    inner join nodes as parents
        on nodes.edition = parents.edition and nodes.parent_node_code = parents.node_code
    left join nodes as grandparents
        on nodes.edition = grandparents.edition and parents.parent_node_code = grandparents.node_code
    left join nodes as great_grandparents
        on nodes.edition = great_grandparents.edition and grandparents.parent_node_code = great_grandparents.node_code
),

parent_weights as (
    select
        parents.edition,
        parents.node_code,
        parents.row_key,
        parents.printed_weight,
        sum(children.printed_weight) as children_weight,
        count(*) as children_count
    from nodes as parents
    inner join nodes as children
        on parents.edition = children.edition and parents.node_code = children.parent_node_code
    group by parents.edition, parents.node_code, parents.row_key, parents.printed_weight
),

counted_twice as (
    select
        members.row_key,
        above.member_region_code as upper_member
    from members
    inner join region_ancestors on members.member_region_code = region_ancestors.region_code
    inner join members as above
        on
            members.cohort_code = above.cohort_code
            and members.region_code = above.region_code
            and region_ancestors.ancestor_region_code = above.member_region_code
    where region_ancestors.steps_up > 0
),

duplicate_keys as (
    select
        'ref_nodes' as table_name,
        row_key
    from nodes
    union all
    select
        'ref_methods' as table_name,
        row_key
    from methods
    union all
    select
        'ref_regions' as table_name,
        coalesce(region_code, '?') as row_key
    from regions
    union all
    select
        'ref_cohorts' as table_name,
        coalesce(cohort_code, '?') as row_key
    from cohorts
    union all
    select
        'ref_cohort_members' as table_name,
        row_key
    from members
),

final as (
    select
        table_name,
        row_key,
        'the key stands ' || count(*) || ' times' as problem,
        'keep one of the rows' as remedy
    from duplicate_keys
    group by table_name, row_key
    having count(*) > 1

    union all

    select
        'ref_nodes' as table_name,
        row_key,
        'edition, node_code, node_level, printed_weight or direction is missing or no number' as problem,
        'edition is a year, node_level 0 to 3, printed_weight a decimal number, direction 1 or -1' as remedy
    from nodes
    where edition is null or node_code is null or node_level is null or printed_weight is null or direction is null

    union all

    select
        'ref_nodes' as table_name,
        row_key,
        'printed_weight is ' || cast(printed_weight as decimal(20, 6)) || ', below zero' as problem,
        'a weight is 0 or more; an indicator of which less is better has direction -1' as remedy
    from nodes
    where printed_weight < 0

    union all

    select
        'ref_nodes' as table_name,
        row_key,
        'direction is ' || direction as problem,
        'write 1 (more is better) or -1 (less is better)' as remedy
    from nodes
    where direction not in (1, -1)

    union all

    select
        'ref_nodes' as table_name,
        nodes.row_key,
        'parent_node_code ' || nodes.parent_node_code || ' is no node of the edition' as problem,
        'add the parent or correct its code' as remedy
    from nodes
    left join nodes as parents
        on nodes.edition = parents.edition and nodes.parent_node_code = parents.node_code
    where nodes.parent_node_code is not null and parents.node_code is null

    union all

    select
        'ref_nodes' as table_name,
        nodes.row_key,
        'the node is its own ancestor, by way of ' || ancestors.parent_code as problem,
        'let each parent_node_code lead towards the root' as remedy
    from ancestors
    inner join nodes on ancestors.edition = nodes.edition and ancestors.node_code = nodes.node_code
    where
        ancestors.node_code in (
            ancestors.parent_code, ancestors.grandparent_code, ancestors.great_grandparent_code
        )

    union all

    select
        'ref_nodes' as table_name,
        nodes.row_key,
        'node_level is ' || nodes.node_level || {{ text_literal(", its parent's is ") }}
        || parents.node_level as problem,
        'a node stands one level below its parent, and the root on level 0' as remedy
    from nodes
    inner join nodes as parents
        on nodes.edition = parents.edition and nodes.parent_node_code = parents.node_code
    where nodes.node_level <> parents.node_level + 1

    union all

    select
        'ref_nodes' as table_name,
        row_key,
        'node_level is ' || node_level || ' without a parent' as problem,
        'only the root has no parent, and its level is 0' as remedy
    from nodes
    where parent_node_code is null and node_level <> 0

    union all

    select
        'ref_nodes' as table_name,
        cast(edition as {{ dbt.type_string() }}) as row_key,
        'the edition has ' || sum(case when parent_node_code is null then 1 else 0 end) || ' roots' as problem,
        'exactly one node of an edition has no parent' as remedy
    from nodes
    group by edition
    having sum(case when parent_node_code is null then 1 else 0 end) <> 1

    union all

    select
        'ref_nodes' as table_name,
        nodes.row_key,
        'level ' || nodes.node_level || ' has neither children nor a numerator' as problem,
        'a node above level 3 needs a child; write an uneven tree with single-child nodes' as remedy
    from nodes
    left join parent_weights
        on nodes.edition = parent_weights.edition and nodes.node_code = parent_weights.node_code
    where nodes.node_level between 0 and 2 and parent_weights.node_code is null

    union all

    -- Each printed weight is off by half a unit of its last digit at the most.
    select
        'ref_nodes' as table_name,
        row_key,
        'printed_weight is ' || cast(printed_weight as decimal(20, 6))
        || {{ text_literal(", its children's weights sum to ") }} || cast(children_weight as decimal(20, 6)) as problem,
        'correct the weights: the printing of four decimals explains a smaller difference only' as remedy
    from parent_weights
    where abs(children_weight - printed_weight) > {{ var('weight_rounding') }} * (children_count + 1)

    union all

    select
        'ref_nodes' as table_name,
        row_key,
        {{ text_literal("the children's weights sum to zero") }} as problem,
        'give at least one child a weight' as remedy
    from parent_weights
    where children_weight = 0

    union all

    select
        'ref_nodes' as table_name,
        nodes.row_key,
        'the indicator has no source: ' || coalesce(nodes.numerator, 'an empty numerator')
        || ' is neither a measure of a sample table nor an indicator_code of raw_indicator_values' as problem,
        'name a measure of macros/index/sample_measures.sql, or deliver its values in raw_indicator_values' as remedy
    from nodes
    left join measures_with_values
        on nodes.edition = measures_with_values.edition and nodes.numerator = measures_with_values.indicator_code
    where
        nodes.node_level = 3
        and measures_with_values.indicator_code is null
        and (nodes.numerator is null or nodes.numerator not in {{ sample_measure_codes() }})

    union all

    select
        'ref_nodes' as table_name,
        nodes.row_key,
        'the indicator has no source for its denominator ' || nodes.denominator as problem,
        'name a measure of macros/index/sample_measures.sql, or deliver its values in raw_indicator_values' as remedy
    from nodes
    left join measures_with_values
        on nodes.edition = measures_with_values.edition and nodes.denominator = measures_with_values.indicator_code
    where
        nodes.denominator is not null
        and measures_with_values.indicator_code is null
        and nodes.denominator not in {{ sample_measure_codes() }}

    union all

    select
        'ref_nodes' as table_name,
        row_key,
        'numerator ' || coalesce(numerator, denominator) || ' on level ' || node_level as problem,
        'only indicators, the nodes of level 3, have a numerator or a denominator' as remedy
    from nodes
    where node_level <> 3 and (numerator is not null or denominator is not null)

    union all

    {% for column, values in {
        'transform': ['identity', 'log1p', 'log'],
        'normaliser': ['min_max', 'z_score', 'rank', 'percentile'],
        'aggregator': ['arithmetic', 'geometric', 'harmonic'],
    }.items() -%}
    select
        'ref_methods' as table_name,
        row_key,
        'unknown {{ column }} ' || coalesce({{ column }}, '(empty)') as problem,
        'write one of {{ values | join(', ') }}' as remedy
    from methods
    where {{ column }} is null or {{ column }} not in {{ sql_list(values) }}

    union all

    {% endfor -%}
    {% for column in ['lower_goalpost', 'upper_goalpost'] -%}
    select
        'ref_methods' as table_name,
        row_key,
        '{{ column }} is ' || coalesce({{ column }}, 'empty') as problem,
        'write a number or observed' as remedy
    from methods
    where {{ column }} is null or ({{ column }} <> 'observed' and {{ parse('number', column) }} is null)

    union all

    {% endfor -%}
    select
        'ref_methods' as table_name,
        row_key,
        'lower_goalpost ' || lower_goalpost || ' is not below upper_goalpost ' || upper_goalpost as problem,
        'the lower goalpost is the smaller number whatever the direction' as remedy
    from methods
    where {{ parse('number', 'lower_goalpost') }} >= {{ parse('number', 'upper_goalpost') }}

    union all

    {% for column in ['lower_goalpost', 'upper_goalpost'] -%}
    select
        'ref_methods' as table_name,
        row_key,
        '{{ column }} ' || {{ column }} || ' has no ' || transform as problem,
        'a goalpost under log is above 0, under log1p above -1' as remedy
    from methods
    where
        (transform = 'log' and {{ parse('number', column) }} <= 0)
        or (transform = 'log1p' and {{ parse('number', column) }} <= -1)

    union all

    {% endfor -%}
    select
        'ref_methods' as table_name,
        row_key,
        'is_clamped or rank_decimals is missing or unusable' as problem,
        'is_clamped is true or false, rank_decimals a whole number from 0 to 12' as remedy
    from methods
    where is_clamped is null or rank_decimals is null or rank_decimals not between 0 and 12

    union all

    select
        'ref_methods' as table_name,
        methods.row_key,
        'no such node or cohort' as problem,
        'write a node_code of the edition and a cohort_code, or *' as remedy
    from methods
    left join nodes on methods.edition = nodes.edition and methods.node_code = nodes.node_code
    left join cohorts on methods.cohort_code = cohorts.cohort_code
    where
        (methods.node_code is null or (methods.node_code <> '*' and nodes.node_code is null))
        or (methods.cohort_code is null or (methods.cohort_code <> '*' and cohorts.cohort_code is null))

    union all

    select
        'ref_methods' as table_name,
        nodes.row_key || ', ' || cohorts.cohort_code as row_key,
        'the node has no method in this cohort' as problem,
        'add a row for it, or one with *' as remedy
    from nodes
    cross join cohorts
    left join methods
        on
            nodes.edition = methods.edition
            and methods.node_code in (nodes.node_code, '*')
            and methods.cohort_code in (cohorts.cohort_code, '*')
    where methods.edition is null

    union all

    select
        'ref_regions' as table_name,
        coalesce(name_zh, name_en, '?') as row_key,
        'region_code is missing' as problem,
        'give the region a code' as remedy
    from regions
    where region_code is null

    union all

    select
        'ref_cohorts' as table_name,
        coalesce(name_zh, name_en, '?') as row_key,
        'cohort_code is missing' as problem,
        'give the cohort a code' as remedy
    from cohorts
    where cohort_code is null

    union all

    -- It would be added to what the samples give.
    select
        'raw_indicator_values' as table_name,
        indicator_code as row_key,
        'the ready-made value has the code of a measure of the sample tables' as problem,
        'give it another code, and name that as numerator or denominator in ref_nodes' as remedy
    from measures_with_values
    where indicator_code in {{ sample_measure_codes() }}

    union all

    select
        'ref_regions' as table_name,
        regions.region_code as row_key,
        'parent_region_code ' || regions.parent_region_code || ' is no region' as problem,
        'add the parent or correct its code' as remedy
    from regions
    left join regions as parents on regions.parent_region_code = parents.region_code
    where regions.parent_region_code is not null and parents.region_code is null

    union all

    select
        'ref_regions' as table_name,
        region_code as row_key,
        'the region is its own ancestor' as problem,
        'let each parent_region_code lead upwards' as remedy
    from region_ancestors
    where region_code = ancestor_region_code and steps_up > 0

    union all

    select
        'ref_region_aliases' as table_name,
        min({{ in_byte_order('alias') }}) as row_key,
        'the spelling means ' || min({{ in_byte_order('region_code') }}) || ' and '
        || max({{ in_byte_order('region_code') }}) as problem,
        'keep only spellings that mean one region; qualify the other with its province' as remedy
    from aliases
    group by alias_key
    having min(region_code) <> max(region_code)

    union all

    select
        'ref_region_aliases' as table_name,
        min({{ in_byte_order('alias') }}) as row_key,
        'the spelling stands ' || count(*) || ' times once case and blanks are ignored' as problem,
        'keep one of the rows' as remedy
    from aliases
    group by alias_key
    having count(*) > 1 and (min(region_code) = max(region_code) or min(region_code) is null)

    union all

    select
        'ref_region_aliases' as table_name,
        coalesce(aliases.alias, '?') as row_key,
        'region_code ' || coalesce(aliases.region_code, '(empty)') || ' is no region' as problem,
        'add the region to ref_regions or correct the code' as remedy
    from aliases
    left join regions on aliases.region_code = regions.region_code
    where
        aliases.alias is null
        or (regions.region_code is null and (aliases.region_code is not null or aliases.refusal is null))

    union all

    select
        'ref_region_aliases' as table_name,
        alias as row_key,
        'refusal ' || refusal || ' and region_code ' || coalesce(region_code, '(empty)') as problem,
        'a refused spelling has no region_code; refusal is ambiguous_region or region_not_ranked' as remedy
    from aliases
    where refusal is not null and (region_code is not null or refusal not in ('ambiguous_region', 'region_not_ranked'))

    union all

    select
        'ref_counties' as table_name,
        coalesce(counties.county_code, counties.name_zh, '?') as row_key,
        'county_code, name_zh or region_code is missing, or ' || coalesce(counties.region_code, '(empty)')
        || ' is no region that counts somewhere' as problem,
        'fill the cells, and write as region_code a member of a cohort or a region below one' as remedy
    from counties
    where
        counties.county_code is null
        or counties.name_zh is null
        or counties.region_code is null
        or counties.region_code not in (
            select region_ancestors.region_code
            from region_ancestors
            inner join members on region_ancestors.ancestor_region_code = members.member_region_code
        )

    union all

    -- Otherwise its rows would be accepted and count nowhere.
    select
        'ref_region_aliases' as table_name,
        aliases.alias as row_key,
        'the spelling means ' || aliases.region_code || ', which is no member of a cohort nor below one' as problem,
        'leave it out, or add the region to ref_cohort_members' as remedy
    from aliases
    inner join regions on aliases.region_code = regions.region_code
    where
        aliases.region_code not in (
            select region_ancestors.region_code
            from region_ancestors
            inner join members on region_ancestors.ancestor_region_code = members.member_region_code
        )

    union all

    {% for column, table_name, parents in [
        ('cohort_code', 'ref_cohorts', 'cohorts'),
        ('region_code', 'ref_regions', 'regions'),
        ('member_region_code', 'ref_regions', 'regions'),
    ] -%}
    select
        'ref_cohort_members' as table_name,
        members.row_key,
        '{{ column }} ' || coalesce(members.{{ column }}, '(empty)') || ' does not exist' as problem,
        'add it to {{ table_name }} or correct the code' as remedy
    from members
    left join {{ parents }} on members.{{ column }} = {{ parents }}.{{ column | replace('member_', '') }}
    where {{ parents }}.{{ column | replace('member_', '') }} is null

    union all

    {% endfor -%}
    select
        'ref_cohort_members' as table_name,
        row_key,
        'the member is counted twice: ' || upper_member || ' above it is a member, too' as problem,
        'a member stands for itself and all below it; keep one of the two' as remedy
    from counted_twice
)

select * from final

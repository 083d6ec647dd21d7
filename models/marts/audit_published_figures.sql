-- Restricted to the editions that the warehouse holds: the report also prints sample sizes of earlier years.

with figures as (
    select * from {{ ref('stg_published_figures') }}
),

nodes as (
    select * from {{ ref('dim_nodes') }}
),

node_scores as (
    select * from {{ ref('fct_node_scores') }}
),

regions as (
    select * from {{ ref('rank_regions') }}
),

roots as (
    select * from nodes
    where parent_node_code is null
),

descendants as (
    select
        ancestors.edition,
        ancestors.ancestor_node_code as node_code,
        'level_' || nodes.node_level as counted,
        count(*) as computed_value
    from {{ ref('int_node_ancestors') }} as ancestors
    inner join nodes on ancestors.edition = nodes.edition and ancestors.node_code = nodes.node_code
    where ancestors.steps_up > 0
    group by ancestors.edition, ancestors.ancestor_node_code, 'level_' || nodes.node_level
),

-- One row per number that a figure can be of; the columns that do not apply are empty.
computed as (
    select
        edition,
        'weight' as figure_type,
        '' as counted,
        '' as cohort_code,
        '' as region_code,
        node_code,
        '' as sample_table,
        cast(printed_weight as {{ type_double() }}) as computed_value
    from nodes

    union all

    select
        edition,
        'score' as figure_type,
        '' as counted,
        cohort_code,
        region_code,
        node_code,
        '' as sample_table,
        points as computed_value
    from node_scores

    union all

    select
        edition,
        'score_of_100' as figure_type,
        '' as counted,
        cohort_code,
        region_code,
        node_code,
        '' as sample_table,
        score as computed_value
    from node_scores

    union all

    select
        edition,
        'rank' as figure_type,
        '' as counted,
        cohort_code,
        region_code,
        node_code,
        '' as sample_table,
        node_rank as computed_value
    from node_scores

    union all

    select
        regions.edition,
        'tier' as figure_type,
        '' as counted,
        regions.cohort_code,
        regions.region_code,
        roots.node_code,
        '' as sample_table,
        regions.tier as computed_value
    from regions
    inner join roots on regions.edition = roots.edition

    union all

    select
        edition,
        'sample_size' as figure_type,
        '' as counted,
        '' as cohort_code,
        '' as region_code,
        '' as node_code,
        table_name as sample_table,
        accepted_row_count as computed_value
    from {{ ref('dq_sample_sizes') }}

    union all

    select
        edition,
        'sample_size' as figure_type,
        '' as counted,
        '' as cohort_code,
        '' as region_code,
        '' as node_code,
        'raw_enterprises.is_backbone' as sample_table,
        count(*) as computed_value
    from {{ ref('stg_enterprises') }}
    where is_backbone
    group by edition

    union all

    select
        edition,
        'count' as figure_type,
        counted,
        '' as cohort_code,
        '' as region_code,
        node_code,
        '' as sample_table,
        computed_value
    from descendants

    union all

    select
        edition,
        'count' as figure_type,
        'regions' as counted,
        cohort_code,
        '' as region_code,
        node_code,
        '' as sample_table,
        count(*) as computed_value
    from node_scores
    group by edition, cohort_code, node_code

    union all

    select
        regions.edition,
        'count' as figure_type,
        'tier_' || regions.tier as counted,
        regions.cohort_code,
        '' as region_code,
        roots.node_code,
        '' as sample_table,
        count(*) as computed_value
    from regions
    inner join roots on regions.edition = roots.edition
    group by regions.edition, regions.cohort_code, regions.tier, roots.node_code

    union all

    -- "first in five of the six": how often a region has a rank among the nodes of a level.
    select
        node_scores.edition,
        'count' as figure_type,
        'level_' || nodes.node_level || '_rank_' || node_scores.node_rank as counted,
        node_scores.cohort_code,
        node_scores.region_code,
        roots.node_code,
        '' as sample_table,
        count(*) as computed_value
    from node_scores
    inner join nodes on node_scores.edition = nodes.edition and node_scores.node_code = nodes.node_code
    inner join roots on node_scores.edition = roots.edition
    group by
        node_scores.edition, nodes.node_level, node_scores.node_rank, node_scores.cohort_code, node_scores.region_code,
        roots.node_code
),

compared as (
    select
        figures.*,
        computed.computed_value,
        computed.computed_value - figures.printed_value as deviation
    from figures
    left join computed
        on
            figures.edition = computed.edition
            and figures.figure_type = computed.figure_type
            and coalesce(figures.counted, '') = computed.counted
            and coalesce(figures.cohort_code, '') = computed.cohort_code
            and coalesce(figures.region_code, '') = computed.region_code
            and coalesce(figures.node_code, '') = computed.node_code
            and coalesce(figures.sample_table, '') = computed.sample_table
    where figures.edition in (select nodes.edition from nodes)
),

final as (
    select
        edition,
        figure_id,
        source,
        locator,
        figure_type,
        counted,
        cohort_code,
        region_code,
        node_code,
        sample_table,
        printed_value,
        cast(computed_value as {{ type_double() }}) as computed_value,
        cast(deviation as {{ type_double() }}) as difference,
        case
            when abs(deviation) <= rounding then 'reproduced'
            when contradicted_by is not null then 'contradicted'
            else 'not_reproduced'
        end as verdict,
        contradicted_by,
        is_derived
    from compared
)

select * from final
order by figure_id

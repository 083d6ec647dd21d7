{% macro uncertain_normalisers() -%}
    {{ return(['declared', 'min_max', 'percentile', 'rank', 'z_score']) }}
{%- endmacro %}

{% macro uncertain_aggregators() -%}
    {{ return(['declared', 'arithmetic', 'geometric']) }}
{%- endmacro %}

{# Ten times ten times ... the digits: the whole numbers below 10 to the power of places, without a function that makes rows. #}
{% macro whole_numbers(places=5) -%}
    select cast(
        {%- for place in range(places) %}
        {{ 10 ** place }} * digits_{{ place }}.digit{{ ' +' if not loop.last }}
        {%- endfor %}
        as {{ dbt.type_int() }}
    ) as whole_number
    from digits as digits_0
    {%- for place in range(1, places) %}
    cross join digits as digits_{{ place }}
    {%- endfor %}
{%- endmacro %}

{# n-th number between 0 and 1 of a hash: seven hexadecimal digits, with functions that every engine has. #}
{% macro uniform_of(hash, number=0) -%}
    (cast(
        {%- for place in range(7) %}
        ascii(substr({{ hash }}, {{ 7 * number + place + 1 }}, 1)) % 87 % 48 * {{ 16 ** (6 - place) }}{{ ' +' if not loop.last }}
        {%- endfor %}
        as {{ type_double() }}
    ) + 0.5) / 268435456
{%- endmacro %}

{# The last part of a model: its rows once per place, from the SQL that the caller writes for one. #}
{% macro each_place() -%}
    {%- for place in ranked_places() %}
    {{ caller(place) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Edition -> its nodes in the order root, first level, second level, each with its place in it, and what its methods ask for.
   Of editions with replications; what is compiled is long, and the engine reads all of it. #}
{% macro trees() -%}
    {%- set editions = {} -%}
    {%- set weights, methods = ref('int_node_weights'), ref('int_methods') -%}
    {%- set settings = ref('stg_uncertainty') -%}
    {%- if execute and load_relation(weights) and load_relation(methods) and load_relation(settings) -%}
        {%- set wanted = " where scenario_code = 'baseline' and edition in (select edition from " ~ settings ~ ')' -%}
        {%- set parents = {} -%}
        {%- set columns = 'select distinct edition, node_code, parent_node_code from ' -%}
        {%- for row in run_query(columns ~ weights ~ wanted) -%}
            {%- do parents.setdefault(row[0] | int, {}).update({row[1]: row[2]}) -%}
        {%- endfor -%}
        {%- for edition, parent_of in parents | dictsort -%}
            {%- set nodes, above = [], [none] -%}
            {%- for level in range(var('deepest_level') + 1) -%}
                {%- set here = [] -%}
                {%- for code in parent_of | sort(case_sensitive=true) if parent_of[code] in above -%}
                    {%- do here.append(code) -%}
                    {%- do nodes.append({
                        'place': nodes | length, 'level': level, 'code': code, 'parent': parent_of[code],
                        'is_indicator': code not in parent_of.values(),
                    }) -%}
                {%- endfor -%}
                {%- do above.clear() -%}
                {%- do above.extend(here) -%}
            {%- endfor -%}
            {%- do editions.update({edition: {'nodes': nodes, 'aggregators': [], 'has_gaps': false}}) -%}
        {%- endfor -%}
        {%- set columns = 'select distinct edition, aggregator, missing_rule, least_observed_share from ' -%}
        {%- for row in run_query(columns ~ methods ~ wanted) -%}
            {%- set tree = editions[row[0] | int] -%}
            {%- if row[1] not in tree.aggregators %}{% do tree.aggregators.append(row[1]) %}{% endif -%}
            {%- if row[2] != 'zero' or row[3] > 0 %}{% do tree.update(has_gaps=true) %}{% endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(editions) }}
{%- endmacro %}

{# The places whose scores int_replication_scores has: those of the root and the first level. #}
{% macro ranked_places() -%}
    {%- set scores = ref('int_replication_scores') -%}
    {%- set places = [] -%}
    {%- if execute and load_relation(scores) -%}
        {%- for column in adapter.get_columns_in_relation(scores) if column.name.startswith('score_') -%}
            {%- do places.append(column.name.removeprefix('score_') | int) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(places or [0]) }}
{%- endmacro %}

{# The nodes at these places, from the CTE nodes; in the order that trees() has. #}
{% macro numbered_nodes() -%}
numbered_nodes as (
    select
        edition,
        node_code,
        row_number() over (
            partition by edition order by node_level, {{ in_byte_order('node_code') }}
        ) - 1 as place
    from nodes
    where node_level <= 1
)
{%- endmacro %}

{% macro replication_count(declared) -%}
    {%- if var('replications') is none -%}
        cast({{ declared }} as {{ dbt.type_int() }})
    {%- else -%}
        {{ var('replications') | int }}
    {%- endif -%}
{%- endmacro %}

{% macro numbered_choices() -%}
choices as (
    select
        edition,
        setting,
        choice,
        row_number() over (
            partition by edition, setting
            order by case when choice = 'declared' then 0 else 1 end, {{ in_byte_order('choice') }}
        ) - 1 as choice_number,
        count(*) over (partition by edition, setting) as choice_count
    from settings
    where setting in ('normaliser', 'aggregator')
)
{%- endmacro %}

{# The digit of a number at a place, in a system whose places have these bases. Divided without a remainder, which is exact on every engine. #}
{% macro digit_of(number, bases, place) -%}
    {%- if place == 0 -%}
        {{ number }} % {{ bases[0] }}
    {%- else -%}
        {%- set below = '(' ~ bases[:place] | join(' * ') ~ ')' -%}
        cast(({{ number }} - {{ number }} % {{ below }}) / {{ below }} as {{ dbt.type_int() }}) % {{ bases[place] }}
    {%- endif -%}
{%- endmacro %}

{# The weight factors of a draw side by side: those of the nodes that stand at a place, whatever the edition. #}
{% macro factors_by_place(trees) -%}
    {%- set codes = {} -%}
    {%- for year, tree in trees.items() -%}
        {%- for node in tree.nodes if node.place > 0 -%}
            {%- do codes.setdefault(node.place, []).append(
                'edition = ' ~ year ~ ' and node_code = ' ~ text_literal(node.code)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for place, conditions in codes.items() -%}
        max(case when {{ conditions | join(' or ') }} then weight_factor end) as factor_{{ place }},
    {%- endfor -%}
{%- endmacro %}

{% macro weighted(weights, values, formula='x') -%}
    (
    {%- for weight in weights -%}
        {%- if formula == 'x' -%}
            {{ weight }} * {{ values[loop.index0] }}
        {%- else -%}
            case when {{ weight }} > 0 then {{ weight }} * {{ formula | replace('(x)', '(' ~ values[loop.index0] ~ ')') }} else 0 end
        {%- endif -%}
        {{- ' + ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}

{# The value of a node from its children's, in a row that has them all side by side. #}
{% macro mean_of(children, place, has_gaps, as_declared) -%}
    {%- set weights, values = [], [] -%}
    {%- for child in children -%}
        {%- do weights.append('weight_' ~ child.place ~ (' * counts_' ~ child.place if has_gaps else '')) -%}
        {%- set value = 'value_' ~ child.place -%}
        {%- if has_gaps and not child.is_indicator -%}
            {%- set value = 'case when known_' ~ child.place ~ ' = 1 then ' ~ value ~ ' else value_of_missing end' -%}
        {%- endif -%}
        {%- do values.append(value) -%}
    {%- endfor -%}
    {%- set whole = ' / nullif(' ~ weights | join(' + ') ~ ', 0)' if has_gaps else '' -%}
    {%- if as_declared -%}
        {#- What weighs nothing does not count, whatever the mean. -#}
        {%- set counted = [] -%}
        {%- for weight in weights %}{% do counted.append('case when ' ~ weight ~ ' > 0 then ' ~ values[loop.index0] ~ ' end') %}{% endfor -%}
        {%- set least = 'least(' ~ counted | join(', ') ~ ')' if counted | length > 1 else counted[0] -%}
        {%- set power = 'aggregator_power_' ~ place -%}
        case
            when aggregator_{{ place }} = 'arithmetic' then {{ weighted(weights, values) }}{{ whole }}
            when aggregator_{{ place }} = 'minimum' then {{ least }}
            when {{ least }} < 0 then null
            when {{ least }} = 0 and (aggregator_{{ place }} <> 'generalised' or {{ power }} < 0) then 0
            when aggregator_{{ place }} = 'geometric' then exp({{ weighted(weights, values, 'ln(x)') }}{{ whole }})
            when aggregator_{{ place }} = 'harmonic' then 1 / ({{ weighted(weights, values, '1 / (x)') }}{{ whole }})
            when aggregator_{{ place }} = 'generalised'
                then power({{ weighted(weights, values, 'power((x), ' ~ power ~ ')') }}{{ whole }}, 1 / {{ power }})
        end
    {%- else -%}
        {{ weighted(weights, values) }}{{ whole }}
    {%- endif -%}
{%- endmacro %}

{# The CTEs that scored_runs expects, but for runs. #}
{% macro inputs_of_runs() -%}
units as (
    select * from {{ ref('int_ranked_units') }}
),

node_scores as (
    select * from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline'
),

weights as (
    select * from {{ ref('int_node_weights') }}
    where scenario_code = 'baseline'
),

methods as (
    select * from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
),

alternative_values as (
    select * from {{ ref('int_alternative_values') }}
),

settings as (
    select * from {{ ref('stg_uncertainty') }}
),

floors as (
    select
        edition,
        cast(amount as {{ type_double() }}) as value_floor
    from settings
    where setting = 'floor'
)
{%- endmacro %}

{#
    The scores of many runs over the index, each with its own weights, normaliser and aggregator.

    One row per run and region, a column per node: three times as fast as a row per node. An arithmetic mean of means is one sum
    of products; so is the logarithm of a geometric mean of geometric means. Expects the CTEs of inputs_of_runs and runs (edition,
    run_number, normaliser, aggregator, factor_<place>).
#}
{% macro scored_runs(places, trees) -%}
{%- for year, tree in trees.items() -%}
    {%- set children = {} -%}
    {%- for node in tree.nodes -%}
        {%- do children.setdefault(node.parent, []).append(node) -%}
    {%- endfor -%}
    {%- set depth = tree.nodes[-1].level -%}
    {%- set outputs = [] -%}
    {%- for node in tree.nodes if node.place in places and node.level <= 1 %}{% do outputs.append(node) %}{% endfor -%}
    {%- set is_linear = tree.aggregators == ['arithmetic'] %}
members_{{ year }} as (
    select
        units.cohort_code,
        units.region_code,
        units.group_number,
        units.unit_number
        {%- for node in tree.nodes %}
        {%- set here = 'case when node_scores.node_code = ' ~ text_literal(node.code) ~ ' then ' %},
        max({{ here }} weights.sibling_share end) as declared_share_{{ node.place }}
        {%- if tree.has_gaps %},
        max({{ here }} case when node_scores.score is null then 0 else 1 end end) as known_{{ node.place }}
        {%- endif %}
        {%- if node in outputs %},
        max({{ here }} case when node_scores.node_rank is null then 0 else 1 end end) as ranked_{{ node.place }}
        {%- endif %}
        {%- if tree.has_gaps and node.place > 0 %},
        max({{ here }} case when node_scores.score is null and parents.missing_rule <> 'zero' then 0 else 1 end end)
            as counts_{{ node.place }}
        {%- endif %}
        {%- if node in outputs %},
        max({{ here }} cast(power(10, 12 - methods.rank_decimals) as {{ type_double() }}) end) as unit_{{ node.place }}
        {%- endif %}
        {%- if not is_linear and not node.is_indicator %},
        max({{ here }} methods.aggregator end) as aggregator_{{ node.place }},
        max({{ here }} methods.aggregator_power end) as aggregator_power_{{ node.place }}
        {%- endif %}
        {%- endfor %}
    from units
    inner join node_scores
        on
            units.edition = node_scores.edition
            and units.cohort_code = node_scores.cohort_code
            and units.region_code = node_scores.region_code
    inner join weights
        on
            node_scores.edition = weights.edition
            and node_scores.cohort_code = weights.cohort_code
            and node_scores.node_code = weights.node_code
    inner join methods
        on
            node_scores.edition = methods.edition
            and node_scores.cohort_code = methods.cohort_code
            and node_scores.node_code = methods.node_code
    left join methods as parents
        on
            node_scores.edition = parents.edition
            and node_scores.cohort_code = parents.cohort_code
            and node_scores.parent_node_code = parents.node_code
    where units.edition = {{ year }}
    group by units.cohort_code, units.region_code, units.group_number, units.unit_number
),

values_{{ year }} as (
    select
        alternative_values.cohort_code,
        alternative_values.region_code,
        alternative_values.normaliser,
        scales.scale,
        max(floors.value_floor) as value_floor,
        case when scales.scale = 'log' then ln(max(floors.value_floor)) else 0 end as value_of_missing
        {%- for node in tree.nodes if node.is_indicator %},
        max(
            case
                when alternative_values.indicator_code = {{ text_literal(node.code) }}
                    then
                        case
                            when scales.scale = 'plain' then coalesce(alternative_values.normalised_value, 0)
                            when alternative_values.normalised_value > 0
                                then
                                    ln(
                                        floors.value_floor
                                        + (1 - floors.value_floor) * alternative_values.normalised_value
                                    )
                            else ln(floors.value_floor)
                        end
            end
        ) as value_{{ node.place }}
        {%- endfor %}
    from alternative_values
    inner join floors on alternative_values.edition = floors.edition
    cross join (
        select 'plain' as scale
        union all
        select 'log' as scale
    ) as scales
    where alternative_values.edition = {{ year }}
    group by
        alternative_values.cohort_code, alternative_values.region_code, alternative_values.normaliser, scales.scale
),

shares_{{ year }} as (
    select
        cohort_code
        {%- for node in tree.nodes if node.place > 0 %},
        max(declared_share_{{ node.place }}) as declared_share_{{ node.place }}
        {%- endfor %}
    from members_{{ year }}
    group by cohort_code
),

weights_{{ year }} as (
    select
        runs.run_number,
        runs.normaliser,
        runs.aggregator,
        case when runs.aggregator = 'geometric' then 'log' else 'plain' end as scale,
        shares.cohort_code
        {%- for node in tree.nodes if node.place > 0 %},
        runs.factor_{{ node.place }} * shares.declared_share_{{ node.place }} / nullif(
            {%- for sibling in children[node.parent] %}
            runs.factor_{{ sibling.place }} * shares.declared_share_{{ sibling.place }}{{ ' +' if not loop.last }}
            {%- endfor %},
            0
        ) as weight_{{ node.place }}
        {%- endfor %}
    from runs
    cross join shares_{{ year }} as shares
    where runs.edition = {{ year }}
),
{%- set kinds = [false] if is_linear else [false, true] %}
{%- for as_declared in kinds %}
{%- set block = year ~ ('_declared' if as_declared else '') %}

level_{{ depth }}_{{ block }} as (
    select
        run_weights.*,
        members.*,
        {%- for node in tree.nodes if node.is_indicator %}
        node_values.value_{{ node.place }},
        {%- endfor %}
        node_values.value_floor,
        node_values.value_of_missing
    from weights_{{ year }} as run_weights
    inner join values_{{ year }} as node_values
        on
            run_weights.cohort_code = node_values.cohort_code
            and run_weights.normaliser = node_values.normaliser
            and run_weights.scale = node_values.scale
    inner join members_{{ year }} as members
        on node_values.cohort_code = members.cohort_code and node_values.region_code = members.region_code
    {%- if not is_linear %}
    where run_weights.aggregator {{ '=' if as_declared else '<>' }} 'declared'
    {%- endif %}
),
{% for level in range(depth - 1, -1, -1) %}
level_{{ level }}_{{ block }} as (
    select
        *
        {%- for node in tree.nodes if node.level == level and not node.is_indicator %},
        {{ mean_of(children[node.code], node.place, tree.has_gaps, as_declared) }} as value_{{ node.place }}
        {%- endfor %}
    from level_{{ level + 1 }}_{{ block }}
),
{% endfor %}
scored_{{ block }} as (
    select
        run_number,
        normaliser,
        aggregator,
        group_number,
        unit_number
        {%- for place in places %}
        {%- set node = tree.nodes[place] if place < tree.nodes | length and tree.nodes[place].level <= 1 else none %},
        {% if node is none -%}
        cast(null as {{ dbt.type_bigint() }}) as score_{{ place }}
        {%- else -%}
        {%- set value = 'value_' ~ place if as_declared
            else 'case when scale = \'log\' then (exp(value_' ~ place ~ ') - value_floor) / (1 - value_floor) else value_' ~ place ~ ' end' %}
        case
            when ranked_{{ place }} = 1
                then cast(
                    floor(floor(({{ value }}) * 1000000000000 + 0.5) / unit_{{ place }} + 0.5) as {{ dbt.type_bigint() }}
                )
        end as score_{{ place }}
        {%- endif %}
        {%- endfor %}
    from level_0_{{ block }}
),
{%- endfor %}
{%- endfor %}

scored as (
    {% for year, tree in trees.items() -%}
    {% for block in ([year] if tree.aggregators == ['arithmetic'] else [year, year ~ '_declared']) -%}
    select * from scored_{{ block }}
    union all
    {% endfor -%}
    {% endfor -%}
    -- Nothing, with the columns of something.
    select
        runs.run_number,
        runs.normaliser,
        runs.aggregator,
        units.group_number,
        units.unit_number
        {%- for place in places %},
        cast(null as {{ dbt.type_bigint() }}) as score_{{ place }}
        {%- endfor %}
    from runs
    inner join units on runs.edition = units.edition
    inner join node_scores on units.edition = node_scores.edition
    inner join weights on node_scores.edition = weights.edition
    inner join methods on weights.edition = methods.edition
    inner join alternative_values on methods.edition = alternative_values.edition
    inner join floors on alternative_values.edition = floors.edition
    where 1 = 0
)
{%- endmacro %}

{# The number of a cohort in a run; there are fewer than ten thousand cohorts, and a hundred thousand replications. Integers are
   ranked faster than big ones. #}
{% macro cell(run_number) -%}
    {{ run_number }} * 10000 + group_number
{%- endmacro %}

{# Place -> edition -> level of the node that stands there. #}
{% macro levels_by_place(trees) -%}
    {%- set places = {} -%}
    {%- for year, tree in trees.items() -%}
        {%- for node in tree.nodes if node.place > 0 %}{% do places.setdefault(node.place, {}).update({year: node.level}) %}{% endfor -%}
    {%- endfor -%}
    {{ return(places) }}
{%- endmacro %}

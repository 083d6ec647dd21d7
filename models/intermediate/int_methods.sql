-- The method of each node in each cohort, under each scenario. A row that names the node beats one that names the
-- cohort. What a scenario changes is put over it column by column. A step between two editions has some from each.
{%- set layers = ['by_both', 'by_node', 'by_cohort', 'by_neither'] %}
{%- set of_parts = {'weight': 'weights', 'lower_goalpost': 'goalposts', 'upper_goalpost': 'goalposts'} %}
{%- set of_scores = ['weight', 'aggregator', 'aggregator_power', 'missing_rule'] %}

with nodes as (
    select * from {{ ref('int_nodes') }}
),

ancestors as (
    select * from {{ ref('int_node_ancestors') }}
),

cohorts as (
    select cohort_code from {{ ref('stg_cohorts') }}
),

methods as (
    select * from {{ ref('stg_methods') }}
),

scenarios as (
    select * from {{ ref('int_scenarios') }}
),

overrides as (
    select * from {{ ref('stg_scenario_overrides') }}
),

candidates as (
    select
        nodes.edition,
        cohorts.cohort_code,
        nodes.node_code,
        methods.imputation,
        methods.treatment,
        methods.most_winsorised,
        methods.skewness_limit,
        methods.kurtosis_limit,
        methods.least_observed_share,
        methods.least_ranked_share,
        methods.rank_decimals,
        {%- for column in scenario_columns() %}
        methods.{{ column }},
        {%- endfor %}
        row_number() over (
            partition by nodes.edition, cohorts.cohort_code, nodes.node_code
            order by
                case when methods.node_code = '*' then 1 else 0 end,
                case when methods.cohort_code = '*' then 1 else 0 end
        ) as preference
    from nodes
    cross join cohorts
    inner join methods
        on
            nodes.edition = methods.edition
            and methods.node_code in (nodes.node_code, '*')
            and methods.cohort_code in (cohorts.cohort_code, '*')
),

stated as (
    select * from candidates
    where preference = 1
),

-- Indicators that both editions have, and what stands above them.
kept as (
    select distinct
        ancestors.edition,
        earlier.edition as previous_edition,
        ancestors.ancestor_node_code as node_code
    from ancestors
    inner join nodes
        on ancestors.edition = nodes.edition and ancestors.node_code = nodes.node_code and nodes.is_indicator
    inner join nodes as earlier on nodes.node_code = earlier.node_code and earlier.is_indicator
),

-- Between two editions nothing else counts. What the earlier one had not is all of the later one.
spine as (
    select
        scenarios.scenario_code,
        scenarios.edition,
        scenarios.values_scenario_code,
        nodes.node_code,
        {%- for part in edition_steps()[1:] %}
        case when earlier.node_code is null then scenarios.edition else scenarios.{{ part }}_edition end
            as {{ part }}_edition,
        {%- endfor %}
        coalesce(scenarios.left_out_node_code = nodes.node_code, false)
        or (kept.node_code is null and kept_parents.node_code is not null) as is_left_out
    from scenarios
    inner join nodes on scenarios.edition = nodes.edition
    left join nodes as earlier
        on
            scenarios.previous_edition = earlier.edition
            and nodes.node_code = earlier.node_code
            and nodes.is_indicator = earlier.is_indicator
    left join kept
        on
            scenarios.edition = kept.edition
            and scenarios.previous_edition = kept.previous_edition
            and nodes.node_code = kept.node_code
    left join kept as kept_parents
        on
            scenarios.edition = kept_parents.edition
            and scenarios.previous_edition = kept_parents.previous_edition
            and nodes.parent_node_code = kept_parents.node_code
),

overridden as (
    select
        spine.scenario_code,
        spine.edition,
        spine.data_edition,
        spine.goalpost_edition,
        spine.weight_edition,
        stated.cohort_code,
        stated.node_code,
        stated.imputation,
        stated.treatment,
        stated.most_winsorised,
        stated.skewness_limit,
        stated.kurtosis_limit,
        stated.least_observed_share,
        stated.least_ranked_share,
        stated.rank_decimals,
        {%- for column in scenario_columns() %}
        coalesce(
            {%- if column == 'weight' %}
            case when spine.is_left_out then cast(0 as {{ type_exact() }}) end,
            {%- endif %}
            {%- for layer in layers %}
            {{ layer }}.{{ column }},
            {%- endfor %}
            {{ of_parts.get(column, 'stated') }}.{{ column }}
        ) as {{ column }},
        {%- endfor %}
        -- Most scenarios change no value, and need none of their own.
        case
            when spine.values_scenario_code is not null then spine.values_scenario_code
            when coalesce(
                {%- for column in scenario_columns() if column not in of_scores -%}
                {%- set outer = loop -%}
                {%- for layer in layers %}
                cast({{ layer }}.{{ column }} as {{ dbt.type_string() }}){{ ',' if not (loop.last and outer.last) }}
                {%- endfor -%}
                {%- endfor %}
            ) is null then 'baseline'
            else spine.scenario_code
        end as values_scenario_code
    from spine
    inner join stated on spine.method_edition = stated.edition and spine.node_code = stated.node_code
    {% for part in ['goalpost', 'weight'] -%}
    inner join stated as {{ part }}s
        on
            spine.{{ part }}_edition = {{ part }}s.edition
            and stated.cohort_code = {{ part }}s.cohort_code
            and stated.node_code = {{ part }}s.node_code
    {% endfor -%}
    {% for layer in layers -%}
    left join overrides as {{ layer }}
        on
            spine.scenario_code = {{ layer }}.scenario_code
            and {{ layer }}.cohort_code = {{ 'stated.cohort_code' if layer in ('by_both', 'by_cohort') else "'*'" }}
            and {{ layer }}.node_code = {{ 'stated.node_code' if layer in ('by_both', 'by_node') else "'*'" }}
    {% endfor %}
),

final as (
    select
        scenario_code,
        edition,
        cohort_code,
        node_code,
        values_scenario_code,
        data_edition,
        goalpost_edition,
        weight_edition,
        cast(weight as {{ type_exact() }}) as weight,
        {%- for column, default in optional_methods().items() %}
        coalesce({{ column }}, '{{ default }}') as {{ column }},
        {%- endfor %}
        most_winsorised,
        skewness_limit,
        kurtosis_limit,
        transform,
        normaliser,
        aggregator,
        aggregator_power,
        cast({{ goalpost_number('lower_goalpost') }} as {{ type_double() }}) as lower_goalpost,
        cast({{ goalpost_number('upper_goalpost') }} as {{ type_double() }}) as upper_goalpost,
        lower_goalpost as lower_goalpost_rule,
        upper_goalpost as upper_goalpost_rule,
        target_lower,
        target_upper,
        target_mean,
        target_deviation,
        value_floor,
        missing_rule,
        coalesce(least_observed_share, 0) as least_observed_share,
        coalesce(least_ranked_share, 0) as least_ranked_share,
        rank_decimals,
        is_clamped
    from overridden
)

select * from final

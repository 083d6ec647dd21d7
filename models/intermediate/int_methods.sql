-- The method of each node in each cohort, under each scenario. A row that names the node beats one that names the
-- cohort. What a scenario changes is put over it column by column.
{%- set layers = ['by_both', 'by_node', 'by_cohort', 'by_neither'] %}
{%- set of_scores = ['weight', 'aggregator', 'aggregator_power', 'missing_rule'] %}

with nodes as (
    select
        edition,
        node_code
    from {{ ref('int_nodes') }}
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

overridden as (
    select
        scenarios.scenario_code,
        stated.edition,
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
            case when scenarios.left_out_node_code = stated.node_code then cast(0 as {{ type_exact() }}) end,
            {%- endif %}
            {%- for layer in layers %}
            {{ layer }}.{{ column }},
            {%- endfor %}
            stated.{{ column }}
        ) as {{ column }},
        {%- endfor %}
        -- Most scenarios change no value, and need none of their own.
        case
            when coalesce(
                {%- for column in scenario_columns() if column not in of_scores -%}
                {%- set outer = loop -%}
                {%- for layer in layers %}
                cast({{ layer }}.{{ column }} as {{ dbt.type_string() }}){{ ',' if not (loop.last and outer.last) }}
                {%- endfor -%}
                {%- endfor %}
            ) is null then 'baseline'
            else scenarios.scenario_code
        end as values_scenario_code
    from scenarios
    inner join candidates as stated on scenarios.edition = stated.edition and stated.preference = 1
    {% for layer in layers -%}
    left join overrides as {{ layer }}
        on
            scenarios.scenario_code = {{ layer }}.scenario_code
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

-- Scores from the indicators up to the root, on the 0-1 scale of the normalised values. What a missing child means is
-- declared; observed_weight_share says how much of the weight had a value of its own, imputed_weight_share how much had
-- one that stands in.
{%- set levels = range(var('deepest_level'), -1, -1) | list %}

with normalised_values as (
    select
        *,
        cast(
            case
                when normalised_value is not null and imputed_by is null then coalesce(observed_member_share, 1)
                else 0
            end as {{ type_double() }}
        ) as observed_weight_share,
        cast(case when normalised_value is not null and imputed_by is not null then 1 else 0 end as {{ type_double() }})
            as imputed_weight_share
    from {{ ref('int_normalised_values') }}
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

weights as (
    select * from {{ ref('int_node_weights') }}
),

methods as (
    select * from {{ ref('int_methods') }}
),

-- Indicators hang on any level. A scenario that changes no value has those of the baseline.
indicators as (
    select
        weights.scenario_code,
        normalised_values.edition,
        normalised_values.cohort_code,
        normalised_values.region_code,
        normalised_values.indicator_code as node_code,
        nodes.node_level,
        normalised_values.normalised_value as node_value,
        normalised_values.observed_weight_share,
        normalised_values.imputed_weight_share
    from normalised_values
    inner join nodes
        on normalised_values.edition = nodes.edition and normalised_values.indicator_code = nodes.node_code
    inner join weights
        on
            normalised_values.scenario_code = weights.values_scenario_code
            and normalised_values.edition = weights.edition
            and normalised_values.cohort_code = weights.cohort_code
            and normalised_values.indicator_code = weights.node_code
),

level_{{ levels | first }} as (
    select * from indicators
    where node_level = {{ levels | first }}
),
{% for level in levels[1:] %}
-- What weighs nothing does not count, whatever the mean.
level_{{ level }}_sums as (
    select
        children.scenario_code,
        children.edition,
        children.cohort_code,
        children.region_code,
        weights.parent_node_code as node_code,
        methods.aggregator,
        methods.aggregator_power,
        methods.missing_rule,
        methods.least_observed_share,
        count(children.node_value) as observed_count,
        count(*) as children_count,
        min(children.node_value) as least_value,
        {{ exact_sum('weights.sibling_share * children.node_value') }} as weighted_sum,
        {{ exact_sum('weights.sibling_share * ln(case when children.node_value > 0 then children.node_value end)') }}
            as weighted_log_sum,
        {{ exact_sum('weights.sibling_share / nullif(children.node_value, 0)') }} as weighted_reciprocal_sum,
        {{ exact_sum(
            'weights.sibling_share * power(case when children.node_value > 0 then children.node_value end, '
            ~ 'methods.aggregator_power)'
        ) }} as weighted_power_sum,
        {{ exact_sum('case when children.node_value is not null then weights.sibling_share end') }} as observed_share,
        {{ exact_sum('weights.sibling_share * children.observed_weight_share') }} as observed_weight_share,
        {{ exact_sum('weights.sibling_share * children.imputed_weight_share') }} as imputed_weight_share
    from level_{{ level + 1 }} as children
    inner join weights
        on
            children.scenario_code = weights.scenario_code
            and children.edition = weights.edition
            and children.cohort_code = weights.cohort_code
            and children.node_code = weights.node_code
            and weights.sibling_share > 0
    inner join methods
        on
            weights.scenario_code = methods.scenario_code
            and weights.edition = methods.edition
            and weights.cohort_code = methods.cohort_code
            and weights.parent_node_code = methods.node_code
    group by
        children.scenario_code, children.edition, children.cohort_code, children.region_code, weights.parent_node_code,
        methods.aggregator, methods.aggregator_power, methods.missing_rule, methods.least_observed_share
),

level_{{ level }}_means as (
    select
        *,
        -- Weights of the children with a value count as the whole, if the others are to be done without.
        case
            when missing_rule = 'reweight' and observed_count < children_count then nullif(observed_share, 0)
            else 1
        end as whole,
        (missing_rule <> 'unknown' or observed_count = children_count)
        and observed_weight_share >= least_observed_share as is_known
    from level_{{ level }}_sums
),

level_{{ level }} as (
    select * from indicators
    where node_level = {{ level }}

    union all

    select
        scenario_code,
        edition,
        cohort_code,
        region_code,
        node_code,
        {{ level }} as node_level,
        case
            when not is_known then null
            {%- for name, formula in aggregators().items() %}
            {%- if name == 'geometric' %}
            when least_value < 0 then null
            when least_value = 0 and (aggregator <> 'generalised' or aggregator_power < 0) then 0
            {%- endif %}
            when aggregator = '{{ name }}' then {{ formula }}
            {%- endfor %}
        end as node_value,
        observed_weight_share,
        imputed_weight_share
    from level_{{ level }}_means
),
{% endfor %}
all_levels as (
    {% for level in levels -%}
    select * from level_{{ level }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Ranked on the declared decimals. The first rounding, far below them, takes off what arithmetic leaves in the last
-- bits.
rounded as (
    select
        all_levels.*,
        weights.parent_node_code,
        weights.effective_weight,
        round(
            cast(
                case
                    when all_levels.observed_weight_share < methods.least_ranked_share then null
                    else all_levels.node_value
                end as decimal(24, 12)
            ) * cast(power(10, methods.rank_decimals) as decimal(14, 0))
        ) as ranked_value
    from all_levels
    inner join weights
        on
            all_levels.scenario_code = weights.scenario_code
            and all_levels.edition = weights.edition
            and all_levels.cohort_code = weights.cohort_code
            and all_levels.node_code = weights.node_code
    inner join methods
        on
            all_levels.scenario_code = methods.scenario_code
            and all_levels.edition = methods.edition
            and all_levels.cohort_code = methods.cohort_code
            and all_levels.node_code = methods.node_code
),

final as (
    select
        scenario_code,
        edition,
        cohort_code,
        region_code,
        node_code,
        parent_node_code,
        node_level,
        effective_weight,
        100 * node_value as score,
        100 * effective_weight * node_value as points,
        observed_weight_share,
        imputed_weight_share,
        case
            when ranked_value is not null
                then cast(rank() over (
                    partition by scenario_code, edition, cohort_code, node_code order by ranked_value desc nulls last
                ) as {{ dbt.type_int() }})
        end as node_rank
    from rounded
)

select * from final

-- Scores from the indicators up to the root, on the 0-1 scale of the normalised values. What a missing child means is
-- declared; observed_weight_share says how much of the weight had a value.
{%- set levels = range(var('deepest_level'), -1, -1) | list %}

with normalised_values as (
    select * from {{ ref('int_normalised_values') }}
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

methods as (
    select * from {{ ref('int_methods') }}
),

-- Indicators hang on any level.
indicators as (
    select
        normalised_values.edition,
        normalised_values.cohort_code,
        normalised_values.region_code,
        normalised_values.indicator_code as node_code,
        nodes.node_level,
        normalised_values.normalised_value as node_value,
        cast(
            case when normalised_values.normalised_value is null then 0 else 1 end as {{ type_double() }}
        ) as observed_weight_share
    from normalised_values
    inner join nodes
        on normalised_values.edition = nodes.edition and normalised_values.indicator_code = nodes.node_code
),

level_{{ levels | first }} as (
    select * from indicators
    where node_level = {{ levels | first }}
),
{% for level in levels[1:] %}
level_{{ level }}_sums as (
    select
        children.edition,
        children.cohort_code,
        children.region_code,
        nodes.parent_node_code as node_code,
        count(children.node_value) as observed_count,
        count(*) as children_count,
        min(children.node_value) as least_value,
        {{ exact_sum('nodes.sibling_share * children.node_value') }} as weighted_sum,
        {{ exact_sum('nodes.sibling_share * ln(case when children.node_value > 0 then children.node_value end)') }}
            as weighted_log_sum,
        {{ exact_sum('nodes.sibling_share / nullif(children.node_value, 0)') }} as weighted_reciprocal_sum,
        {{ exact_sum('case when children.node_value is not null then nodes.sibling_share end') }} as observed_share,
        {{ exact_sum('nodes.sibling_share * children.observed_weight_share') }} as observed_weight_share
    from level_{{ level + 1 }} as children
    inner join nodes on children.edition = nodes.edition and children.node_code = nodes.node_code
    group by children.edition, children.cohort_code, children.region_code, nodes.parent_node_code
),

level_{{ level }}_means as (
    select
        sums.*,
        methods.aggregator,
        -- Weights of the children with a value count as the whole, if the others are to be done without.
        case
            when methods.missing_rule = 'reweight' and sums.observed_count < sums.children_count
                then nullif(sums.observed_share, 0)
            else 1
        end as whole,
        (methods.missing_rule <> 'unknown' or sums.observed_count = sums.children_count)
        and sums.observed_weight_share >= methods.least_observed_share as is_known
    from level_{{ level }}_sums as sums
    inner join methods
        on
            sums.edition = methods.edition
            and sums.cohort_code = methods.cohort_code
            and sums.node_code = methods.node_code
),

level_{{ level }} as (
    select * from indicators
    where node_level = {{ level }}

    union all

    select
        edition,
        cohort_code,
        region_code,
        node_code,
        {{ level }} as node_level,
        case
            when not is_known then null
            when aggregator = 'arithmetic' then weighted_sum / whole
            when least_value < 0 then null
            when least_value = 0 then 0
            when aggregator = 'geometric' then exp(weighted_log_sum / whole)
            when aggregator = 'harmonic' then whole / weighted_reciprocal_sum
        end as node_value,
        observed_weight_share
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
        nodes.parent_node_code,
        nodes.effective_weight,
        round(
            cast(all_levels.node_value as decimal(24, 12)) * cast(power(10, methods.rank_decimals) as decimal(14, 0))
        ) as ranked_value
    from all_levels
    inner join nodes on all_levels.edition = nodes.edition and all_levels.node_code = nodes.node_code
    inner join methods
        on
            all_levels.edition = methods.edition
            and all_levels.cohort_code = methods.cohort_code
            and all_levels.node_code = methods.node_code
),

final as (
    select
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
        case
            when ranked_value is not null
                then cast(rank() over (
                    partition by edition, cohort_code, node_code order by ranked_value desc nulls last
                ) as {{ dbt.type_int() }})
        end as node_rank
    from rounded
)

select * from final

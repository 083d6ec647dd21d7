-- What each node adds to the distance between two neighbours, from the root down. Under an arithmetic mean that is its
-- weight times the distance in it. Under a geometric one the weight is multiplied by L(parents) / L(children), L being
-- the logarithmic mean (x - y) / (ln x - ln y), under a harmonic one by the product of the parents over that of the
-- children: then, too, the parts of the children sum to the parent's.

with units as (
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

-- A missing child that adds nothing is a zero; one that the others stand in for leaves them other weights.
node_values as (
    select
        node_scores.edition,
        node_scores.cohort_code,
        node_scores.region_code,
        node_scores.node_code,
        node_scores.parent_node_code,
        weights.sibling_share,
        parent_weights.effective_weight as parent_effective_weight,
        methods.aggregator as parent_aggregator,
        case
            when node_scores.score is null and methods.missing_rule = 'zero' then cast(0 as {{ type_double() }})
            else node_scores.score / 100
        end as node_value,
        sum(case when node_scores.score is null and methods.missing_rule <> 'zero' then 1 else 0 end) over (
            partition by
                node_scores.edition, node_scores.cohort_code, node_scores.region_code, node_scores.parent_node_code
        ) as gap_count
    from node_scores
    inner join weights
        on
            node_scores.edition = weights.edition
            and node_scores.cohort_code = weights.cohort_code
            and node_scores.node_code = weights.node_code
    left join weights as parent_weights
        on
            node_scores.edition = parent_weights.edition
            and node_scores.cohort_code = parent_weights.cohort_code
            and node_scores.parent_node_code = parent_weights.node_code
    left join methods
        on
            node_scores.edition = methods.edition
            and node_scores.cohort_code = methods.cohort_code
            and node_scores.parent_node_code = methods.node_code
),

pairs as (
    select
        lower_units.edition,
        lower_units.cohort_code,
        lower_units.region_code,
        upper_units.region_code as next_region_code,
        lower_values.node_code,
        lower_values.parent_node_code,
        lower_values.sibling_share,
        lower_values.parent_effective_weight,
        lower_values.parent_aggregator,
        lower_values.node_value,
        upper_values.node_value as next_value,
        lower_values.gap_count + upper_values.gap_count as gap_count
    from units as lower_units
    inner join units as upper_units
        on lower_units.unit_number - 1 = upper_units.unit_number and lower_units.group_number = upper_units.group_number
    inner join node_values as lower_values
        on
            lower_units.edition = lower_values.edition
            and lower_units.cohort_code = lower_values.cohort_code
            and lower_units.region_code = lower_values.region_code
    inner join node_values as upper_values
        on
            upper_units.edition = upper_values.edition
            and upper_units.cohort_code = upper_values.cohort_code
            and upper_units.region_code = upper_values.region_code
            and lower_values.node_code = upper_values.node_code
),

steps_0 as (
    select
        *,
        node_value as parent_value,
        next_value as next_parent_value,
        cast(1 as {{ type_double() }}) as multiplier,
        true as is_additive
    from pairs
    where parent_node_code is null
),
{% for step in range(1, var('deepest_level') + 1) %}
steps_{{ step }} as (
    select
        pairs.*,
        above.node_value as parent_value,
        above.next_value as next_parent_value,
        above.multiplier * pairs.sibling_share * case
            when pairs.gap_count > 0 then null
            when pairs.parent_aggregator = 'arithmetic' then cast(1 as {{ type_double() }})
            when pairs.sibling_share = 0 then 0
            when pairs.node_value <= 0 or pairs.next_value <= 0 then null
            when pairs.parent_aggregator = 'geometric'
                then
                    ({{ logarithmic_mean('above.node_value', 'above.next_value') }})
                    / ({{ logarithmic_mean('pairs.node_value', 'pairs.next_value') }})
            when pairs.parent_aggregator = 'harmonic'
                then above.node_value * above.next_value / (pairs.node_value * pairs.next_value)
        end as multiplier,
        above.is_additive and pairs.parent_aggregator = 'arithmetic' and pairs.gap_count = 0 as is_additive
    from steps_{{ step - 1 }} as above
    inner join pairs
        on
            above.edition = pairs.edition
            and above.cohort_code = pairs.cohort_code
            and above.region_code = pairs.region_code
            and above.node_code = pairs.parent_node_code
),
{% endfor %}
final as (
    {% for step in range(var('deepest_level') + 1) -%}
    select
        edition,
        cohort_code,
        region_code,
        next_region_code,
        node_code,
        parent_node_code,
        sibling_share,
        parent_effective_weight,
        node_value,
        next_value,
        parent_value,
        next_parent_value,
        is_additive,
        100 * multiplier * (node_value - next_value) as gap_points
    from steps_{{ step }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final

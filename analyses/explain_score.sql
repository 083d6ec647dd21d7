-- What is this score made of? From the root down, in the order of the indicator tree: under an arithmetic mean the
-- points of a node's children sum to its own.
with asked as (
    select
        2024 as edition,
        'city' as cohort_code,
        '440300' as region_code
),

final as (
    select
        node_scores.node_level,
        node_scores.region_name_zh,
        node_scores.label_zh,
        node_scores.label_en,
        indicator_values.numerator,
        indicator_values.denominator,
        indicator_values.raw_value,
        node_scores.unit_zh,
        indicator_values.transformed_value,
        indicator_values.lower_goalpost,
        indicator_values.upper_goalpost,
        indicator_values.normalised_value,
        node_scores.effective_weight,
        node_scores.points,
        node_scores.node_rank,
        node_scores.node_code,
        node_scores.sort_order
    from asked
    inner join marts.fct_node_scores as node_scores
        on
            asked.edition = node_scores.edition
            and asked.cohort_code = node_scores.cohort_code
            and asked.region_code = node_scores.region_code
    left join marts.fct_indicator_values as indicator_values
        on
            node_scores.edition = indicator_values.edition
            and node_scores.cohort_code = indicator_values.cohort_code
            and node_scores.region_code = indicator_values.region_code
            and node_scores.node_code = indicator_values.indicator_code
)

select * from final
order by sort_order

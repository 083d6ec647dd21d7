with final as (
    select
        edition,
        cohort_code,
        node_code,
        transform,
        normaliser,
        lower_goalpost,
        upper_goalpost,
        aggregator,
        missing_rule,
        least_observed_share,
        rank_decimals,
        is_clamped
    from {{ ref('int_methods') }}
)

select * from final
order by edition, cohort_code, node_code

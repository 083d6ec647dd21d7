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
        is_clamped,
        aggregator_power,
        least_ranked_share
    from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
)

select * from final
order by edition, cohort_code, node_code

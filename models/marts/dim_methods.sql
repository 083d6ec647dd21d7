with final as (
    select
        edition,
        cohort_code,
        node_code,
        cast(weight as {{ type_double() }}) as weight,
        imputation,
        treatment,
        transform,
        normaliser,
        lower_goalpost,
        upper_goalpost,
        target_lower,
        target_upper,
        value_floor,
        aggregator,
        aggregator_power,
        missing_rule,
        least_observed_share,
        least_ranked_share,
        rank_decimals,
        is_clamped
    from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
)

select * from final
order by edition, cohort_code, node_code

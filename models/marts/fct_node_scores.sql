with final as (
    select
        edition,
        cohort_code,
        region_code,
        node_code,
        score,
        points,
        node_rank,
        observed_weight_share,
        imputed_weight_share
    from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline'
)

select * from final
order by edition, cohort_code, node_code, region_code

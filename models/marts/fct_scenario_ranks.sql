with scores as (
    select * from {{ ref('int_node_scores') }}
    where not {{ is_step('scenario_code') }}
),

final as (
    select
        scores.scenario_code,
        scores.edition,
        scores.cohort_code,
        scores.region_code,
        scores.node_code,
        scores.score,
        scores.node_rank,
        scores.node_rank - baseline.node_rank as rank_shift,
        case
            when scores.node_rank <= 10 and coalesce(baseline.node_rank > 10, true) then 'enters'
            when baseline.node_rank <= 10 and coalesce(scores.node_rank > 10, true) then 'leaves'
        end as first_ten_change
    from scores
    inner join scores as baseline
        on
            baseline.scenario_code = 'baseline'
            and scores.edition = baseline.edition
            and scores.cohort_code = baseline.cohort_code
            and scores.region_code = baseline.region_code
            and scores.node_code = baseline.node_code
)

select * from final
order by scenario_code, edition, cohort_code, node_code, region_code

-- What changed since the edition before, and by what? Scores and ranks of both, the change, and its parts, which sum to
-- it; for the first edition all but its own are empty.
with asked as (
    select
        'province' as cohort_code,
        'overall' as node_code
),

final as (
    select
        scores.edition,
        changes.previous_edition,
        scores.region_name_zh,
        scores.region_name_en,
        scores.label_zh,
        scores.points,
        changes.previous_points,
        changes.points_change,
        changes.data_points,
        changes.goalpost_points,
        changes.weight_points,
        changes.method_points,
        changes.tree_points,
        scores.node_rank,
        changes.previous_rank,
        changes.rank_change,
        changes.data_ranks,
        changes.goalpost_ranks,
        changes.weight_ranks,
        changes.method_ranks,
        changes.tree_ranks,
        changes.warning
    from asked
    inner join marts.fct_node_scores as scores
        on asked.cohort_code = scores.cohort_code and asked.node_code = scores.node_code
    left join marts.fct_edition_changes as changes
        on
            scores.edition = changes.edition
            and scores.cohort_code = changes.cohort_code
            and scores.region_code = changes.region_code
            and scores.node_code = changes.node_code
)

select * from final
order by edition, node_rank, region_name_en

-- What changed since the edition before? Scores and ranks of both, and the change; of the first edition the ones before
-- are empty.
with asked as (
    select
        'province' as cohort_code,
        'overall' as node_code
),

in_order as (
    select
        edition,
        lag(edition) over (order by edition) as edition_before
    from marts.dim_editions
),

final as (
    select
        scores.edition,
        in_order.edition_before,
        scores.region_name_zh,
        scores.region_name_en,
        scores.label_zh,
        scores.points,
        earlier.points as points_before,
        scores.points - earlier.points as points_won,
        scores.node_rank,
        earlier.node_rank as rank_before,
        earlier.node_rank - scores.node_rank as places_won
    from asked
    inner join marts.fct_node_scores as scores
        on asked.cohort_code = scores.cohort_code and asked.node_code = scores.node_code
    inner join in_order on scores.edition = in_order.edition
    left join marts.fct_node_scores as earlier
        on
            in_order.edition_before = earlier.edition
            and scores.cohort_code = earlier.cohort_code
            and scores.region_code = earlier.region_code
            and scores.node_code = earlier.node_code
)

select * from final
order by edition, node_rank, region_name_en

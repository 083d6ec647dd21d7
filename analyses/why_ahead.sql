-- Why is one region ahead of another? Contributions side by side, in the order of the indicator tree: the differences
-- of a node's children sum to its own.
with asked as (
    select
        2024 as edition,
        'city' as cohort_code,
        '310000' as region_code,
        '440300' as other_region_code
),

final as (
    select
        ours.node_level,
        ours.label_zh,
        ours.label_en,
        ours.region_name_zh,
        ours.points,
        ours.node_rank,
        theirs.region_name_zh as other_region_name_zh,
        theirs.points as other_points,
        theirs.node_rank as other_node_rank,
        ours.points - theirs.points as difference,
        ours.node_code,
        ours.parent_node_code,
        ours.sort_order
    from asked
    inner join marts.fct_node_scores as ours
        on
            asked.edition = ours.edition
            and asked.cohort_code = ours.cohort_code
            and asked.region_code = ours.region_code
    inner join marts.fct_node_scores as theirs
        on
            ours.edition = theirs.edition
            and ours.cohort_code = theirs.cohort_code
            and ours.node_code = theirs.node_code
            and asked.other_region_code = theirs.region_code
)

select * from final
order by sort_order

-- How firm is this rank? What becomes of it under other weights and methods, as ref_uncertainty has them, and how often
-- the region below is ahead.
with asked as (
    select
        2024 as edition,
        'city' as cohort_code
),

final as (
    select
        intervals.nominal_rank,
        regions.name_zh,
        regions.name_en,
        intervals.rank_5,
        intervals.median_rank,
        intervals.rank_95,
        intervals.share_at_nominal_rank,
        max(swaps.swap_share) as region_below_is_ahead,
        intervals.replication_count
    from asked
    inner join marts.rank_regions as regions
        on asked.edition = regions.edition and asked.cohort_code = regions.cohort_code
    inner join marts.dim_nodes as nodes on regions.edition = nodes.edition and nodes.parent_node_code is null
    inner join marts.fct_rank_intervals as intervals
        on
            regions.edition = intervals.edition
            and regions.cohort_code = intervals.cohort_code
            and regions.region_code = intervals.region_code
            and nodes.node_code = intervals.node_code
    left join marts.fct_pair_swaps as swaps
        on
            regions.edition = swaps.edition
            and regions.cohort_code = swaps.cohort_code
            and regions.region_code = swaps.upper_region_code
    group by
        intervals.nominal_rank, regions.name_zh, regions.name_en, intervals.rank_5, intervals.median_rank,
        intervals.rank_95, intervals.share_at_nominal_rank, intervals.replication_count
)

select * from final
order by nominal_rank, name_en

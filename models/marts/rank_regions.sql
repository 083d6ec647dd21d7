with roots as (
    select
        edition,
        node_code
    from {{ ref('dim_nodes') }}
    where parent_node_code is null
),

node_scores as (
    select * from {{ ref('fct_node_scores') }}
),

regions as (
    select * from {{ ref('dim_regions') }}
),

final as (
    select
        node_scores.edition,
        node_scores.cohort_code,
        node_scores.region_code,
        regions.parent_region_code,
        regions.name_zh,
        regions.name_en,
        node_scores.points as overall_score,
        node_scores.node_rank as overall_rank,
        node_scores.tier,
        node_scores.observed_weight_share,
        node_scores.edition_date,
        node_scores.cohort_name_zh,
        node_scores.cohort_name_en,
        node_scores.iso_code,
        node_scores.rank_5,
        node_scores.rank_95
    from node_scores
    inner join roots on node_scores.edition = roots.edition and node_scores.node_code = roots.node_code
    inner join regions on node_scores.region_code = regions.region_code
)

select * from final
order by edition, cohort_code, overall_rank, region_code

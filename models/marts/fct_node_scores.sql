with node_scores as (
    select * from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline'
),

nodes as (
    select * from {{ ref('dim_nodes') }}
),

regions as (
    select * from {{ ref('dim_regions') }}
),

cohorts as (
    select * from {{ ref('dim_cohorts') }}
),

editions as (
    select * from {{ ref('dim_editions') }}
),

intervals as (
    select * from {{ ref('fct_rank_intervals') }}
),

overall_ranks as (
    select
        node_scores.edition,
        node_scores.cohort_code,
        node_scores.region_code,
        node_scores.node_rank
    from node_scores
    inner join nodes on node_scores.edition = nodes.edition and node_scores.node_code = nodes.node_code
    where nodes.parent_node_code is null
),

final as (
    select
        node_scores.edition,
        node_scores.cohort_code,
        node_scores.region_code,
        node_scores.node_code,
        node_scores.score,
        node_scores.points,
        node_scores.node_rank,
        node_scores.observed_weight_share,
        node_scores.imputed_weight_share,
        node_scores.effective_weight,
        editions.edition_date,
        coalesce(cohorts.name_zh, cohorts.name_en, cohorts.cohort_code) as cohort_name_zh,
        coalesce(cohorts.name_en, cohorts.name_zh, cohorts.cohort_code) as cohort_name_en,
        coalesce(regions.name_zh, regions.name_en, regions.region_code) as region_name_zh,
        coalesce(regions.name_en, regions.name_zh, regions.region_code) as region_name_en,
        regions.iso_code,
        nodes.label_zh,
        nodes.label_en,
        nodes.parent_node_code,
        nodes.node_level,
        nodes.sort_order,
        nodes.unit_zh,
        nodes.unit_en,
        {{ tier('overall_ranks.node_rank', 'editions.tier_last_ranks') }} as tier,
        intervals.rank_5,
        intervals.rank_95
    from node_scores
    inner join nodes on node_scores.edition = nodes.edition and node_scores.node_code = nodes.node_code
    inner join regions on node_scores.region_code = regions.region_code
    inner join cohorts on node_scores.cohort_code = cohorts.cohort_code
    inner join editions on node_scores.edition = editions.edition
    inner join overall_ranks
        on
            node_scores.edition = overall_ranks.edition
            and node_scores.cohort_code = overall_ranks.cohort_code
            and node_scores.region_code = overall_ranks.region_code
    left join intervals
        on
            node_scores.edition = intervals.edition
            and node_scores.cohort_code = intervals.cohort_code
            and node_scores.region_code = intervals.region_code
            and node_scores.node_code = intervals.node_code
)

select * from final
order by edition, cohort_code, node_code, region_code

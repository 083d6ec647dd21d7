-- How one region's overall score comes about: overall, first level, second level, indicator, in the order of table 2.
-- Points of a node's children sum to its own. Another region: --vars '{region_code: "110000", cohort_code: province}'.

with node_scores as (
    select * from {{ ref('fct_node_scores') }}
),

indicator_values as (
    select * from {{ ref('fct_indicator_values') }}
),

nodes as (
    select * from {{ ref('dim_nodes') }}
),

regions as (
    select * from {{ ref('dim_regions') }}
),

explained as (
    select
        node_scores.edition,
        node_scores.cohort_code,
        regions.name_zh as region_name_zh,
        nodes.node_level,
        node_scores.node_code,
        nodes.name_zh,
        indicator_values.raw_value,
        indicator_values.transformed_value,
        indicator_values.upper_goalpost,
        indicator_values.normalised_value,
        nodes.effective_weight,
        node_scores.points,
        node_scores.node_rank,
        nodes.sort_order
    from node_scores
    inner join nodes
        on node_scores.edition = nodes.edition and node_scores.node_code = nodes.node_code
    inner join regions
        on node_scores.region_code = regions.region_code
    left join indicator_values
        on
            node_scores.edition = indicator_values.edition
            and node_scores.cohort_code = indicator_values.cohort_code
            and node_scores.region_code = indicator_values.region_code
            and node_scores.node_code = indicator_values.indicator_code
    where
        node_scores.region_code = '{{ var("region_code", "440300") }}'
        and node_scores.cohort_code = '{{ var("cohort_code", "city") }}'
)

select * from explained
order by edition, sort_order, node_level, node_code

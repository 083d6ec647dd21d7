with regions as (
    select distinct
        edition,
        cohort_code,
        region_code
    from {{ ref('stg_cohort_members') }}
),

expected as (
    select
        nodes.edition,
        regions.cohort_code,
        regions.region_code,
        nodes.node_code
    from {{ ref('dim_nodes') }} as nodes
    inner join regions on nodes.edition = regions.edition
)

select
    coalesce(expected.edition, node_scores.edition) as edition,
    coalesce(expected.cohort_code, node_scores.cohort_code) as cohort_code,
    coalesce(expected.region_code, node_scores.region_code) as region_code,
    coalesce(expected.node_code, node_scores.node_code) as node_code,
    case when expected.node_code is null then 'not expected' else 'missing' end as problem
from expected
full outer join {{ ref('fct_node_scores') }} as node_scores
    on
        expected.edition = node_scores.edition
        and expected.cohort_code = node_scores.cohort_code
        and expected.region_code = node_scores.region_code
        and expected.node_code = node_scores.node_code
where expected.node_code is null or node_scores.node_code is null

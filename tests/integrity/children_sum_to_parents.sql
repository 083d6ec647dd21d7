with children as (
    select
        scores.edition,
        scores.cohort_code,
        scores.region_code,
        nodes.parent_node_code as node_code,
        sum(scores.points) as children_points,
        count(*) - count(scores.points) as missing_count
    from {{ ref('fct_node_scores') }} as scores
    inner join {{ ref('dim_nodes') }} as nodes
        on scores.edition = nodes.edition and scores.node_code = nodes.node_code
    where nodes.parent_node_code is not null
    group by scores.edition, scores.cohort_code, scores.region_code, nodes.parent_node_code
)

select
    parents.edition,
    parents.cohort_code,
    parents.region_code,
    parents.node_code,
    parents.points,
    children.children_points
from {{ ref('fct_node_scores') }} as parents
inner join children
    on
        parents.edition = children.edition
        and parents.cohort_code = children.cohort_code
        and parents.region_code = children.region_code
        and parents.node_code = children.node_code
inner join {{ ref('int_methods') }} as methods
    on
        methods.scenario_code = 'baseline'
        and parents.edition = methods.edition
        and parents.cohort_code = methods.cohort_code
        and parents.node_code = methods.node_code
where
    methods.aggregator = 'arithmetic'
    -- Where a child is missing, the sum is the parent's if missing means zero.
    and (children.missing_count = 0 or (methods.missing_rule = 'zero' and methods.least_observed_share = 0))
    -- A missing sum beside a number is a failure, too.
    and (
        (parents.points is null) <> (children.children_points is null)
        or abs(parents.points - children.children_points) > 1e-9
    )

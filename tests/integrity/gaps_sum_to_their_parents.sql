with gaps as (
    select * from {{ ref('int_neighbour_gaps') }}
),

-- Where a part cannot be told, its siblings' are no sum.
sums as (
    select
        edition,
        cohort_code,
        region_code,
        parent_node_code as node_code,
        {{ exact_sum('gap_points') }} as sum_of_children
    from gaps
    group by edition, cohort_code, region_code, parent_node_code
    having count(*) = count(gap_points)
)

select
    gaps.edition,
    gaps.cohort_code,
    gaps.region_code,
    gaps.node_code,
    gaps.gap_points,
    sums.sum_of_children
from gaps
inner join sums
    on
        gaps.edition = sums.edition
        and gaps.cohort_code = sums.cohort_code
        and gaps.region_code = sums.region_code
        and gaps.node_code = sums.node_code
where gaps.gap_points is null or abs(gaps.gap_points - sums.sum_of_children) > 1e-9

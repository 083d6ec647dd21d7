with node_scores as (
    select * from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline'
),

units as (
    select * from {{ ref('int_ranked_units') }}
),

methods as (
    select * from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
),

gaps as (
    select * from {{ ref('int_neighbour_gaps') }}
),

scored as (
    select
        node_scores.edition,
        node_scores.cohort_code,
        node_scores.region_code,
        node_scores.node_code,
        node_scores.parent_node_code,
        node_scores.points,
        node_scores.node_rank,
        units.nominal_rank,
        case
            when node_scores.points is null and methods.missing_rule = 'zero' then cast(0 as {{ type_double() }})
            else node_scores.points
        end
            as counted_points,
        case
            when node_scores.parent_node_code is null then 0
            when methods.aggregator = 'arithmetic' and methods.missing_rule = 'zero' then 0
            when methods.aggregator = 'arithmetic' and node_scores.points is not null then 0
            else 1
        end as gap
    from node_scores
    inner join units
        on
            node_scores.edition = units.edition
            and node_scores.cohort_code = units.cohort_code
            and node_scores.region_code = units.region_code
    left join methods
        on
            node_scores.edition = methods.edition
            and node_scores.cohort_code = methods.cohort_code
            and node_scores.parent_node_code = methods.node_code
),

-- Against a mean, parts sum to the whole only where every mean is arithmetic and no weight stands in for another's.
averaged as (
    select
        *,
        {{ exact_sum('counted_points', over='partition by edition, cohort_code, node_code') }}
        / count(*) over (partition by edition, cohort_code, node_code) as mean_points,
        sum(gap) over (partition by edition, cohort_code) as gap_count
    from scored
),

final as (
    select
        averaged.edition,
        averaged.cohort_code,
        averaged.region_code,
        averaged.node_code,
        averaged.parent_node_code,
        averaged.points,
        averaged.node_rank,
        gaps.next_region_code,
        gaps.gap_points as next_gap_points,
        case
            when averaged.parent_node_code is null or averaged.gap_count = 0
                then averaged.counted_points - averaged.mean_points
        end as mean_gap_points,
        averaged.nominal_rank - averaged.node_rank as rank_lead,
        case
            when averaged.node_rank is null then null
            when averaged.node_rank = 1 or averaged.node_rank < averaged.nominal_rank then 'strength'
            when averaged.node_rank > averaged.nominal_rank then 'weakness'
            else 'even'
        end as standing
    from averaged
    left join gaps
        on
            averaged.edition = gaps.edition
            and averaged.cohort_code = gaps.cohort_code
            and averaged.region_code = gaps.region_code
            and averaged.node_code = gaps.node_code
)

select * from final
order by edition, cohort_code, node_code, region_code

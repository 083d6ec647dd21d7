-- Units are numbered in the order of their ranks, so neighbours follow each other.

with scores as (
    select * from {{ ref('int_replication_scores') }}
),

units as (
    select * from {{ ref('int_ranked_units') }}
),

neighbours as (
    select
        unit_number,
        is_declared_method,
        score_0,
        lag(score_0) over (partition by {{ cell('replication_number') }} order by unit_number) as upper_score
    from scores
),

counted as (
    select
        unit_number,
        count(*) as replication_count,
        sum(case when score_0 > upper_score then 1 else 0 end) as swap_count,
        sum(case when score_0 = upper_score then 1 else 0 end) as tie_count,
        sum(case when is_declared_method then 1 else 0 end) as declared_count,
        sum(case when is_declared_method and score_0 > upper_score then 1 else 0 end) as declared_swap_count
    from neighbours
    where upper_score is not null
    group by unit_number
),

final as (
    select
        lower_units.edition,
        lower_units.cohort_code,
        upper_units.region_code as upper_region_code,
        lower_units.region_code as lower_region_code,
        upper_units.nominal_rank as upper_rank,
        lower_units.nominal_rank as lower_rank,
        upper_units.points - lower_units.points as score_gap,
        cast(counted.swap_count as {{ type_double() }}) / counted.replication_count as swap_share,
        cast(counted.tie_count as {{ type_double() }}) / counted.replication_count as tie_share,
        cast(counted.declared_swap_count as {{ type_double() }})
        / nullif(counted.declared_count, 0) as swap_share_weights,
        cast(counted.replication_count as {{ dbt.type_int() }}) as replication_count
    from counted
    inner join units as lower_units on counted.unit_number = lower_units.unit_number
    inner join units as upper_units on counted.unit_number - 1 = upper_units.unit_number
)

select * from final
order by edition, cohort_code, upper_rank, upper_region_code

-- Numbers instead of codes, for tables with a row per replication: cohorts from 0, regions in the order of their ranks.

with node_scores as (
    select * from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline' and parent_node_code is null and node_rank is not null
),

final as (
    select
        edition,
        cohort_code,
        region_code,
        node_rank as nominal_rank,
        points,
        cast(dense_rank() over (
            order by edition, {{ in_byte_order('cohort_code') }}
        ) - 1 as {{ dbt.type_int() }}) as group_number,
        cast(row_number() over (
            order by edition, {{ in_byte_order('cohort_code') }}, node_rank, {{ in_byte_order('region_code') }}
        ) as {{ dbt.type_int() }}) as unit_number
    from node_scores
)

select * from final

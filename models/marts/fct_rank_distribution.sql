-- Integers make the ranking twice as fast as codes would.

with scores as (
    select * from {{ ref('int_replication_scores') }}
),

units as (
    select * from {{ ref('int_ranked_units') }}
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

{{ numbered_nodes() }},

counted as (
    {%- call(place) each_place() %}
    select
        unit_number,
        {{ place }} as place,
        node_rank,
        count(*) as replication_count
    from (
        select
            unit_number,
            rank() over (
                partition by {{ cell('replication_number') }}
                order by score_{{ place }} desc
            ) as node_rank
        from scores
        where score_{{ place }} is not null
    ) as ranked_{{ place }}
    group by unit_number, node_rank
    {%- endcall %}
),

final as (
    select
        units.edition,
        units.cohort_code,
        units.region_code,
        numbered_nodes.node_code,
        cast(counted.node_rank as {{ dbt.type_int() }}) as node_rank,
        cast(counted.replication_count as {{ dbt.type_int() }}) as replication_count
    from counted
    inner join units on counted.unit_number = units.unit_number
    inner join numbered_nodes on units.edition = numbered_nodes.edition and counted.place = numbered_nodes.place
)

select * from final
order by edition, cohort_code, node_code, region_code, node_rank

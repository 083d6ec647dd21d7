with overall as (
    select
        ranks.*,
        case when ranks.first_ten_change = 'enters' then 1 end as entering,
        case when ranks.first_ten_change = 'leaves' then 1 end as leaving
    from {{ ref('fct_scenario_ranks') }} as ranks
    inner join {{ ref('int_nodes') }} as nodes
        on ranks.edition = nodes.edition and ranks.node_code = nodes.node_code and nodes.parent_node_code is null
),

final as (
    select
        scenario_code,
        edition,
        cohort_code,
        cast(count(rank_shift) as {{ dbt.type_int() }}) as region_count,
        cast(sum(abs(rank_shift)) as {{ type_double() }})
        / nullif(count(rank_shift), 0) as mean_rank_shift,
        cast(max(abs(rank_shift)) as {{ dbt.type_int() }}) as greatest_rank_shift,
        cast(count(case when rank_shift <> 0 then 1 end) as {{ dbt.type_int() }}) as moved_count,
        cast(count(entering) as {{ dbt.type_int() }}) as entered_first_ten_count,
        cast(count(leaving) as {{ dbt.type_int() }}) as left_first_ten_count
    from overall
    group by scenario_code, edition, cohort_code
)

select * from final
order by edition, cohort_code, mean_rank_shift, scenario_code

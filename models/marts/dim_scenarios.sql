with numbered as (
    select
        *,
        row_number() over (partition by scenario_code order by edition desc) as age
    from {{ ref('int_scenarios') }}
    where not {{ is_step('scenario_code') }}
),

final as (
    select
        scenario_code,
        left_out_node_code,
        name_zh,
        name_en,
        reason_zh,
        reason_en
    from numbered
    where age = 1
)

select * from final
order by scenario_code

-- The baseline, what ref_scenarios states, and for a code with a star one scenario per node that can be left out.

with stated as (
    select * from {{ ref('stg_scenarios') }}
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

editions as (
    select distinct edition from nodes
),

codes as (
    select 'baseline' as scenario_code
    union distinct
    select scenario_code from stated
    where scenario_code not like '%*%'
),

final as (
    select
        codes.scenario_code,
        editions.edition,
        cast(null as {{ dbt.type_string() }}) as left_out_node_code,
        coalesce(stated.name_zh, stated.name_en, codes.scenario_code) as name_zh,
        coalesce(stated.name_en, stated.name_zh, codes.scenario_code) as name_en,
        stated.reason_zh,
        stated.reason_en
    from codes
    cross join editions
    left join stated on codes.scenario_code = stated.scenario_code

    union all

    select
        replace(stated.scenario_code, '*', nodes.node_code) as scenario_code,
        nodes.edition,
        nodes.node_code as left_out_node_code,
        replace(coalesce(stated.name_zh, stated.name_en), '*', coalesce(nodes.name_zh, nodes.name_en)) as name_zh,
        replace(coalesce(stated.name_en, stated.name_zh), '*', coalesce(nodes.name_en, nodes.name_zh)) as name_en,
        stated.reason_zh,
        stated.reason_en
    from stated
    cross join nodes
    where
        stated.scenario_code like '%*%'
        -- An only child stands for its parent, and what weighs nothing cannot be missed.
        and nodes.sibling_share > 0
        and nodes.sibling_share < 1
)

select * from final

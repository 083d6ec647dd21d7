-- The baseline, what ref_scenarios states, and for a code with a star one scenario per node that can be left out. Then,
-- for each edition but the first, the steps that lead to it from the edition before.
{%- set steps = edition_steps() %}

with stated as (
    select * from {{ ref('stg_scenarios') }}
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

editions as (
    select
        edition,
        lag(edition) over (order by edition) as previous_edition
    from nodes
    group by edition
),

codes as (
    select 'baseline' as scenario_code
    union distinct
    select scenario_code from stated
    where scenario_code not like '%*%'
),

named as (
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
),

final as (
    select
        *,
        {%- for part in steps[1:] %}
        edition as {{ part }}_edition,
        {%- endfor %}
        cast(null as {{ dbt.type_int() }}) as previous_edition,
        cast(null as {{ dbt.type_string() }}) as values_scenario_code
    from named
    {% for step in steps %}
    {%- set done = loop.index0 %}
    union all

    select
        '{{ step_code(step) }}' as scenario_code,
        edition,
        cast(null as {{ dbt.type_string() }}) as left_out_node_code,
        cast(null as {{ dbt.type_string() }}) as name_zh,
        cast(null as {{ dbt.type_string() }}) as name_en,
        cast(null as {{ dbt.type_string() }}) as reason_zh,
        cast(null as {{ dbt.type_string() }}) as reason_en,
        {%- for part in steps[1:] %}
        {{ 'edition' if loop.index <= done else 'previous_edition' }} as {{ part }}_edition,
        {%- endfor %}
        previous_edition,
        -- Weights change no value; with the data, all values are those of the edition.
        '{{ {'weight': step_code('goalpost'), 'data': 'baseline'}.get(step, step_code(step)) }}' as values_scenario_code
    from editions
    where previous_edition is not null
    {% endfor %}
)

select * from final

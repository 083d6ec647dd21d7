{%- set keys = {'file_name': 'text', 'scenario_code': 'text', 'cohort_code': 'text', 'node_code': 'text'} %}
{%- set columns = dict(keys, **scenario_columns()) %}

with stated as (
    select
        cast(null as {{ dbt.type_string() }}) as file_name,
        {%- for name in columns if name != 'file_name' %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('ref_scenario_overrides') }}
    {{ read_scenarios(columns | reject('equalto', 'file_name') | list) }}
),

{{ typed_rows('ref_scenario_overrides', columns=columns, relation='stated') }}

select * from typed

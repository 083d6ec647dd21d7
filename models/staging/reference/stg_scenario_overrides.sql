{%- set written = ['scenario_code', 'cohort_code', 'node_code'] + scenario_columns() | list %}

with stated as (
    select
        cast(null as {{ dbt.type_string() }}) as file_name,
        {{ written | join(', ') }}
    from {{ ref('ref_scenario_overrides') }}
    {{ read_scenarios(written) }}
),

{{ typed_rows('ref_scenario_overrides', relation='stated', columns=dict({
    'file_name': 'text',
    'scenario_code': 'text',
    'cohort_code': 'text',
    'node_code': 'text',
}, **scenario_columns())) }}

select * from typed

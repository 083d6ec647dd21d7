{%- set written = ['scenario_code', 'cohort_code', 'node_code'] + scenario_columns() | list %}
{%- set present = columns_present('ref_scenario_overrides', written) %}
{%- set cells = ['cast(null as ' ~ dbt.type_string() ~ ') as file_name'] %}
{%- for name in written %}
{%- do cells.append(name if name in present else 'cast(null as ' ~ dbt.type_string() ~ ') as ' ~ name) %}
{%- endfor %}

with stated as (
    select {{ cells | join(', ') }}
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

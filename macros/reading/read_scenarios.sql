{% macro read_scenarios(columns) -%}
    {{ adapter.dispatch('read_scenarios')(columns) }}
{%- endmacro %}

{% macro default__read_scenarios(columns) -%}
    {%- if env_var('SCENARIOS_PATH', '') -%}
        {{ exceptions.raise_compiler_error(
            'SCENARIOS_PATH is set, but only DuckDB reads files. Write the rows into ref_scenario_overrides, and unset it.'
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__read_scenarios(columns) -%}
    {%- if execute and env_var('SCENARIOS_PATH', '') -%}
        {%- for file in fromjson(run_query("select getvariable('scenario_files')").columns[0].values()[0]) -%}
            {%- set scan = 'read_csv(' ~ sql_text(file.path) ~ ", all_varchar = true, header = true, delim = ',', quote = '\"')" -%}
            {%- set found = run_query('describe select * from ' ~ scan).columns[0].values() | map('lower') | list -%}
            {%- set unknown = found | reject('in', columns) | list -%}
            {%- if unknown or 'scenario_code' not in found -%}
                {{ exceptions.raise_compiler_error(
                    file.name ~ ' has the columns ' ~ found | join(', ') ~ '. Its first line is to name scenario_code, cohort_code, '
                    ~ 'node_code, weight, or others of ref_scenario_overrides, with commas between them.'
                ) }}
            {%- endif %}
union all
select
    {{ sql_text(file.name) }} as file_name
            {%- for name in columns %},
    {{ name if name in found else 'cast(null as text)' }} as {{ name }}
            {%- endfor %}
from {{ scan }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

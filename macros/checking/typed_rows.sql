{% macro typed_rows(table_name, columns) -%}
{%- set sources = [] -%}
{%- for name, type in columns.items() -%}
    {%- set source = type.split() | last if " " in type else name -%}
    {%- if source not in sources %}{% do sources.append(source) %}{% endif -%}
{%- endfor -%}
cleaned as (
    select
        {%- for name in sources %}
        {{ clean_text(name) }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(table_name) }}
),

typed as (
    select
        {%- for name, type in columns.items() %}
        {{ parse(type.split() | first, type.split() | last if " " in type else name) }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from cleaned
)
{%- endmacro %}

{% macro open_marts() -%}
    {%- set reader = env_var('READER_ROLE', '') -%}
    {%- if target.type == 'postgres' and reader -%}
        grant usage on schema marts to {{ reader }}
    {%- endif -%}
{%- endmacro %}

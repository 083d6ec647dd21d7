{% macro broken_rules(table_name, relation, rules) -%}
{%- for rule in rules %}
select
    '{{ table_name }}' as table_name,
    row_key,
    {{ rule.problem }} as problem,
    {{ text_literal(rule.remedy) }} as remedy
from {{ relation }}
where {{ rule.where }}
{% if not loop.last %}
union distinct
{% endif %}
{%- endfor %}
{%- endmacro %}

{% macro key_of(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as {{ dbt.type_string() }}), '?') {{- " || ', ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro shown(column) -%}
    coalesce(cast({{ column }} as {{ dbt.type_string() }}), '(empty)')
{%- endmacro %}

{% macro stands_once() -%}
    {{ return({
        'where': 'copies > 1',
        'problem': "'the key stands ' || copies || ' times'",
        'remedy': 'keep one of the rows',
    }) }}
{%- endmacro %}

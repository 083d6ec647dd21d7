{% macro broken_rules(table_name, relation, rules) -%}
{#- One look at the relation for all rules: with one for each, Spark plans as many times what stands behind it. -#}
select distinct
    '{{ table_name }}' as table_name,
    row_key,
    case rule_number
        {%- for rule in rules %}
        when {{ loop.index }} then {{ rule.problem }}
        {%- endfor %}
    end as problem,
    case rule_number
        {%- for rule in rules %}
        when {{ loop.index }} then {{ text_literal(rule.remedy) }}
        {%- endfor %}
    end as remedy
from {{ relation }}
cross join (
    {%- for rule in rules %}
    select {{ loop.index }} as rule_number {{ 'union all' if not loop.last }}
    {%- endfor %}
) as rule_numbers
where
    case rule_number
        {%- for rule in rules %}
        when {{ loop.index }} then {{ rule.where }}
        {%- endfor %}
    end
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

{% macro after_definition_checks() -%}
-- depends_on: {{ ref('int_definition_errors') }}
-- depends_on: {{ ref('int_delivered_rows') }}
{%- endmacro %}

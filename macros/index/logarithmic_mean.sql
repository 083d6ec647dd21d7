{% macro logarithmic_mean(x, y) -%}
    case when {{ x }} = {{ y }} then {{ x }} else ({{ x }} - {{ y }}) / (ln({{ x }}) - ln({{ y }})) end
{%- endmacro %}

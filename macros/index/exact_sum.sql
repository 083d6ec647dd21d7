{% macro exact_sum(value, over=none) -%}
    cast(sum(cast({{ value }} as decimal(38, 15))){{ ' over (' ~ over ~ ')' if over }} as {{ type_double() }})
{%- endmacro %}

{#- Column and reason travel together, as column|reason, since they come of one case: two would each look at every cell. -#}
{% macro first_failure(columns) -%}
case
            when text_edition is null then 'edition|missing'
            when edition is null then 'edition|unknown_edition'
            {%- for name, column in columns.items() %}
            {%- if column.is_required %}
            when text_{{ name }} is null then '{{ name }}|missing'
            {%- endif %}
            {%- if column.type == 'region' %}
            when text_{{ name }} is not null and region_code is null
                then '{{ name }}|' || coalesce(region_refusal, 'unknown_region')
            {%- elif column.type == 'reference' %}
            when text_{{ name }} is not null and {{ column.prefix }}_region_code is null
                then '{{ name }}|unknown_{{ column.prefix }}'
            {%- elif column.type not in ('text', 'code') %}
            when text_{{ name }} is not null and {{ name }} is null
                then '{{ name }}|not_{{ 'an' if column.type[0] in 'aeiou' else 'a' }}_{{ column.type }}'
            {%- endif %}
            {%- if column.one_of %}
            when {{ name }} not in {{ sql_list(column.one_of) }} then '{{ name }}|not_in_list'
            {%- endif %}
            {%- for bound, comparison in [(column.minimum, '<'), (column.maximum, '>')] if bound is defined %}
            when {{ name }} {{ comparison }} {{ bound }} then '{{ name }}|out_of_range'
            {%- endfor %}
            {%- endfor %}
        end
{%- endmacro %}

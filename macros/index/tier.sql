{% macro tier(rank, last_ranks) -%}
    case
        when {{ rank }} is not null and {{ last_ranks }} is not null
            then 1
                {%- for number in range(1, 10) %}
                + case when {{ rank }} > cast(nullif(split_part({{ last_ranks }}, ' ', {{ number }}), '') as {{ dbt.type_int() }}) then 1 else 0 end
                {%- endfor %}
    end
{%- endmacro %}

{#- Under another name than the seed's, which has its own. -#}
{% macro absent_table(columns) -%}
    {{ config(alias='absent_' ~ model.name) }}
    select
        {%- for name in columns.split() %}
        cast(null as {{ dbt.type_string() }}) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    where 1 = 0
{%- endmacro %}

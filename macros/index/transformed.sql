{% macro transformed(value, transform) -%}
    case {{ transform }}
        when 'identity' then {{ value }}
        when 'log1p' then case when {{ value }} > -1 then ln(1 + {{ value }}) end
        when 'log' then case when {{ value }} > 0 then ln({{ value }}) end
    end
{%- endmacro %}

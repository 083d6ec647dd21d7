{% macro known_methods() -%}
    {{ return({
        'transform': transforms() | list,
        'normaliser': ['min_max', 'z_score', 'rank', 'percentile'],
        'aggregator': ['arithmetic', 'geometric', 'harmonic'],
    }) }}
{%- endmacro %}

{% macro transforms() -%}
    {{ return({
        'identity': 'x',
        'log1p': 'case when x > -1 then ln(1 + x) end',
        'log': 'case when x > 0 then ln(x) end',
    }) }}
{%- endmacro %}

{% macro transformed(value, transform) -%}
    case {{ transform }}
        {%- for name, formula in transforms().items() %}
        when '{{ name }}' then {{ modules.re.sub('\\bx\\b', value, formula) }}
        {%- endfor %}
    end
{%- endmacro %}

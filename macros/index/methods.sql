{% macro known_methods() -%}
    {{ return({
        'transform': transforms() | list,
        'normaliser': ['min_max', 'z_score', 'rank', 'percentile'],
        'aggregator': ['arithmetic', 'geometric', 'harmonic'],
        'missing_rule': ['zero', 'reweight', 'unknown'],
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

{% macro rules_of_names_and_goalposts() -%}
    {%- set rules = [] -%}
    {%- for column, names in known_methods().items() -%}
        {%- do rules.append({
            'where': column ~ ' is null or ' ~ column ~ ' not in ' ~ sql_list(names),
            'problem': "'unknown " ~ column ~ " ' || " ~ shown(column),
            'remedy': 'write one of ' ~ names | join(', '),
        }) -%}
    {%- endfor -%}
    {%- for end in ['lower', 'upper'] -%}
        {%- set column = end ~ '_goalpost' -%}
        {%- do rules.append({
            'where': column ~ ' is null or (' ~ column ~ " <> 'observed' and " ~ end ~ '_number is null)',
            'problem': "'" ~ column ~ " is ' || " ~ shown(column),
            'remedy': 'write a number or observed',
        }) -%}
        {%- do rules.append({
            'where': end ~ '_number is not null and transform in ' ~ sql_list(transforms())
                ~ ' and ' ~ transformed(end ~ '_number', 'transform') ~ ' is null',
            'problem': "'" ~ column ~ " ' || " ~ column ~ " || ' has no ' || transform",
            'remedy': 'a goalpost under log is above 0, under log1p above -1',
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}

{% macro parse(type, text) -%}
    {%- set form = '^' ~ patterns()[type] ~ '$' -%}
    {#- Postgres forgets the places of a decimal unless every branch has them: hence the else of amount and number. -#}
    {%- if type == 'text' -%}
        {{ text }}
    {%- elif type == 'code' -%}
        lower({{ text }})
    {%- elif type == 'country' -%}
        case when {{ matches(text, form) }} then upper({{ text }}) end
    {%- elif type == 'boolean' -%}
        case
            {%- for value, words in boolean_words().items() %}
            when lower({{ text }}) in {{ sql_list(words) }} then {{ value }}
            {%- endfor %}
        end
    {%- elif type in ('integer', 'edition', 'year', 'count') -%}
        {%- set whole = dbt.type_bigint() if type == 'count' else dbt.type_int() -%}
        {#- 2024.0 is the 2024 of a table tool that has no whole numbers with gaps. -#}
        case
            when {{ matches(text, form) }} then {{ guarded_cast(text, whole) }}
            when {{ matches(text, '^' ~ patterns()[type] ~ '[.]0+$') }}
                then {{ guarded_cast("split_part(" ~ text ~ ", '.', 1)", whole) }}
        end
    {%- elif type == 'amount' -%}
        case
            when {{ matches(text, form) }} then {{ guarded_cast(text, 'decimal(18, 4)') }}
            else cast(null as decimal(18, 4))
        end
    {%- elif type in ('number', 'printed') -%}
        {%- set exact = type_number() if type == 'number' else type_exact() -%}
        case
            when {{ matches(text, form) }}
                then {{ guarded_cast(text, exact) }}
            else cast(null as {{ exact }})
        end
    {%- elif type == 'double' -%}
        cast({{ parse('number', text) }} as {{ type_double() }})
    {%- elif type == 'rounding' -%}
        {#- Half a unit of the last digit. -#}
        0.5 / power(10, char_length(split_part({{ text }}, '.', 2)))
    {%- elif type == 'date' -%}
        {{ parse_date(text) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("parse: unknown type '" ~ type ~ "'; see macros/checking/parse.sql for those that exist") }}
    {%- endif -%}
{%- endmacro %}

{#- A number is written as statistical software writes it. Its type holds 18 decimals, so it is exact up to there; of one with
    more, nine digits at least. -#}
{% macro patterns() -%}
    {{ return({
        'country': '[A-Za-z]{2}',
        'integer': '-?[0-9]{1,9}',
        'edition': '[0-9]{1,9}',
        'year': '[0-9]{4}',
        'count': '[0-9]{1,15}',
        'amount': '[0-9]{1,12}([.][0-9]{1,4}0*)?',
        'printed': '[-+]?[0-9]{1,18}([.][0-9]{1,10})?',
        'number': '[-+]?(' ~ [
            '[0-9]{1,18}([.][0-9]{1,18})?',
            '0*[1-9][0-9]{0,17}[.][0-9]{1,40}',
            '0+[.]0{0,8}[1-9][0-9]{0,40}',
            '[1-9]([.][0-9]{1,40})?[eE]([+]?(0?[0-9]|1[0-7])|-0?[1-9])',
            '0([.]0{1,40})?[eE][-+]?[0-9]{1,2}',
        ] | join('|') ~ ')',
    }) }}
{%- endmacro %}

{% macro boolean_words() -%}
    {{ return({
        'true': ['true', '是', 'yes', '1', 'y', 't', '1.0'],
        'false': ['false', '否', 'no', '0', 'n', 'f', '0.0'],
    }) }}
{%- endmacro %}

{% macro parse_date(text) -%}
    {%- set month_day = '(0?[1-9]|1[0-2])%s(0?[1-9]|[12][0-9]|3[01])' -%}
    {%- set written = [] -%}
    {%- for separator in ['-', '/', '[.]', '月'] -%}
        {%- do written.append((separator | replace('月', '年')) ~ month_day % separator ~ ('日' if separator == '月' else '')) -%}
    {%- endfor -%}
    {#- What tools add to a day: midnight to one that they took for a time, .0 to one that they took for a number. -#}
    {%- set midnight = '([ T]0?0:00(:00([.]0+)?)?(Z|[+]00(:?00)?)?)?' -%}
    {%- set form = '^[0-9]{4}((0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([.]0+)?|(' ~ written | join('|') ~ ')' ~ midnight ~ ')$' -%}
    {#- The 31st of a short month, the 30th of February, and the 29th in a year that is not divisible by 4, or by 100 only. -#}
    {%- set no_multiple_of_4 = '([02468][1235679]|[13579][01345789])' -%}
    {%- set no_day = '^[0-9]{4}[^0-9]?((0?[469]|11)[^0-9]?31|0?2[^0-9]?3[01])([^0-9].*)?$|^([0-9]{2}' ~ no_multiple_of_4 ~ '|'
        ~ no_multiple_of_4 ~ '00)[^0-9]?0?2[^0-9]?29([^0-9].*)?$' -%}
    {#- Most are written as the first branch has it, and are spared the rest. -#}
    case
        when {{ matches(text, '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$') }} then {{ guarded_cast(text, 'date') }}
        when not {{ matches(text, form) }} or {{ matches(text, no_day) }} then null
        when {{ matches(text, '^[0-9]{8}') }}
            then {{ guarded_cast("substring(" ~ text ~ ", 1, 4) || '-' || substring(" ~ text ~ ", 5, 2) || '-' || substring(" ~ text ~ ", 7, 2)", 'date') }}
        else {{ guarded_cast("translate(split_part(split_part(" ~ text ~ ", ' ', 1), 'T', 1), '/.年月日', '----')", 'date') }}
    end
{%- endmacro %}

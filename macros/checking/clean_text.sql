{% macro clean_text(column) -%}
    {%- set full_width = "！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～" -%}
    {%- set ascii = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" -%}
    {%- set blanks = "\t\n\u000b\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000" -%}
    {#- Control characters, soft hyphen, zero-width and direction marks. -#}
    {%- set invisible = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff" -%}
    {%- set controls = namespace(text="") -%}
    {%- for code in range(1, 9) | list + range(14, 32) | list + range(127, 133) | list + range(134, 160) | list -%}
        {%- set controls.text = controls.text ~ "%c" | format(code) -%}
    {%- endfor -%}
    {%- set odd = blanks ~ invisible ~ controls.text -%}
    {%- set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" -%}
    {%- set odd_cell = "[！-～" ~ odd ~ "]" -%}
    {#- Few cells need anything done, and each step costs a multiple of one look for whether they do. -#}
    case
        when not {{ matches(text, odd_cell ~ "|^ | $|^$") }} then {{ text }}
        when {{ matches(text, odd_cell) }}
            then nullif(trim(translate(
                {{ text }},
                {{ text_literal(full_width ~ odd) }},
                {{ text_literal(ascii ~ " " * (blanks | length)) }}
            )), '')
        else nullif(trim({{ text }}), '')
    end
{%- endmacro %}

{% macro region_key(text) -%}
    lower(replace({{ text }}, ' ', ''))
{%- endmacro %}

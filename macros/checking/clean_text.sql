{% macro clean_text(column, digits_first=false) -%}
    {%- set full_width = "！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～" -%}
    {%- set ascii = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" -%}
    {#- Tab to carriage return, and what Unicode calls a space or the end of a line. -#}
    {%- set blanks = code_points("0009-000d 0085 00a0 1680 2000-200a 2028-2029 202f 205f 3000") -%}
    {#- Control characters, soft hyphen, zero-width and direction marks. -#}
    {%- set invisible = code_points("0001-0008 000e-001f 007f-0084 0086-009f 00ad 200b-200f 202a-202e 2060 feff") -%}
    {#- Few cells need anything done, and each step costs a multiple of one look for whether they do. -#}
    case
        when not {{ matches(column, "[！-～" ~ blanks ~ invisible ~ "]|^ | $|^$") }} then {{ column }}
        {%- set plain = replaced(replaced(column, "[" ~ invisible ~ "]", ""), "[" ~ blanks ~ "]", " ") %}
        {#- The longer the list, the longer it takes; mostly digits are full-width. -#}
        {%- if digits_first %}
        when not {{ matches(column, "[！-／：-～]") }} then nullif(trim(translate({{ plain }}, '０１２３４５６７８９', '0123456789')), '')
        {%- endif %}
        else nullif(trim(translate({{ plain }}, {{ text_literal(full_width) }}, {{ text_literal(ascii) }})), '')
    end
{%- endmacro %}

{% macro code_points(ranges) -%}
    {%- for range in ranges.split() -%}
        {%- for point in range.split("-") -%} {{ code_point(point) }} {{- "-" if not loop.last }} {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{% macro region_key(text) -%}
    {#- A table tool that has no whole numbers with gaps writes a code as 110000.0. -#}
    lower(replace(case when {{ text }} like '%.0' then substring({{ text }}, 1, char_length({{ text }}) - 2) else {{ text }} end, ' ', ''))
{%- endmacro %}

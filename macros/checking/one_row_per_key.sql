{% macro one_row_per_key(key, names, kept, value) -%}
{%- set named = value or key[0] -%}
{#- A character that no clean cell holds: two rows are equal if and only if their cells are. -#}
{%- set separator = "chr(1)" -%}
-- What was written is carried on for the few rows of which it may be asked.
traced as {{ stored() }} (
    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        is_repeated,
        failure,
        case
            when failure is not null or is_repeated
                then nullif(concat_ws(
                    ', '
                    {%- for name in key %}, {{ 'coalesce(region_code, text_region)' if name == 'region_code' else name }}{% endfor -%}
                ), '')
        end as row_key,
        case
            when failure is not null or is_repeated
                then
                    case coalesce(split_part(failure, '|', 1), '{{ named }}')
                        {%- for name in names %}
                        when '{{ name }}' then raw_{{ name }}
                        {%- endfor %}
                    end
        end as written,
        case
            when failure is not null or is_repeated
                then concat_ws(','{% for name in names %}, {{ csv_cell('raw_' ~ name) }}{% endfor %})
        end as delivered_row,
        {{ 'case when failure is not null or is_repeated then raw_region end' if 'region' in names
            else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as delivered_region,
        case
            when is_repeated
                then concat_ws({{ separator }}{% for name in names %}, coalesce(raw_{{ name }}, ''){% endfor %})
        end as content
    from judged
),

numbered as (
    select
        *,
        row_number() over (
            partition by edition, {{ key | join(', ') }}, failure is null order by {{ in_byte_order('content') }}
        ) as copy_number,
        first_value(content) over (
            partition by edition, {{ key | join(', ') }}, failure is null order by {{ in_byte_order('content') }}
        ) as accepted_content
        {%- if value %},
        min({{ value }}) over (partition by edition, {{ key | join(', ') }}, failure is null) as least_value,
        max({{ value }}) over (partition by edition, {{ key | join(', ') }}, failure is null) as greatest_value
        {%- endif %}
    from traced
    where is_repeated
),

verdicts as (
    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        row_key,
        written,
        delivered_row,
        delivered_region,
        failure as verdict
    from traced
    where not is_repeated

    union all

    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        row_key,
        written,
        delivered_row,
        delivered_region,
        case
            when failure is not null then failure
            {%- if value %}
            when least_value <> greatest_value then '{{ value }}|contradiction'
            {%- endif %}
            when copy_number = 1 then null
            when content = accepted_content then '{{ named }}|duplicate_row'
            else '{{ named }}|duplicate_key'
        end as verdict
    from numbered
),
{%- endmacro %}

{% macro csv_cell(text) -%}
    coalesce(
        case
            when {{ matches(text, '[",' ~ code_points('000a 000d') ~ ']') }} then '"' || replace({{ text }}, '"', '""') || '"'
            else {{ text }}
        end,
        ''
    )
{%- endmacro %}

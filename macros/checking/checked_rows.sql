{% macro checked_rows(table_name, key, columns) %}
{%- set names = ['edition'] + (columns | list) -%}
{%- set references = [] -%}
{%- set has_region = [] -%}
{%- set parsed = [] -%}
{%- for name, column in columns.items() -%}
    {%- if column.type == 'region' %}{% do has_region.append(name) %}
    {%- else %}{% do parsed.append(name) %}{% endif -%}
    {%- if column.type == 'reference' %}{% do references.append(name) %}{% endif -%}
{%- endfor %}
with source as {{ inlined() }} (
    select
        {%- for name in names %}
        cast({{ name }} as {{ dbt.type_string() }}) as raw_{{ name }},
        {{ clean_text(name) }} as text_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ raw_table(table_name, names) }} as delivered
    {{ unless_kept(parse('year', clean_text('edition'))) }}
),

-- Keys that may stand more than once. Only their rows, few as a rule, need to be put in order.
repeated_keys as (
    select
        text_edition,
        {%- for name in key if name in parsed %}
        {{ parse(columns[name].type, 'text_' ~ name) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from source
    group by text_edition{% for name in key if name in parsed %}, {{ parse(columns[name].type, 'text_' ~ name) }}{% endfor %}
    having count(*) > 1
),

editions as (
    select distinct
        edition,
        cast(edition || '-12-31' as date) as last_day
    from {{ ref('stg_nodes') }}
    where edition is not null
),

typed as {{ computed_once() }} (
    select
        source.*,
        repeated_keys.text_edition is not null as is_repeated,
        {%- for name in parsed %}
        {{ parse('text' if columns[name].type == 'reference' else columns[name].type, 'source.text_' ~ name) }} as {{ name }},
        {%- endfor %}
        editions.edition,
        editions.last_day
    from source
    left join editions on {{ parse('year', 'source.text_edition') }} = editions.edition
    left join repeated_keys
        on
            source.text_edition = repeated_keys.text_edition
            {%- for name in key if name in parsed %}
            and {{ parse(columns[name].type, 'source.text_' ~ name) }} = repeated_keys.{{ name }}
            {%- endfor %}
),

located as (
    select
        typed.*
        {%- if has_region %},
        aliases.region_code,
        aliases.refusal as region_refusal
        {%- endif %}
        {%- for name in references %},
        {{ columns[name].prefix }}.region_code as {{ columns[name].prefix }}_region_code
        {%- endfor %}
    from typed
    {%- if has_region %}
    left join {{ ref('stg_region_aliases') }} as aliases on {{ region_key('typed.text_region') }} = aliases.alias_key
    {%- endif %}
    {%- for name in references %}
    left join {{ ref(columns[name].model) }} as {{ columns[name].prefix }}
        on typed.edition = {{ columns[name].prefix }}.edition and typed.{{ name }} = {{ columns[name].prefix }}.{{ name }}
    {%- endfor %}
),

failed as (
    select
        *,
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
            when text_{{ name }} is not null and {{ name }} is null then '{{ name }}|not_a_{{ column.type }}'
            {%- endif %}
            {%- if column.one_of %}
            when {{ name }} not in {{ sql_list(column.one_of) }} then '{{ name }}|not_in_list'
            {%- endif %}
            {%- for bound, comparison in [(column.minimum, '<'), (column.maximum, '>')] if bound is defined %}
            when {{ name }} {{ comparison }} {{ bound }} then '{{ name }}|out_of_range'
            {%- endfor %}
            {%- endfor %}
        end as failure
    from located
),

{% set kept = ['edition'] + parsed + (['region_code'] if has_region else []) -%}
{%- for name in references %}{% do kept.append(columns[name].prefix ~ '_region_code') %}{% endfor -%}

-- What was written is carried on for the few rows of which it may be asked.
judged as {{ stored() }} (
    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        is_repeated,
        failure,
        case
            when failure is not null or is_repeated
                then
                    case coalesce(split_part(failure, '|', 1), '{{ key[0] }}')
                        {%- for name in names %}
                        when '{{ name }}' then raw_{{ name }}
                        {%- endfor %}
                    end
        end as raw_value,
        case
            when is_repeated
                then concat_ws('{{ '\u0001' }}'{% for name in names %}, coalesce(raw_{{ name }}, ''){% endfor %})
        end as content
    from failed
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
    from judged
    where is_repeated
),

verdicts as (
    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        raw_value,
        failure as verdict
    from judged
    where not is_repeated

    union all

    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        raw_value,
        case
            when failure is not null then failure
            when copy_number = 1 then null
            when content = accepted_content then '{{ key[0] }}|duplicate_row'
            else '{{ key[0] }}|duplicate_key'
        end as verdict
    from numbered
),

final as (
    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        split_part(verdict, '|', 1) as rejected_column,
        split_part(verdict, '|', 2) as rejection_reason,
        case when verdict is not null then raw_value end as rejected_value
    from verdicts
)

select * from final
{% endmacro %}
{% macro sample_date() %}
    {{ return({
        'type': 'date',
        'minimum': "cast('" ~ var('earliest_date') ~ "' as date)",
        'maximum': 'last_day',
    }) }}
{% endmacro %}

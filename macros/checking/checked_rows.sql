{% macro checked_rows(table_name, key, columns, value=none) %}
{%- set names = ['edition'] + (columns | list) -%}
{%- set references = [] -%}
{%- set regions = [] -%}
{%- set parsed = [] -%}
{%- for name, column in columns.items() -%}
    {%- do (regions if column.type == 'region' else parsed).append(name) -%}
    {%- if column.type == 'reference' %}{% do references.append(name) %}{% endif -%}
{%- endfor -%}
{#- A region is part of a key by its code; what else is part of it is known before regions are. -#}
{%- set parsed_key = key | select('in', parsed) | list -%}
{%- set kept = ['edition'] + parsed -%}
{%- if regions %}{% do kept.append('region_code') %}{% endif -%}
{%- for name in references %}{% do kept.append(columns[name].prefix ~ '_region_code') %}{% endfor -%}

with delivered as {{ inlined() }} (
    select
        {%- for name in names %}
        cast({{ name }} as {{ dbt.type_string() }}) as raw_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ raw_table(table_name, names) }} as raw_rows
),

cleaned as {{ inlined() }} (
    select
        *,
        {%- for name in names %}
        {{ clean_text('raw_' ~ name, digits_first=true) }} as text_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from delivered
    {{ unless_kept(parse('edition', clean_text('raw_edition'))) }}
),

-- Keys that may stand more than once. Only their rows, few as a rule, need to be put in order.
repeated_keys as (
    select
        {{ parse('edition', 'text_edition') }} as edition,
        {%- for name in parsed_key %}
        {{ parse(columns[name].type, 'text_' ~ name) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from cleaned
    group by {{ parse('edition', 'text_edition') }}{% for name in parsed_key %}, {{ parse(columns[name].type, 'text_' ~ name) }}{% endfor %}
    having count(*) > 1
),

typed as {{ computed_once() }} (
    select
        cleaned.*,
        repeated_keys.edition is not null as is_repeated,
        {%- for name in parsed %}
        {{ parse('text' if columns[name].type == 'reference' else columns[name].type, 'cleaned.text_' ~ name) }} as {{ name }},
        {%- endfor %}
        editions.edition,
        editions.last_day
    from cleaned
    left join {{ ref('stg_editions') }} as editions on {{ parse('edition', 'cleaned.text_edition') }} = editions.edition
    left join repeated_keys
        on
            editions.edition = repeated_keys.edition
            {%- for name in parsed_key %}
            and {{ parse(columns[name].type, 'cleaned.text_' ~ name) }} = repeated_keys.{{ name }}
            {%- endfor %}
),

located as (
    select
        typed.*
        {%- if regions %},
        aliases.region_code,
        aliases.refusal as region_refusal
        {%- endif %}
        {%- for name in references %},
        {{ columns[name].prefix }}.region_code as {{ columns[name].prefix }}_region_code
        {%- endfor %}
    from typed
    {%- if regions %}
    left join {{ ref('stg_region_aliases') }} as aliases on {{ region_key('typed.text_region') }} = aliases.alias_key
    {%- endif %}
    {%- for name in references %}
    left join {{ ref(columns[name].model) }} as {{ columns[name].prefix }}
        on typed.edition = {{ columns[name].prefix }}.edition and typed.{{ name }} = {{ columns[name].prefix }}.{{ name }}
    {%- endfor %}
),

judged as (
    select
        *,
        {{ first_failure(columns) }} as failure
    from located
),

{{ one_row_per_key(key, names, kept, value) }}

-- Where a row stands in a file, by its text: rows alike have the lines of all.
positions as (
    {{ row_positions(table_name, names) }}
),

final as (
    select
        {%- for name in kept %}
        {{ name }},
        {%- endfor %}
        case when verdict is not null then row_key end as rejected_key,
        split_part(verdict, '|', 1) as rejected_column,
        split_part(verdict, '|', 2) as rejection_reason,
        case when verdict is not null then written end as rejected_value,
        case when verdict is not null then delivered_region end as rejected_region,
        case when verdict is not null then delivered_row end as rejected_row,
        positions.found_at as rejected_at
    from verdicts
    left join positions on case when verdict is not null then delivered_row end = positions.content
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

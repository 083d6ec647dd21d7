{% macro typed_rows(table_name, columns, each_edition_of=none, relation=none) -%}
{%- set sources = [] -%}
{%- for name, type in columns.items() -%}
    {%- set source = type.split() | last if " " in type else name -%}
    {%- if source not in sources %}{% do sources.append(source) %}{% endif -%}
{%- endfor -%}
{%- set as_written = 'written' if each_edition_of else 'cleaned' -%}
{{ as_written }} as (
    select
        {%- for name in sources %}
        {{ clean_text(name) }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ relation or ref(table_name) }}
),

{% if each_edition_of -%}
-- A row of the edition * stands for every edition that has none of its own.
cleaned as (
    select
        {%- for name in sources %}
        {% if name == 'edition' -%}
        coalesce(cast(editions.edition as {{ dbt.type_string() }}), written.edition) as edition
        {%- else -%}
        written.{{ name }}
        {%- endif %}{{ "," if not loop.last }}
        {%- endfor %}
    from written
    left join {{ ref('stg_editions') }} as editions on written.edition = '*'
    left join written as stated
        on
            cast(editions.edition as {{ dbt.type_string() }}) = stated.edition
            {%- for name in each_edition_of %}
            and written.{{ name }} = stated.{{ name }}
            {%- endfor %}
    where stated.edition is null
),

{% endif -%}
typed as (
    select
        {%- for name, type in columns.items() %}
        {{ parse(type.split() | first, type.split() | last if " " in type else name) }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from cleaned
)
{%- endmacro %}

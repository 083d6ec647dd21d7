{% macro typed_rows(table_name, columns, each_edition_of=none, relation=none, unread=[]) -%}
{%- set sources = {} -%}
{%- for name, type in columns.items() -%}
    {%- do sources.update({name: type.split()[1:] | reject('in', ['of', 'or']) | list or [name]}) -%}
{%- endfor -%}
{%- set read = sources.values() | sum(start=[]) | unique | list -%}
{%- set present = read if relation else columns_present(table_name, read + unread) -%}
{%- set as_written = 'written' if each_edition_of else 'cleaned' -%}
{{ as_written }} as (
    select
        {%- for name in read %}
        {% if name in present -%}
        {{ clean_text(name) }}
        {%- else -%}
        cast({{ "'*'" if name == 'edition' and each_edition_of else 'null' }} as {{ dbt.type_string() }})
        {%- endif %} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ relation or ref(table_name) }}
),

{% if each_edition_of -%}
-- A row of the edition * stands for every edition that has none of its own.
cleaned as (
    select
        {%- for name in read %}
        {% if name == 'edition' -%}
        coalesce(cast(editions.edition as {{ dbt.type_string() }}), written.edition) as edition
        {%- else -%}
        written.{{ name }}
        {%- endif %}{{ "," if not loop.last }}
        {%- endfor %}
    from written
    left join {{ ref('stg_editions') }} as editions on written.edition = '*' and editions.edition is not null
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
        {{ parse(type.split() | first, 'coalesce(' ~ sources[name] | join(', ') ~ ')' if sources[name] | length > 1 else sources[name][0]) -}}
        {{ '' }} as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from cleaned
)
{%- endmacro %}

{% macro columns_present(table_name, known) -%}
    {#- Nothing can be asked while dbt parses. Asked for by its name, because a unit test has the columns of the seed and no ref to it. -#}
    {%- set schema = {'ref': 'reference', 'pub': 'published'}[table_name[:3]] -%}
    {%- set seed = adapter.get_relation(target.database, schema, table_name) if execute else none -%}
    {%- set names = adapter.get_columns_in_relation(seed) | map(attribute='name') | list if seed else [] -%}
    {%- for name in names | reject('in', known) -%}
        {{ exceptions.raise_compiler_error(
            (table_name ~ '.csv is separated by ' ~ ('semicolons' if ';' in name else 'tabs') ~ '. Write commas between its columns.')
            if ';' in name or '\t' in name else
            table_name ~ '.csv has a column ' ~ name ~ ', which means nothing there. Its columns are ' ~ known | join(', ')
            ~ '; correct the name, or leave the column out.'
        ) }}
    {%- endfor -%}
    {{ return(names or known) }}
{%- endmacro %}

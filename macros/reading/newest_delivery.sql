{% macro newest_delivery() -%}
    {{ adapter.dispatch('newest_delivery')() }}
{%- endmacro %}

{% macro default__newest_delivery() -%}
    {%- set column = var('loaded_at_column') -%}
    {%- if not column -%}
        {{ exceptions.raise_compiler_error(
            "No database knows when its rows came. Name the column of the raw tables that says so in the variable loaded_at_column."
        ) }}
    {%- endif -%}
    {{ newest_of_editions('select edition, ' ~ column ~ ' as delivered_at from ' ~ this) }}
{%- endmacro %}

{% macro duckdb__newest_delivery() -%}
    {%- if var('sample_source') == 'schema' -%}
        {{ default__newest_delivery() }}
    {%- else -%}
        {%- set scans = [] -%}
        {#- What need not be delivered, and is not, is known to be empty since anything was. -#}
        {%- for file in sample_files(model.name) or sample_files(none) -%}
            {%- set given = file.given.get('edition') if file.given else none -%}
            {%- set edition = sql_text(given) if given is not none else 'null' if file.table != model.name else 'edition' -%}
            {%- do scans.append(
                'select cast(' ~ edition ~ ' as varchar) as edition, ' ~ sql_text(file.delivered_at) ~ '::timestamptz as delivered_at'
                ~ (' from ' ~ scan_files(file.kind, [file.scanned]) if edition == 'edition')
            ) -%}
        {%- endfor -%}
        {{ newest_of_editions(scans | join(' union all ')) }}
    {%- endif -%}
{%- endmacro %}

{% macro newest_of_editions(deliveries) -%}
    {%- set written = clean_text('cast(edition as ' ~ dbt.type_string() ~ ')') -%}
    {%- set newest -%}
        select edition, max(delivered_at) as delivered_at
        from (select {{ parse('edition', 'edition') }} as edition, delivered_at from (
            select {{ written }} as edition, delivered_at from ({{ deliveries }}) as deliveries
        ) as cleaned) as typed
        {{ 'where edition = ' ~ (var('edition') | int) if var('edition') }}
        group by edition
    {%- endset -%}
    {%- for row in run_query('select edition, delivered_at from (' ~ newest ~ ') as newest order by edition') -%}
        {%- do print(model.name ~ ', ' ~ ('no edition' if row[0] is none else 'edition ' ~ row[0]) ~ ': ' ~ row[1]) -%}
    {%- endfor -%}
    select max(delivered_at) as delivered_at from ({{ newest }}) as newest
{%- endmacro %}

{% macro row_positions(table_name, columns) -%}
    {{ adapter.dispatch('row_positions')(table_name, columns) }}
{%- endmacro %}

{% macro default__row_positions(table_name, columns) -%}
    select cast(null as {{ dbt.type_string() }}) as content, cast(null as {{ dbt.type_string() }}) as found_at where 1 = 0
{%- endmacro %}

{% macro duckdb__row_positions(table_name, columns) -%}
    {%- set files = csv_files(table_name) if execute else [] -%}
    {%- set paths = [] -%}
    {%- for file in files %}{% do paths.append(sql_text(file.scanned)) %}{% endfor -%}
    {#- A second look at the files, which is not taken at large ones. -#}
    {%- set size = run_query('select sum(size) from read_blob([' ~ paths | join(', ') ~ '])').columns[0].values()[0] if paths else 0 -%}
    {%- if not paths or size > var('bytes_read_twice') -%}
        {{ default__row_positions(table_name, columns) }}
    {%- else -%}
    select content, string_agg(place, ', ' order by file_number, line_number) as found_at
    from (
        {%- for file in files %}
        {%- set found = run_query('describe select * from ' ~ scan_files('csv', [file.scanned])).columns[0].values() | map('lower') | list -%}
        {%- set cells = [] -%}
        {%- for name in columns -%}
            {%- do cells.append(csv_cell('"' ~ name ~ '"') if name in found else csv_cell(sql_text(file.given.get(name, '')))) -%}
        {%- endfor -%}
        {%- set texts = [] -%}
        {%- for name in found %}{% do texts.append('coalesce("' ~ name | replace('"', '""') ~ '", \'\')') %}{% endfor %}
        select
            content,
            {{ loop.index }} as file_number,
            line_number,
            {{ sql_text(file.name) }}
            {#- Lines without anything in them are not read, and those behind them would be counted wrong. -#}
            || case when every_line = max(line_number + breaks) over () then ':' || line_number else '' end as place
        from (
            select
                content,
                breaks,
                1 + row_count + sum(breaks) over (order by row_count rows between unbounded preceding and current row) - breaks
                    as line_number,
                every_line
            from (
                select
                    row_number() over () as row_count,
                    concat_ws(',', {{ cells | join(', ') }}) as content,
                    length(concat({{ texts | join(', ') }})) - length(replace(concat({{ texts | join(', ') }}), chr(10), '')) as breaks,
                    (
                        select length(rtrim(content, chr(13) || chr(10))) - length(replace(rtrim(content, chr(13) || chr(10)), chr(10), '')) + 1
                        from read_text({{ sql_text(file.scanned) }})
                    ) as every_line
                from {{ scan_files('csv', [file.scanned]) }}
            )
        )
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
    group by content
    {%- endif -%}
{%- endmacro %}

{#- Those of which a line can be told: files of CSV that are not compressed, seeds included. -#}
{% macro csv_files(table_name) -%}
    {%- set files = [] -%}
    {%- if var('sample_source') == 'seeds' -%}
        {%- for seed in graph.get('nodes', {}).values() if seed.resource_type == 'seed' and seed.name == table_name and seed.package_name == project_name -%}
            {%- set path = modules.re.sub('([*?[])', '[\\1]', adapter.get_seed_file_path(seed)) -%}
            {%- do files.append({'name': seed.original_file_path, 'scanned': path, 'given': {}}) -%}
        {%- endfor -%}
    {%- elif var('sample_source') == 'external' -%}
        {%- set kept = kept_editions() -%}
        {%- for file in sample_files(table_name) if file.kind == 'csv' and file.scanned.endswith('.csv') and file.given.get('edition') not in kept -%}
            {%- do files.append(file) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(files) }}
{%- endmacro %}

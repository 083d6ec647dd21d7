{% macro read_files(table_name, columns) -%}
    {{ adapter.dispatch('read_files')(table_name, columns) }}
{%- endmacro %}

{% macro default__read_files(table_name, columns) -%}
    {{ exceptions.raise_compiler_error(
        "sample_source is 'external', but only DuckDB reads files. Load " ~ table_name ~ " into the database instead."
    ) }}
{%- endmacro %}

{% macro duckdb__read_files(table_name, columns) -%}
    {#- Nothing can be asked of a database while dbt parses. -#}
    {%- if not execute -%} (select 1) {%- else -%}
    {%- set shapes = {} -%}
    {%- set extra = {} -%}
    {%- set kept = kept_editions() -%}
    {%- for file in sample_files(table_name) if file.given.get('edition') not in kept -%}
        {%- set types = {} -%}
        {%- for column in run_query("describe select * from " ~ scan_files(file.kind, [file.scanned])) -%}
            {%- do types.update({column['column_name'] | lower: column['column_type']}) -%}
        {%- endfor -%}
        {#- What is under edition=2024 is known, without a look into it, to hold rows of 2024 alone. -#}
        {%- if 'edition' in file.given and 'edition' in types -%}
            {{ exceptions.raise_compiler_error(
                file.name ~ " has a column edition, and its folder names the edition, too. Leave out the column, or rename the folder."
            ) }}
        {%- endif -%}
        {%- set cells = [] -%}
        {%- for name in columns -%}
            {%- if name in types -%}
                {%- do cells.append(cell_as_text(name, types[name]) ~ " as " ~ name) -%}
            {%- elif name in file.given -%}
                {%- do cells.append("nullif(" ~ sql_text(file.given[name]) ~ ", '') as " ~ name) -%}
            {%- else -%}
                {{ missing_column(table_name, name, file.name, types) }}
            {%- endif -%}
        {%- endfor -%}
        {%- set ignored = types | reject("in", columns) | list -%}
        {%- if ignored -%}{%- do extra.setdefault(ignored | join(", "), []).append(file.name) -%}{%- endif -%}
        {#- Files are read together, by one scan, if their columns have the same types: others would meet in one that holds
            neither's values. -#}
        {%- set shape = {"kind": file.kind, "cells": cells | join(", "), "types": types | dictsort} -%}
        {%- do shapes.setdefault(tojson(shape), dict(shape, names=[])).names.append(file.scanned) -%}
    {%- endfor -%}
    {%- for names, files in extra.items() if columns and model.resource_type == "model" -%}
        {%- do print(table_name ~ ": ignored, being no columns of the contract: " ~ names ~ " (" ~ files | length
            ~ " file(s), such as " ~ files[0] ~ ")") -%}
    {%- endfor -%}
    (
        {%- for shape in shapes.values() %}
        select {{ shape.cells or "1 as one" }} from {{ scan_files(shape.kind, shape.names) }} {{ where_written(shape) }}
        {{ "union all" if not loop.last }}
        {%- else %}
        select {% for name in columns %}cast(null as varchar) as {{ name }}, {% endfor %}1 as one where false
        {%- endfor %}
    )
    {%- endif -%}
{%- endmacro %}

{% macro sample_files(table_name) -%}
    {%- if not env_var("SAMPLES_PATH", "") -%}
        {{ exceptions.raise_compiler_error(
            "sample_source is 'external', and the environment variable SAMPLES_PATH is ''. Set it to the folder of this machine"
            ~ " that holds raw_enterprises.csv and so on."
        ) }}
    {%- endif -%}
    {%- set files = [] -%}
    {%- for file in fromjson(run_query("select getvariable('delivered_files')").columns[0].values()[0]) -%}
        {%- if file.problem and file.table in (none, table_name) -%}
            {{ exceptions.raise_compiler_error(file.name ~ ": " ~ file.problem ~ ".") }}
        {%- elif table_name in (file.table, none) -%}
            {%- do files.append(file) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not files and table_name not in var("optional_tables") -%}
        {%- set path = env_var("SAMPLES_PATH").rstrip("/") ~ "/" ~ table_name -%}
        {{ exceptions.raise_compiler_error(
            table_name ~ " is missing: there is no " ~ path ~ ".csv, .csv.gz, .parquet or .xlsx, no such file in " ~ path
            ~ "/, and no workbook with a sheet of this name. Deliver it, if empty with its header alone, or name it in the"
            ~ " variable optional_tables."
        ) }}
    {%- endif -%}
    {{ return(files) }}
{%- endmacro %}

{% macro scan_files(kind, names) -%}
    {%- set texts = [] -%}
    {%- for name in names %}{% do texts.append(sql_text(name)) %}{% endfor -%}
    {#- All of a CSV's dialect is fixed: what DuckDB guesses it may guess wrong, lines that start with # being dropped. -#}
    {{ "read_parquet" if kind == "parquet" else "read_csv" }}(
        [{{ texts | join(", ") }}], union_by_name=true, hive_partitioning=false
        {%- if kind == "csv" -%}
        , all_varchar=true, header=true, skip=0, delim=',', quote='"', escape='"', comment='', max_line_size=16000000
        {%- endif -%}
    )
{%- endmacro %}

{% macro where_written(shape) -%}
    {%- if flags.EMPTY -%}
        where false
    {%- elif shape.kind == "csv" -%}
        {#- A table tool saves rows that are formatted and blank as commas alone. The first cell that is filled ends the look. -#}
        {%- set cells = [] -%}
        {%- for name, type in shape.types %}{% do cells.append('"' ~ name | replace('"', '""') ~ '"') %}{% endfor -%}
        where coalesce({{ cells | join(", ") }}) is not null
    {%- endif -%}
{%- endmacro %}

{% macro cell_as_text(name, type) -%}
    {%- set text = "cast(" ~ name ~ " as " ~ dbt.type_string() ~ ")" -%}
    {%- if type.startswith(("DOUBLE", "FLOAT", "REAL", "DECIMAL", "NUMERIC")) -%}
        {#- 38.0 is the 38 of a table tool that has no whole numbers with gaps. -#}
        regexp_replace({{ text }}, '([.][0-9]*[1-9])0+$|[.]0+$', '\1')
    {%- elif type.startswith("TIMESTAMP") -%}
        {#- One zone for all, whatever that of the machine. -#}
        regexp_replace({{ timestamp_in_utc(name, type) }}, ' 00:00:00$', '')
    {#- Text whose writer did not say so. -#}
    {%- elif type == "BLOB" -%}
        case
            when try(decode({{ name }})) is not null then decode({{ name }})
            when {{ name }} is not null then error('Column {{ name }} holds bytes that are not text in UTF-8. Write it as text.')
        end
    {%- elif type == "BYTEA" -%}
        convert_from({{ name }}, 'UTF8')
    {%- elif type.endswith("]") or type.startswith(("STRUCT", "MAP", "UNION", "ARRAY")) -%}
        {{ exceptions.raise_compiler_error("Column " ~ name ~ " is a " ~ type ~ ", and no value can be read from it. Deliver a text or a number.") }}
    {%- else -%}
        {{ text }}
    {%- endif -%}
{%- endmacro %}

{% macro sql_text(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
{%- endmacro %}

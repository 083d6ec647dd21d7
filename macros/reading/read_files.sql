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
    {%- for file in sample_files(table_name) if file.edition not in kept -%}
        {%- set types = {} -%}
        {%- for column in run_query("describe select * from " ~ scan_files(file.kind, [file.name])) -%}
            {%- do types.update({column['column_name'] | lower: column['column_type']}) -%}
        {%- endfor -%}
        {#- What is under edition=2024 is known, without a look into it, to hold rows of 2024 alone. -#}
        {%- if file.edition and 'edition' in types -%}
            {{ exceptions.raise_compiler_error(
                file.name ~ " has a column edition, and its folder names the edition, too. Leave out the column, or rename the folder."
            ) }}
        {%- endif -%}
        {%- set cells = [] -%}
        {%- for name in columns -%}
            {%- if name in types -%}
                {%- do cells.append(cell_as_text(name, types[name]) ~ " as " ~ name) -%}
            {%- elif "/" ~ name ~ "=" in file.name -%}
                {%- do cells.append("url_decode(regexp_extract(filename, '/" ~ name ~ "=([^/]*)/', 1)) as " ~ name) -%}
            {%- else -%}
                {{ missing_column(table_name, name, file.name, types) }}
            {%- endif -%}
        {%- endfor -%}
        {%- set ignored = types | reject("in", columns + ["filename"]) | list -%}
        {%- if ignored -%}{%- do extra.setdefault(ignored | join(", "), []).append(file.name) -%}{%- endif -%}
        {#- Files of one shape are read together, by one scan. -#}
        {%- do shapes.setdefault((file.kind, cells | join(", ")), []).append(file.name) -%}
    {%- endfor -%}
    {%- for names, files in extra.items() if model.resource_type == "model" -%}
        {%- do print(table_name ~ ": ignored, being no columns of the contract: " ~ names ~ " (" ~ files | length
            ~ " file(s), such as " ~ files[0] ~ ")") -%}
    {%- endfor -%}
    (
        {%- for (kind, cells), names in shapes.items() %}
        select {{ cells or "filename" }} from {{ scan_files(kind, names) }}
        {{ "union all" if not loop.last }}
        {%- else %}
        select {% for name in columns %}cast(null as varchar) as {{ name }}, {% endfor %}null as filename where false
        {%- endfor %}
    )
    {%- endif -%}
{%- endmacro %}

{% macro sample_files(table_name) -%}
    {%- set folder = env_var("SAMPLES_PATH", "") -%}
    {%- if not modules.re.fullmatch("[^\x00-\x1f\x7f]*[^\x00-\x20\x7f]", folder) or "://" in folder -%}
        {{ exceptions.raise_compiler_error(
            "sample_source is 'external', and the environment variable SAMPLES_PATH is '" ~ folder
            ~ "'. Set it to the folder of this machine that holds raw_enterprises.csv and so on."
        ) }}
    {%- endif -%}
    {%- set path = folder.rstrip("/") ~ "/" ~ table_name -%}
    {%- set files = [] -%}
    {%- for row in run_query(
        "select distinct file from (from glob(" ~ sql_text(path ~ ".*") ~ ") union all from glob(" ~ sql_text(path ~ "/**") ~ "))"
        ~ " where not regexp_matches(file, '/[._][^/]*$') order by file"
    ) -%}
        {%- set ending = row["file"].lower() -%}
        {%- set kind = "csv" if ending.endswith((".csv", ".csv.gz")) else "parquet" if ending.endswith(".parquet") -%}
        {%- if not kind -%}
            {{ exceptions.raise_compiler_error(
                table_name ~ ": " ~ row["file"] ~ " is no file of a known kind. Deliver .csv, .csv.gz or .parquet."
            ) }}
        {%- endif -%}
        {%- set edition = modules.re.search("/edition=([0-9]{4})/", row["file"]) -%}
        {%- do files.append({"kind": kind, "name": row["file"], "edition": edition[1] if edition else none}) -%}
    {%- endfor -%}
    {%- if not files and table_name not in var("optional_tables") -%}
        {{ exceptions.raise_compiler_error(
            table_name ~ " is missing: there is no " ~ path ~ ".csv, .csv.gz or .parquet, and no such file in " ~ path
            ~ "/. Deliver it, if empty with its header alone, or name it in the variable optional_tables."
        ) }}
    {%- endif -%}
    {{ return(files) }}
{%- endmacro %}

{% macro scan_files(kind, names) -%}
    {%- set texts = [] -%}
    {%- for name in names %}{% do texts.append(sql_text(name)) %}{% endfor -%}
    {#- All of a CSV's dialect is fixed: what DuckDB guesses it may guess wrong, lines that start with # being dropped. -#}
    {{ "read_parquet" if kind == "parquet" else "read_csv" }}(
        [{{ texts | join(", ") }}], filename=true, union_by_name=true, hive_partitioning=false
        {%- if kind == "csv" -%}
        , all_varchar=true, header=true, skip=0, delim=',', quote='"', escape='"', comment='', max_line_size=16000000
        {%- endif -%}
    )
{%- endmacro %}

{% macro cell_as_text(name, type) -%}
    {%- set text = "cast(" ~ name ~ " as " ~ dbt.type_string() ~ ")" -%}
    {%- if type.startswith(("DOUBLE", "FLOAT", "REAL", "DECIMAL", "NUMERIC")) -%}
        {#- 38.0 is the 38 of a table tool that has no whole numbers with gaps. -#}
        regexp_replace({{ text }}, '([.][0-9]*[1-9])0+$|[.]0+$', '\1')
    {%- elif type.startswith("TIMESTAMP") -%}
        regexp_replace({{ text }}, ' 00:00:00$', '')
    {%- else -%}
        {{ text }}
    {%- endif -%}
{%- endmacro %}

{% macro sql_text(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
{%- endmacro %}

{% macro raw_table(table_name, columns=[]) -%}
    {%- set source = var('sample_source') -%}
    {%- if source == 'external' -%}
        {{ read_files(table_name, columns) }}
    {%- elif env_var('SAMPLES_PATH', '') -%}
        {{ exceptions.raise_compiler_error(
            "SAMPLES_PATH is set, but sample_source is '" ~ source ~ "', which reads no files. Unset it, or add"
            ~ " --vars 'sample_source: external'"
        ) }}
    {%- elif source == 'schema' -%}
        {{ read_schema(table_name, columns) }}
    {%- elif source == 'seeds' -%}
        {{ ref(table_name) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("sample_source is '" ~ source ~ "'; write seeds, external or schema") }}
    {%- endif -%}
{%- endmacro %}

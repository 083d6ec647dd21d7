{% macro raw_table(table_name, columns=[]) -%}
    {%- set origin = var('sample_source') -%}
    {#- Here begins the lineage of what was delivered. -#}
    {%- if origin in ('external', 'schema') -%}{%- do source('delivered', table_name) -%}{%- endif -%}
    {%- if origin == 'external' -%}
        {{ read_files(table_name, columns) }}
    {%- elif env_var('SAMPLES_PATH', '') -%}
        {{ exceptions.raise_compiler_error(
            "SAMPLES_PATH is set, but sample_source is '" ~ origin ~ "', which reads no files. Unset it, or add"
            ~ " --vars 'sample_source: external'"
        ) }}
    {%- elif origin == 'schema' -%}
        {{ read_schema(table_name, columns) }}
    {%- elif origin == 'seeds' -%}
        {{ ref(table_name) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("sample_source is '" ~ origin ~ "'; write seeds, external or schema") }}
    {%- endif -%}
{%- endmacro %}

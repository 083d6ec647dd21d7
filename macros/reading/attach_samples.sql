{% macro attach_samples() -%}
    {%- set folder = env_var('SPARK_SAMPLES', '') -%}
    {%- if execute and target.type == 'spark' and folder -%}
        {%- do run_query('create schema if not exists samples') -%}
        {%- for seed in graph.nodes.values() if seed.resource_type == 'seed' and seed.schema == 'samples' -%}
            {%- set columns = [] -%}
            {%- for name in seed.columns %}{% do columns.append(name ~ ' string') %}{% endfor -%}
            {%- do run_query('drop table if exists samples.' ~ seed.name) -%}
            {%- do run_query(
                'create table samples.' ~ seed.name ~ ' (' ~ columns | join(', ') ~ ') using parquet location '
                ~ text_literal(folder ~ '/' ~ seed.name)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

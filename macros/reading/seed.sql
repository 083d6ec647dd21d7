{% materialization seed, adapter='duckdb' -%}
    {#- dbt reads the file in Python before DuckDB does, which takes ten times as long; this leaves it to DuckDB. -#}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {#- DuckDB takes any name for a pattern. -#}
    {%- set path = modules.re.sub('([*?[])', '[\\1]', adapter.get_seed_file_path(model)) -%}
    {%- call statement('main') -%}
        create or replace table {{ this }} as
        select * from {{ scan_files('csv', [path]) }}
    {%- endcall -%}
    {%- do store_result('agate_table', response='OK') -%}
    {%- do persist_docs(this, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmaterialization %}

{#- What is asked of the environment while dbt parses would, with another answer, let it parse anew whatever depends on it. So it is
    asked when a node runs, here and in two macros of dbt's own. -#}
{% macro kept_editions() -%}
    {%- set named = env_var('KEEP_EDITIONS', '') if execute else '' -%}
    {%- if named and not modules.re.fullmatch('[0-9]{4}(,[0-9]{4})*', named) -%}
        {{ exceptions.raise_compiler_error(
            "KEEP_EDITIONS is '" ~ named ~ "'. Write the editions whose rows are to stay as they are, as in 2023,2024."
        ) }}
    {%- endif -%}
    {%- if named and target.type == 'spark' -%}
        {{ exceptions.raise_compiler_error("KEEP_EDITIONS needs an engine that can delete rows, and Spark's Parquet tables cannot. Unset it.") }}
    {%- endif -%}
    {#- A unit test has no table. -#}
    {{ return(named.split(',') if named and this and is_incremental() else []) }}
{%- endmacro %}

{% macro unless_kept(edition) -%}
    {%- set kept = kept_editions() -%}
    {%- if kept -%} where {{ edition }} is null or {{ edition }} not in ({{ kept | join(', ') }}) {%- endif -%}
{%- endmacro %}

{% macro drop_editions_read_again() -%}
    {%- if is_incremental() -%} delete from {{ this }} {{ unless_kept('edition') }} {%- endif -%}
{%- endmacro %}

{% macro check_kept_editions() -%}
    {%- set named = env_var('KEEP_EDITIONS', '') if execute else '' -%}
    {%- do kept_editions() -%}
    {%- if named -%}
        {%- set node = graph.nodes.values() | selectattr('name', 'equalto', 'dim_nodes') | first -%}
        {%- set nodes = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- set held = run_query('select distinct edition from ' ~ nodes).columns[0].values() if nodes else [] -%}
        {%- for edition in named.split(',') if edition | int not in held -%}
            {{ exceptions.raise_compiler_error(
                "KEEP_EDITIONS names " ~ edition ~ ", for which this warehouse has not been built. Leave it out."
            ) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro should_full_refresh() -%}
    {{ return(config.get('full_refresh') or flags.FULL_REFRESH or not env_var('KEEP_EDITIONS', '')) }}
{%- endmacro %}

{% macro default__get_where_subquery(relation) -%}
    {%- set where = config.get('where') -%}
    {%- if where == 'rows_are_new' -%}
        {%- set named = env_var('KEEP_EDITIONS', '') -%}
        {%- set where = 'edition is null or edition not in (' ~ named ~ ')' if named else none -%}
    {%- endif -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') as tested' if where else relation) }}
{%- endmacro %}

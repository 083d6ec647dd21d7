{% macro kept_editions() -%}
    {%- set named = env_var('KEEP_EDITIONS', '') -%}
    {%- if named and not modules.re.fullmatch('[0-9]{4}(,[0-9]{4})*', named) -%}
        {{ exceptions.raise_compiler_error(
            "KEEP_EDITIONS is '" ~ named ~ "'. Write the editions whose rows are to stay as they are, as in 2023,2024."
        ) }}
    {%- endif -%}
    {%- if named and target.type == 'spark' -%}
        {{ exceptions.raise_compiler_error("KEEP_EDITIONS needs an engine that can delete rows, and Spark's Parquet tables cannot. Unset it.") }}
    {%- endif -%}
    {%- set kept = [] -%}
    {#- A unit test has no table. -#}
    {%- if execute and this and is_incremental() -%}
        {#- An edition that the table does not hold is read, whatever was said of it. -#}
        {%- for row in run_query('select distinct edition from ' ~ this ~ ' where edition in (' ~ named ~ ') order by edition') -%}
            {%- do kept.append(row[0] | int) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(kept) }}
{%- endmacro %}

{% macro unless_kept(edition) -%}
    {%- set kept = kept_editions() -%}
    {%- if kept -%} where {{ edition }} is null or {{ edition }} not in ({{ kept | join(', ') }}) {%- endif -%}
{%- endmacro %}

{% macro drop_editions_read_again() -%}
    {%- if is_incremental() -%} delete from {{ this }} {{ unless_kept('edition') }} {%- endif -%}
{%- endmacro %}

{% macro read_schema(table_name, columns) -%}
    {#- Nothing can be asked of a database while dbt parses. -#}
    {%- if not execute -%} (select 1) {%- else -%}
    {%- set schema = var('sample_schema') -%}
    {%- set relation = adapter.get_relation(target.database, schema, table_name) -%}
    {%- if relation is none and table_name not in var('optional_tables') -%}
        {{ exceptions.raise_compiler_error(
            table_name ~ " is missing: the schema " ~ schema ~ " (variable sample_schema) has no such table or view. Deliver"
            ~ " it, if empty without rows, or name it in the variable optional_tables."
        ) }}
    {%- endif -%}
    {%- set types = {} -%}
    {%- for column in (adapter.get_columns_in_relation(relation) if relation else []) -%}
        {%- do types.update({column.name | lower: column.data_type | upper}) -%}
    {%- endfor -%}
    {%- set cells = ["1 as one"] -%}
    {%- for name in columns -%}
        {%- if relation is none -%}
            {%- do cells.append("cast(null as " ~ dbt.type_string() ~ ") as " ~ name) -%}
        {%- elif name in types -%}
            {%- do cells.append(cell_as_text(name, types[name]) ~ " as " ~ name) -%}
        {%- else -%}
            {{ missing_column(table_name, name, relation, types) }}
        {%- endif -%}
    {%- endfor -%}
    (select {{ cells | join(", ") }} {{ "from " ~ relation if relation }} {{ "where 1 = 0" if not relation or flags.EMPTY }})
    {%- endif -%}
{%- endmacro %}

{% macro missing_column(table_name, name, place, types) -%}
    {{ exceptions.raise_compiler_error(
        table_name ~ " has no column " ~ name ~ " in " ~ place ~ ", which has " ~ types | join(", ")
        ~ ". Rename or add the column; if nothing is known of it, its cells may be blank where the"
        ~ " contract allows it (docs/bring-your-own-data.md)."
    ) }}
{%- endmacro %}

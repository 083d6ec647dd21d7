{% macro matches(text, pattern) -%}
    {{ adapter.dispatch('matches')(text, pattern) }}
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ text_literal(pattern) }})
{%- endmacro %}

{% macro postgres__matches(text, pattern) -%}
    {{ text }} ~ {{ text_literal(pattern) }}
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    {{ text }} rlike {{ text_literal(pattern) }}
{%- endmacro %}

{% macro replaced(text, pattern, by) -%}
    {{ adapter.dispatch('replaced')(text, pattern, by) }}
{%- endmacro %}

{% macro default__replaced(text, pattern, by) -%}
    regexp_replace({{ text }}, {{ text_literal(pattern) }}, {{ text_literal(by) }}, 'g')
{%- endmacro %}

{% macro spark__replaced(text, pattern, by) -%}
    regexp_replace({{ text }}, {{ text_literal(pattern) }}, {{ text_literal(by) }})
{%- endmacro %}

{% macro code_point(hexadecimal) -%}
    {{ adapter.dispatch('code_point')(hexadecimal) }}
{%- endmacro %}

{% macro default__code_point(hexadecimal) -%} \x{ {{- hexadecimal -}} } {%- endmacro %}

{% macro postgres__code_point(hexadecimal) -%} \u{{ hexadecimal }} {%- endmacro %}

{% macro type_double() -%}
    {{ adapter.dispatch('type_double')() }}
{%- endmacro %}

{% macro default__type_double() -%} double {%- endmacro %}

{% macro postgres__type_double() -%} double precision {%- endmacro %}

{% macro inlined() -%}
    {{ adapter.dispatch('inlined')() }}
{%- endmacro %}

{% macro default__inlined() -%}{%- endmacro %}

{% macro duckdb__inlined() -%} not materialized {%- endmacro %}

{% macro stored() -%}
    {{ adapter.dispatch('stored')() }}
{%- endmacro %}

{% macro default__stored() -%}{%- endmacro %}

{% macro duckdb__stored() -%} materialized {%- endmacro %}

{% macro type_exact() -%} decimal(38, 10) {%- endmacro %}

{% macro type_number() -%} decimal(38, 18) {%- endmacro %}

{% macro in_byte_order(text) -%}
    {{ adapter.dispatch('in_byte_order')(text) }}
{%- endmacro %}

{% macro default__in_byte_order(text) -%} {{ text }} {%- endmacro %}

{% macro postgres__in_byte_order(text) -%} {{ text }} collate "C" {%- endmacro %}

{% macro text_literal(text) -%}
    {{ adapter.dispatch('text_literal')(text) }}
{%- endmacro %}

{% macro default__text_literal(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text)) }}
{%- endmacro %}

{% macro spark__text_literal(text) -%}
    {{ dbt.string_literal(dbt.escape_single_quotes(text | replace('\\', '\\\\'))) }}
{%- endmacro %}

{% macro gather_statistics() -%}
    {{ adapter.dispatch('gather_statistics')() }}
{%- endmacro %}

{% macro default__gather_statistics() -%}{%- endmacro %}

{% macro postgres__gather_statistics() -%}
    {%- if config.get('materialized') != 'view' %} analyze {{ this }} {%- endif -%}
{%- endmacro %}

{% macro spell_contract_types(spellings) -%}
    {%- for column in model.columns.values() -%}
        {%- do column.update(data_type=spellings.get(column.data_type, column.data_type)) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro postgres__get_assert_columns_equivalent(sql) -%}
    {%- do spell_contract_types({'double': 'double precision'}) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro spark__get_assert_columns_equivalent(sql) -%}
    {%- do spell_contract_types({'varchar': 'string', 'integer': 'int'}) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro computed_once() -%}
    {{ adapter.dispatch('computed_once')() }}
{%- endmacro %}

{% macro default__computed_once() -%}{%- endmacro %}

{% macro postgres__computed_once() -%} materialized {%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
    {#- All rows are one text: planned row by row, thousands of them take Spark half a minute. -#}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows %}{% do rows.append(row.values() | list) %}{% endfor -%}
    {%- set cells -%}
        {%- for name in agate_table.column_names %}cells[{{ loop.index0 }}]{{ ', ' if not loop.last }}{% endfor -%}
    {%- endset -%}
    {%- set sql -%}
        insert into {{ this }}
        select {{ cells }}
        from (select explode(from_json({{ text_literal(tojson(rows)) }}, 'array<array<string>>')) as cells) as seed_rows
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{% endmacro %}

{% macro guarded_cast(text, type) -%}
    {{ adapter.dispatch('guarded_cast')(text, type) }}
{%- endmacro %}

{% macro default__guarded_cast(text, type) -%} cast({{ text }} as {{ type }}) {%- endmacro %}

{% macro spark__guarded_cast(text, type) -%}
    {%- if type.startswith('decimal') -%}
        {#- Sail knows no exponents in decimals. -#}
        coalesce(try_cast({{ text }} as {{ type }}), try_cast(try_cast({{ text }} as double) as {{ type }}))
    {%- else -%}
        try_cast({{ text }} as {{ type }})
    {%- endif -%}
{%- endmacro %}

{% macro timestamp_in_utc(column, type) -%}
    {{ adapter.dispatch('timestamp_in_utc')(column, type) }}
{%- endmacro %}

{% macro default__timestamp_in_utc(column, type) -%}
    cast({{ column }} {{- " at time zone 'UTC'" if type.endswith('WITH TIME ZONE') }} as {{ dbt.type_string() }})
{%- endmacro %}

{% macro spark__timestamp_in_utc(column, type) -%}
    {#- A TIMESTAMP is a moment, which Spark writes in the zone of its session; TIMESTAMP_NTZ has none. -#}
    {%- if type == 'TIMESTAMP' -%}
        cast(date_add(cast('1970-01-01' as date), cast(floor(unix_micros({{ column }}) / 86400000000) as int)) as string)
        || substring(cast(timestampadd(
            microsecond, pmod(unix_micros({{ column }}), 86400000000), cast('1970-01-01 00:00:00' as timestamp_ntz)
        ) as string), 11)
    {%- else -%}
        cast({{ column }} as string)
    {%- endif -%}
{%- endmacro %}

{% macro spark__persist_constraints(relation, model) %}
    {%- set missing = [] -%}
    {%- for column in model.columns.values() if column.constraints | selectattr('type', 'equalto', 'not_null') | list -%}
        {%- do missing.append(column.name ~ ' is null') -%}
    {%- endfor -%}
    {%- if config.get('contract').enforced and missing -%}
        {%- for row in run_query('select * from ' ~ relation ~ ' where ' ~ missing | join(' or ') ~ ' limit 1') -%}
            {{ exceptions.raise_compiler_error(
                relation ~ ' has a row without a value that its contract demands (' ~ missing | join(', ') ~ '): '
                ~ row.values() | join(' | ')
            ) }}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{#- dbt's own gives a Parquet table no comments of columns. It has those of a view that it is made of, and one statement takes a
    moment where one for each column takes a minute. -#}
{% macro spark__get_select_subquery(sql) %}
    {%- set view = model.name ~ '_with_comments' -%}
    {%- set columns = [] -%}
    {%- for column in model.columns.values() -%}
        {%- do columns.append(column.name ~ ' comment ' ~ text_literal(column.description)) -%}
    {%- endfor -%}
    {%- do run_query('create or replace temporary view ' ~ view ~ ' (' ~ columns | join(', ') ~ ') as ' ~ default__get_select_subquery(sql)) -%}
    select * from {{ view }}
{% endmacro %}

{% macro spark__comment_clause() -%}
    {#- Spark's version has its commit behind it. Sail's has not, and Sail refuses the comment of a table. -#}
    {%- if config.persist_relation_docs() and ' ' in run_query('select version()').columns[0].values()[0] -%}
        comment {{ text_literal(model.description) }}
    {%- endif -%}
{%- endmacro %}

{% macro quantiles(value, shares) -%}
    {{ adapter.dispatch('quantiles')(value, shares) }}
{%- endmacro %}

{% macro default__quantiles(value, shares) -%}
    quantile_disc({{ value }}, cast('{{ shares }}' as double[]))
{%- endmacro %}

{% macro postgres__quantiles(value, shares) -%}
    percentile_disc(array{{ shares }}) within group (order by {{ value }})
{%- endmacro %}

{% macro spark__quantiles(value, shares) -%}
    array(
        {%- for share in shares -%}
        percentile_disc({{ share }}) within group (order by {{ value }}){{ ', ' if not loop.last }}
        {%- endfor -%}
    )
{%- endmacro %}

{% macro joined(text, separator) -%}
    {{ adapter.dispatch('joined')(text, separator) }}
{%- endmacro %}

{% macro default__joined(text, separator) -%}
    string_agg({{ text }}, {{ text_literal(separator) }} order by {{ in_byte_order(text) }})
{%- endmacro %}

{% macro spark__joined(text, separator) -%}
    array_join(sort_array(collect_list({{ text }})), {{ text_literal(separator) }})
{%- endmacro %}

{% macro element(list, number) -%}
    {{ adapter.dispatch('element')(list, number) }}
{%- endmacro %}

{% macro default__element(list, number) -%} {{ list }}[{{ number }}] {%- endmacro %}

{% macro spark__element(list, number) -%} element_at({{ list }}, {{ number }}) {%- endmacro %}

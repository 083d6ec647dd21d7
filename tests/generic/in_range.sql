{#
    The values lie between two bounds, inclusive. A missing value passes; NaN does not.

    Arguments:
        minimum, maximum: numbers; leave one out for an open end
        where_sql: rows to which it applies (default: all)
        columns: of a table, the columns that are meant; in one query, since each test costs more than what it asks

    Example:
        - in_range:
            arguments: {minimum: 0, maximum: 1}
#}
{% test in_range(model, column_name=none, columns=none, minimum=none, maximum=none, where_sql='1 = 1') %}
{%- set columns = columns or [column_name] -%}
{%- if minimum is none and maximum is none -%}
    {{ exceptions.raise_compiler_error('in_range on ' ~ model ~ '.' ~ columns | join(', ') ~ ': give a minimum or a maximum') }}
{%- endif -%}
select *
from {{ model }}
where
    {{ where_sql }}
    and (
        {%- for name in columns %}
        {{ "or " if not loop.first }}{{ name }} is not null
        and not (
            cast({{ name }} as {{ type_double() }}) <> cast('NaN' as {{ type_double() }})
            {%- if minimum is not none %} and {{ name }} >= {{ minimum }}{% endif %}
            {%- if maximum is not none %} and {{ name }} <= {{ maximum }}{% endif %}
        )
        {%- endfor %}
    )
{% endtest %}

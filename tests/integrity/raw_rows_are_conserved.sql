with counted as (
    {% for table in sample_tables() -%}
    select
        'raw_{{ table }}' as table_name,
        -- Postgres wants the name.
        (select count(*) from {{ raw_table('raw_' ~ table) }} as delivered) as raw_rows, -- noqa: AL05
        (select count(*) from {{ ref('stg_' ~ table) }}) as accepted_rows,
        (
            select count(*) from {{ ref('dq_rejected_rows') }} as rejected
            where rejected.table_name = 'raw_{{ table }}'
        ) as rejected_rows
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select *
from counted
where raw_rows <> accepted_rows + rejected_rows

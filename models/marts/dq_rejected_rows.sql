
with rejected as (
    {% for table in sample_tables() -%}
    select
        edition,
        'raw_{{ table }}' as table_name,
        rejected_key as row_key,
        rejected_column as column_name,
        rejection_reason as reason,
        rejected_value
    from {{ ref('base_' ~ table) }}
    where rejection_reason is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        edition,
        table_name,
        row_key,
        column_name,
        reason,
        rejected_value,
        {{ remedy('reason', 'rejected_value') }} as remedy
    from rejected
)

select * from final
order by table_name, edition, row_key, column_name, reason, rejected_value

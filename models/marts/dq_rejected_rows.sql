{{ after_definition_checks() }}

with rejected as (
    {% for table_name, key in sample_tables().items() -%}
    select
        edition,
        'raw_{{ table_name }}' as table_name,
        {{ key }} as row_key,
        rejected_column as column_name,
        rejection_reason as reason,
        rejected_value as raw_value
    from {{ ref('base_' ~ table_name) }}
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
        raw_value,
        {{ remedy('reason', 'raw_value') }} as remedy
    from rejected
)

select * from final
order by table_name, edition, row_key, column_name, reason, raw_value

with final as (
    {% for table in sample_tables() -%}
    select
        edition,
        'raw_{{ table }}' as table_name,
        rejected_column as column_name,
        rejection_reason as reason,
        count(*) as row_count,
        min(substring(rejected_value, 1, 40)) as example
    from {{ ref('base_' ~ table) }}
    group by edition, rejected_column, rejection_reason
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final

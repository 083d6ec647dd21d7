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

region_aliases as (
    select * from {{ ref('stg_region_aliases') }}
),

final as (
    select
        rejected.edition,
        rejected.table_name,
        rejected.row_key,
        rejected.column_name,
        rejected.reason,
        rejected.rejected_value,
        {{ remedy('rejected.reason') }} || coalesce(': ' || region_aliases.note, '') as remedy
    from rejected
    left join region_aliases
        on
            rejected.reason = region_aliases.refusal
            and {{ region_key(clean_text('rejected.rejected_value')) }} = region_aliases.alias_key
)

select * from final
order by table_name, edition, row_key, column_name, reason, rejected_value

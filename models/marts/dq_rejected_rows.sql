with rejected as (
    {% for table in sample_tables() -%}
    select
        edition,
        'raw_{{ table }}' as table_name,
        rejected_key as row_key,
        rejected_column as column_name,
        rejection_reason as reason,
        rejected_value,
        rejected_region as region_as_written,
        {{ sample_place(table) }} as locality_code,
        rejected_row as delivered_row,
        rejected_at as found_at
    from {{ ref('base_' ~ table) }}
    where rejection_reason is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

region_aliases as (
    select * from {{ ref('stg_region_aliases') }}
),

counted_localities as (
    select distinct
        edition,
        locality_code
    from {{ ref('int_cohort_localities') }}
),

final as (
    select
        rejected.edition,
        rejected.table_name,
        rejected.row_key,
        rejected.column_name,
        rejected.reason,
        rejected.rejected_value,
        {{ remedy('rejected.reason') }} || coalesce(': ' || region_aliases.note, '') as remedy,
        rejected.region_as_written,
        rejected.locality_code,
        case
            when rejected.reason in ('duplicate_row', 'region_not_ranked') then false
            when rejected.edition is not null and rejected.locality_code is not null
                then counted_localities.locality_code is not null
        end as would_count,
        rejected.delivered_row,
        rejected.found_at
    from rejected
    left join region_aliases
        on
            rejected.reason = region_aliases.refusal
            and {{ region_key(clean_text('rejected.rejected_value')) }} = region_aliases.alias_key
    left join counted_localities
        on
            rejected.edition = counted_localities.edition
            and rejected.locality_code = counted_localities.locality_code
)

select * from final
order by table_name, edition, row_key, column_name, reason, rejected_value, delivered_row

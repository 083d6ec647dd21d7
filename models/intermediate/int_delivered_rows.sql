with counted_localities as (
    select distinct
        edition,
        locality_code
    from {{ ref('int_cohort_localities') }}
),

final as (
    {% for table in sample_tables() -%}
    select
        base_rows.edition,
        'raw_{{ table }}' as table_name,
        base_rows.rejected_column as column_name,
        base_rows.rejection_reason as reason,
        count(*) as row_count,
        count(counted_localities.locality_code) as ranked_row_count,
        min(substring(base_rows.rejected_value, 1, 40)) as example
    from {{ ref('base_' ~ table) }} as base_rows
    left join counted_localities
        on
            base_rows.edition = counted_localities.edition
            and {{ sample_place(table) }} = counted_localities.locality_code
    group by base_rows.edition, base_rows.rejected_column, base_rows.rejection_reason
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final

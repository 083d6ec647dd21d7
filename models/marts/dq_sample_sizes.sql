with editions as (
    select edition from {{ ref('stg_editions') }}
),

printed_sizes as (
    select
        edition,
        sample_table,
        cast(max(printed_value) as {{ dbt.type_bigint() }}) as printed_row_count
    from {{ ref('stg_published_figures') }}
    where figure_type = 'sample_size' and contradicted_by is null
    group by edition, sample_table
),

counted as (
    select
        edition,
        table_name,
        case when reason is null then row_count else 0 end as accepted,
        row_count as delivered
    from {{ ref('int_delivered_rows') }}

    {% for table in sample_tables() -%}
    union all

    -- A table without rows has a line, too.
    select
        edition,
        'raw_{{ table }}' as table_name,
        0 as accepted,
        0 as delivered
    from editions

    {% endfor %}
),

sizes as (
    select
        edition,
        table_name,
        cast(sum(delivered) as {{ dbt.type_bigint() }}) as raw_row_count,
        cast(sum(accepted) as {{ dbt.type_bigint() }}) as accepted_row_count
    from counted
    group by edition, table_name
),

final as (
    select
        sizes.edition,
        sizes.table_name,
        sizes.raw_row_count,
        sizes.accepted_row_count,
        sizes.raw_row_count - sizes.accepted_row_count as rejected_row_count,
        printed_sizes.printed_row_count,
        sizes.accepted_row_count - printed_sizes.printed_row_count as difference
    from sizes
    left join printed_sizes
        on sizes.edition = printed_sizes.edition and sizes.table_name = printed_sizes.sample_table
)

select * from final
order by table_name, edition

{{ config(materialized='view') }}

-- Whoever asks for one indicator has only its tables read: the others meet no node. Each measure reads its table by
-- itself, since a CTE that is read twice is stored, whatever is asked.

with nodes as (
    select
        edition,
        node_code,
        numerator_measure,
        denominator_measure
    from {{ ref('int_nodes') }}
    where is_indicator
),

evidence as (
    {% for sample in sample_measures() -%}
    {% for code, adds in sample.measures.items() -%}
    select
        nodes.*,
        'raw_{{ sample.table }}' as table_name,
        counted.row_key,
        counted.row_name,
        counted.locality_code,
        '{{ code }}' as measure_code,
        counted.amount
    from (
        select
            edition,
            row_key,
            {{ sample.name }} as row_name,
            {{ sample.region }} as locality_code,
            cast({{ adds }} as {{ type_exact() }}) as amount
        from {{ ref('stg_' ~ sample.table) }}
    ) as counted
    inner join nodes
        on counted.edition = nodes.edition and '{{ code }}' in (nodes.numerator_measure, nodes.denominator_measure)

    union all

    {% endfor -%}
    {% endfor -%}
    select
        nodes.*,
        'raw_indicator_values' as table_name,
        ready_made.row_key,
        cast(null as {{ dbt.type_string() }}) as row_name,
        ready_made.region_code as locality_code,
        ready_made.indicator_code as measure_code,
        cast(ready_made.indicator_value as {{ type_exact() }}) as amount
    from {{ ref('stg_indicator_values') }} as ready_made
    inner join nodes
        on
            ready_made.edition = nodes.edition
            and ready_made.indicator_code in (nodes.numerator_measure, nodes.denominator_measure)
),

final as (
    select
        edition,
        node_code as indicator_code,
        table_name,
        row_key,
        locality_code,
        case when measure_code = numerator_measure then amount end as adds_to_numerator,
        case when measure_code = denominator_measure then amount end as adds_to_denominator,
        row_name
    from evidence
    where amount is not null
)

select * from final

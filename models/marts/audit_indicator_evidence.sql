{{ config(materialized='view') }}

with nodes as (
    select * from {{ ref('int_nodes') }}
    where is_indicator
),

evidence as (
    {% for sample in sample_measures() -%}
    {% for code, adds in sample.measures.items() -%}
    select
        edition,
        '{{ code }}' as measure_code,
        'raw_{{ sample.table }}' as table_name,
        row_key,
        {{ sample.region }} as locality_code,
        cast({{ adds }} as {{ type_exact() }}) as amount
    from {{ ref('stg_' ~ sample.table) }}

    union all

    {% endfor -%}
    {% endfor -%}
    select
        edition,
        indicator_code as measure_code,
        'raw_indicator_values' as table_name,
        row_key,
        region_code as locality_code,
        indicator_value as amount
    from {{ ref('stg_indicator_values') }}
),

final as (
    select
        nodes.edition,
        nodes.node_code as indicator_code,
        evidence.table_name,
        evidence.row_key,
        evidence.locality_code,
        case when evidence.measure_code = nodes.numerator_measure then evidence.amount end as adds_to_numerator,
        case when evidence.measure_code = nodes.denominator_measure then evidence.amount end as adds_to_denominator
    from nodes
    inner join evidence
        on
            nodes.edition = evidence.edition
            and evidence.measure_code in (nodes.numerator_measure, nodes.denominator_measure)
    where evidence.amount is not null
)

select * from final

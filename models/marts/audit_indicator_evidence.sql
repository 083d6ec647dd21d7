{{ config(materialized='view') }}

-- Whoever asks for one indicator has only its tables read: the others meet no node.

with nodes as (
    select
        edition,
        node_code,
        numerator_measure,
        denominator_measure
    from {{ ref('int_nodes') }}
    where is_indicator
),
{% for sample in sample_measures() %}
rows_{{ loop.index }} as {{ inlined() }} (
    select
        edition,
        row_key,
        {{ sample.name }} as row_name,
        {% for code, adds in sample.measures.items() -%}
        cast({{ adds }} as {{ type_number() }}) as {{ code }},
        {% endfor -%}
        {{ sample.region }} as locality_code
    from {{ ref('stg_' ~ sample.table) }}
),
{% endfor %}
evidence as (
    {% for sample in sample_measures() -%}
    {% set rows = 'rows_' ~ loop.index -%}
    {% for code in sample.measures -%}
    select
        nodes.*,
        'raw_{{ sample.table }}' as table_name,
        {{ rows }}.row_key,
        {{ rows }}.row_name,
        {{ rows }}.locality_code,
        '{{ code }}' as measure_code,
        {{ rows }}.{{ code }} as amount
    from {{ rows }}
    inner join nodes
        on {{ rows }}.edition = nodes.edition and '{{ code }}' in (nodes.numerator_measure, nodes.denominator_measure)

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
        ready_made.indicator_value as amount
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
        cast(case when measure_code = numerator_measure then amount end as {{ type_exact() }}) as adds_to_numerator,
        cast(case when measure_code = denominator_measure then amount end as {{ type_exact() }}) as adds_to_denominator,
        row_name
    from evidence
    where amount is not null
)

select * from final

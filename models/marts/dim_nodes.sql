with final as (
    select
        edition,
        node_code,
        parent_node_code,
        node_level,
        sort_order,
        name_zh,
        name_en,
        unit,
        weight_origin,
        numerator_measure,
        denominator_measure,
        direction,
        is_indicator,
        printed_weight,
        effective_weight
    from {{ ref('int_nodes') }}
)

select * from final
order by edition, node_level, node_code

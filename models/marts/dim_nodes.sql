with final as (
    select
        edition,
        node_code,
        parent_node_code,
        node_level,
        name_zh,
        name_en,
        unit,
        weight_origin,
        numerator as numerator_measure,
        denominator as denominator_measure,
        direction,
        printed_weight,
        effective_weight,
        sort_order
    from {{ ref('int_nodes') }}
)

select * from final
order by edition, node_level, node_code

with named as (
    select
        *,
        coalesce(name_zh, name_en, node_code) as called_zh,
        coalesce(name_en, name_zh, node_code) as called_en
    from {{ ref('int_nodes') }}
),

counted as (
    select
        *,
        count(*) over (partition by edition, called_zh) as copies_zh,
        count(*) over (partition by edition, called_en) as copies_en
    from named
),

-- A name that stands twice is told apart by its parent's.
distinguished as (
    select
        nodes.*,
        case when nodes.copies_zh = 1 then '' else coalesce(parents.called_zh || ' · ', '') end
        || nodes.called_zh as distinct_zh,
        case when nodes.copies_en = 1 then '' else coalesce(parents.called_en || ' · ', '') end
        || nodes.called_en as distinct_en
    from counted as nodes
    left join counted as parents on nodes.edition = parents.edition and nodes.parent_node_code = parents.node_code
),

final as (
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
        group_rule,
        group_weight_measure,
        direction,
        is_indicator,
        cast(printed_weight as {{ type_exact() }}) as printed_weight,
        effective_weight,
        distinct_zh
        || case when count(*) over (partition by edition, distinct_zh) > 1 then ' (' || node_code || ')' else '' end
            as label_zh,
        distinct_en
        || case when count(*) over (partition by edition, distinct_en) > 1 then ' (' || node_code || ')' else '' end
            as label_en,
        coalesce(unit_zh, unit) as unit_zh,
        coalesce(unit, unit_zh) as unit_en
    from distinguished
)

select * from final
order by edition, node_level, node_code

-- Effective weights. Printed weights are rounded and do not quite sum to their parents, so a node's effective weight
-- is its share of its siblings' printed weights times its parent's effective weight: the root's is 1 exactly.
{{ after_definition_checks() }}

with nodes as (
    select
        *,
        case
            when parent_node_code is not null
                then
                    cast(printed_weight as {{ type_double() }})
                    / cast(sum(printed_weight) over (partition by edition, parent_node_code) as {{ type_double() }})
            else 1
        end as sibling_share
    from {{ ref('stg_nodes') }}
),

final as (
    select
        nodes.edition,
        nodes.node_code,
        nodes.parent_node_code,
        nodes.node_level,
        nodes.name_zh,
        nodes.name_en,
        nodes.unit,
        nodes.weight_origin,
        nodes.numerator,
        nodes.denominator,
        nodes.sort_order,
        nodes.direction,
        nodes.printed_weight,
        nodes.sibling_share,
        nodes.sibling_share
        * coalesce(parents.sibling_share, 1)
        * coalesce(grandparents.sibling_share, 1) as effective_weight
    from nodes
    left join nodes as parents
        on nodes.edition = parents.edition and nodes.parent_node_code = parents.node_code
    left join nodes as grandparents
        on nodes.edition = grandparents.edition and parents.parent_node_code = grandparents.node_code
)

select * from final

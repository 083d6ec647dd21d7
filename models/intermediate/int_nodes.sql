-- Levels and effective weights. Printed weights are rounded and do not quite sum to their parents, so a node's
-- effective weight is its share of its siblings' weights times its parent's effective weight: the root's is 1 exactly.

with nodes as (
    select * from {{ ref('stg_nodes') }}
),

ancestors as (
    select * from {{ ref('int_node_ancestors') }}
),

upper_nodes as (
    select distinct
        edition,
        parent_node_code as node_code
    from nodes
),

final as (
    select
        nodes.edition,
        nodes.node_code,
        nodes.parent_node_code,
        roots.steps_up as node_level,
        nodes.sort_order,
        nodes.name_zh,
        nodes.name_en,
        nodes.unit,
        nodes.unit_zh,
        nodes.weight_origin,
        nodes.numerator_measure,
        nodes.denominator_measure,
        nodes.group_rule,
        nodes.group_weight_measure,
        nodes.direction,
        upper_nodes.node_code is null as is_indicator,
        nodes.printed_weight,
        coalesce(parents.share, 1) as sibling_share,
        roots.share as effective_weight
    from nodes
    inner join ancestors as roots
        on nodes.edition = roots.edition and nodes.node_code = roots.node_code and roots.is_root
    left join ancestors as parents
        on nodes.edition = parents.edition and nodes.node_code = parents.node_code and parents.steps_up = 1
    left join upper_nodes on nodes.edition = upper_nodes.edition and nodes.node_code = upper_nodes.node_code
)

select * from final

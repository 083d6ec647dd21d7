-- A node counts for itself and for what lies above it, with the share of it that the weights leave. Steps are joins,
-- not a recursion, which not every engine has.
{%- set steps = range(1, var('deepest_level') + 1) %}

with nodes as (
    select
        edition,
        node_code,
        parent_node_code,
        case
            when parent_node_code is not null
                then
                    cast(printed_weight as {{ type_double() }})
                    / nullif(cast(
                        sum(printed_weight) over (partition by edition, parent_node_code) as {{ type_double() }}
                    ), 0)
            else 1
        end as sibling_share
    from {{ ref('stg_nodes') }}
),

steps_0 as (
    select
        edition,
        node_code,
        node_code as ancestor_node_code,
        parent_node_code as next_node_code,
        sibling_share as next_share,
        cast(1 as {{ type_double() }}) as share
    from nodes
),
{% for step in steps %}
steps_{{ step }} as (
    select
        below.edition,
        below.node_code,
        nodes.node_code as ancestor_node_code,
        nodes.parent_node_code as next_node_code,
        nodes.sibling_share as next_share,
        below.share * below.next_share as share
    from steps_{{ step - 1 }} as below
    inner join nodes on below.edition = nodes.edition and below.next_node_code = nodes.node_code
),
{% endfor %}
final as (
    {% for step in [0] + steps | list -%}
    select
        edition,
        node_code,
        ancestor_node_code,
        {{ step }} as steps_up,
        share,
        next_node_code is null as is_root
    from steps_{{ step }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final

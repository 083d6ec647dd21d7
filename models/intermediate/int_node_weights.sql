-- Effective weights, in each cohort and scenario. Printed weights are rounded and do not quite sum to their parents, so
-- a node's effective weight is its share of its siblings' weights times its parent's effective weight: the root's is 1.

with weights as (
    select
        methods.scenario_code,
        methods.edition,
        methods.cohort_code,
        methods.node_code,
        methods.values_scenario_code,
        nodes.parent_node_code,
        coalesce(methods.weight, weighed.printed_weight) as weight
    from {{ ref('int_methods') }} as methods
    inner join {{ ref('int_nodes') }} as nodes
        on methods.edition = nodes.edition and methods.node_code = nodes.node_code
    inner join {{ ref('int_nodes') }} as weighed
        on methods.weight_edition = weighed.edition and methods.node_code = weighed.node_code
),

shares as (
    select
        *,
        case
            when parent_node_code is null then cast(1 as {{ type_double() }})
            else
                cast(weight as {{ type_double() }})
                / nullif(cast(
                    sum(weight) over (partition by scenario_code, edition, cohort_code, parent_node_code)
                    as {{ type_double() }}
                ), 0)
        end as sibling_share
    from weights
),

-- From the node to the root, step by step.
steps_0 as (
    select
        scenario_code,
        edition,
        cohort_code,
        node_code,
        parent_node_code as next_node_code,
        sibling_share as share
    from shares
),
{% for step in range(1, var('deepest_level')) %}
steps_{{ step }} as (
    select
        below.scenario_code,
        below.edition,
        below.cohort_code,
        below.node_code,
        shares.parent_node_code as next_node_code,
        case when below.next_node_code is null then below.share else below.share * shares.sibling_share end as share
    from steps_{{ step - 1 }} as below
    left join shares
        on
            below.scenario_code = shares.scenario_code
            and below.edition = shares.edition
            and below.cohort_code = shares.cohort_code
            and below.next_node_code = shares.node_code
),
{% endfor %}
final as (
    select
        shares.scenario_code,
        shares.edition,
        shares.cohort_code,
        shares.node_code,
        shares.values_scenario_code,
        shares.parent_node_code,
        shares.sibling_share,
        roots.share as effective_weight
    from shares
    inner join steps_{{ var('deepest_level') - 1 }} as roots
        on
            shares.scenario_code = roots.scenario_code
            and shares.edition = roots.edition
            and shares.cohort_code = roots.cohort_code
            and shares.node_code = roots.node_code
)

select * from final

with nodes as (
    select
        *,
        {{ key_of(['edition', 'node_code']) }} as row_key,
        count(*) over (partition by edition, node_code) as copies,
        sum(case when parent_node_code is null then 1 else 0 end) over (partition by edition) as root_count
    from {{ ref('stg_nodes') }}
),

ancestors as (
    select * from {{ ref('int_node_ancestors') }}
),

children as (
    select
        edition,
        parent_node_code,
        sum(printed_weight) as weight,
        count(*) as number_of
    from nodes
    group by edition, parent_node_code
),

-- One row per node, with what the rules ask about its family.
families as (
    select
        nodes.*,
        editions.weight_rule,
        editions.weight_decimals,
        editions.edition is not null as has_edition,
        parents.node_code as found_parent_code,
        children.weight as children_weight,
        children.number_of as children_count,
        roots.steps_up as derived_level,
        loops.node_code is not null as is_own_ancestor
    from nodes
    left join {{ ref('stg_editions') }} as editions on nodes.edition = editions.edition
    left join nodes as parents on nodes.edition = parents.edition and nodes.parent_node_code = parents.node_code
    left join children on nodes.edition = children.edition and nodes.node_code = children.parent_node_code
    left join ancestors as roots
        on nodes.edition = roots.edition and nodes.node_code = roots.node_code and roots.is_root
    left join ancestors as loops
        on
            nodes.edition = loops.edition
            and nodes.node_code = loops.node_code
            and nodes.node_code = loops.ancestor_node_code
            and loops.steps_up > 0
)

{{ broken_rules('ref_nodes', 'families', [
    stands_once(),
    {
        'where': 'name_zh is null',
        'problem': "'name_zh and name_en are empty'",
        'remedy': 'write at least one of them; it stands in for the other',
    },
    {
        'where': 'edition is null or node_code is null or printed_weight is null or direction is null',
        'problem': "'edition, node_code, printed_weight or direction is missing or no number'",
        'remedy': 'edition is a whole number, as in ref_editions, printed_weight a decimal number, direction 1 or -1',
    },
    {
        'where': 'not has_edition and edition is not null',
        'problem': "'edition ' || edition || ' is not in ref_editions'",
        'remedy': 'add the edition to ref_editions, or correct it',
    },
    {
        'where': 'printed_weight < 0',
        'problem': "'printed_weight is ' || cast(printed_weight as decimal(20, 6)) || ', below zero'",
        'remedy': 'a weight is 0 or more; an indicator of which less is better has direction -1',
    },
    {
        'where': 'direction not in (1, -1)',
        'problem': "'direction is ' || direction",
        'remedy': 'write 1 (more is better) or -1 (less is better)',
    },
    {
        'where': 'direction = -1 and children_count > 0',
        'problem': "'direction is -1, and the node has children'",
        'remedy': 'only an indicator has a direction of its own; write 1 here, and -1 at the indicators below it',
    },
    {
        'where': "group_rule not in ('sum', 'mean', 'none')",
        'problem': "'group_rule is ' || group_rule",
        'remedy': 'write sum, mean or none, or leave it empty',
    },
    {
        'where': "(group_rule = 'mean') <> (group_weight_measure is not null)"
            ~ " or (group_rule is null and group_weight_measure is not null)",
        'problem': "'group_rule is ' || " ~ shown('group_rule') ~ " || ', and group_weight is ' || " ~ shown('group_weight_measure'),
        'remedy': 'a mean needs a measure as group_weight, and nothing else has one',
    },
    {
        'where': "group_rule in ('mean', 'none') and (denominator_measure is not null or numerator_measure in "
            ~ sample_measure_codes() ~ ")",
        'problem': "'group_rule is ' || group_rule || ' for what is counted or has a denominator'",
        'remedy': 'leave it empty: these add up',
    },
    {
        'where': 'parent_node_code is not null and found_parent_code is null',
        'problem': "'parent_node_code ' || parent_node_code || ' is no node of the edition'",
        'remedy': 'add the parent or correct its code',
    },
    {
        'where': 'is_own_ancestor',
        'problem': "'the node is its own ancestor, by way of ' || parent_node_code",
        'remedy': 'let each parent_node_code lead towards the root',
    },
    {
        'where': 'found_parent_code is not null and derived_level is null and not is_own_ancestor',
        'problem': "'no root within " ~ var('deepest_level') ~ " steps above the node'",
        'remedy': 'mend the nodes above it; a tree has at most as many levels as the variable deepest_level says',
    },
    {
        'where': 'node_level <> derived_level',
        'problem': "'node_level is ' || node_level || ', and the root is ' || derived_level || ' steps above'",
        'remedy': 'correct node_level or parent_node_code, or leave out the column node_level',
    },
    {
        'where': 'root_count <> 1 and (parent_node_code is null or root_count = 0)',
        'problem': "'the edition has ' || root_count || ' roots'",
        'remedy': 'exactly one node of an edition has no parent',
    },
    {
        'where': 'parent_node_code is null and children_count is null',
        'problem': "'the root has no children'",
        'remedy': 'give it at least one indicator',
    },
    {
        'where': "weight_rule = 'printed'"
            ~ ' and abs(children_weight - printed_weight) > 0.5 / power(10, weight_decimals) * (children_count + 1)',
        'problem': "'printed_weight is ' || cast(printed_weight as decimal(20, 6)) || " ~ text_literal(", its children's weights sum to ")
            ~ " || cast(children_weight as decimal(20, 6))",
        'remedy': 'correct the weights: rounding to weight_decimals of ref_editions explains a smaller difference only; a root of weights in percent has 100; or write weight_rule relative there',
    },
    {
        'where': 'children_weight = 0',
        'problem': text_literal("the children's weights sum to zero"),
        'remedy': 'give at least one child a weight',
    },
    {
        'where': 'children_count > 0 and (numerator_measure is not null or denominator_measure is not null)',
        'problem': "'numerator ' || coalesce(numerator_measure, denominator_measure) || ' at a node with children'",
        'remedy': 'only indicators, the nodes without children, have a numerator or a denominator',
    },
]) }}

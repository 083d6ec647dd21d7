-- From one edition to the next in steps, each of which is an index of its own; what a step changes is its effect.
-- Points are rounded to multiples of 2 to the power of -40, of which sums and differences are exact.
{%- set effects = edition_steps()[1:] %}
{%- set on_grid = 1099511627776 %}
{%- set nothing = 'cast(0 as ' ~ type_double() ~ ')' %}
{%- set warnings = {
    'region_came': 'has_region_before = 0',
    'region_went': 'has_region_now = 0',
    'node_came': 'has_node_before = 0',
    'node_went': 'has_node_now = 0',
    'tree_changed': 'tree_break = 1 and has_node_before + has_node_now = 2',
    'method_changed': 'method_break = 1',
    'definition_changed': 'definition_break = 1',
    'step_without_value': 'points_change is not null and tree_points is null'
        ~ ' or rank_change is not null and tree_ranks is null',
} %}
{%- set of_values = [
    'methods.imputation', 'methods.treatment', 'methods.most_winsorised', 'methods.skewness_limit',
    'methods.kurtosis_limit', 'methods.transform', 'methods.normaliser', 'methods.target_lower', 'methods.target_upper',
    'methods.target_mean', 'methods.target_deviation', 'methods.value_floor', 'methods.is_clamped',
] %}
{%- set of_means = [
    'methods.aggregator', 'methods.aggregator_power', 'methods.missing_rule', 'methods.least_observed_share',
] %}
{%- set of_definition = [
    'nodes.direction', 'nodes.numerator_measure', 'nodes.denominator_measure', 'nodes.group_rule',
    'nodes.group_weight_measure',
] %}

with node_scores as (
    select * from {{ ref('int_node_scores') }}
),

methods as (
    select * from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

ancestors as (
    select * from {{ ref('int_node_ancestors') }}
),

steps as (
    select
        edition,
        previous_edition,
        scenario_code
    from {{ ref('int_scenarios') }}
    where {{ is_step('scenario_code') }}
),

pairs as (
    select distinct
        edition,
        previous_edition
    from steps
),

states as (
    select
        edition,
        previous_edition,
        scenario_code as state,
        edition as scored_edition,
        scenario_code
    from steps

    union all

    select
        edition,
        previous_edition,
        'before' as state,
        previous_edition as scored_edition,
        'baseline' as scenario_code
    from pairs

    union all

    select
        edition,
        previous_edition,
        'now' as state,
        edition as scored_edition,
        'baseline' as scenario_code
    from pairs
),

-- Between the editions, what weighs nothing adds nothing, with a value or without.
scored as (
    select
        states.edition,
        states.previous_edition,
        states.state,
        node_scores.cohort_code,
        node_scores.region_code,
        node_scores.node_code,
        node_scores.node_rank,
        case
            when states.state not in ('before', 'now') and node_scores.effective_weight = 0 then {{ nothing }}
            else
                cast(floor(node_scores.points * {{ on_grid }} + 0.5) as {{ type_double() }})
                / cast({{ on_grid }} as {{ type_double() }})
        end as points
    from states
    inner join node_scores
        on states.scored_edition = node_scores.edition and states.scenario_code = node_scores.scenario_code
),

side_by_side as (
    select
        edition,
        previous_edition,
        cohort_code,
        region_code,
        {%- for state in ['before'] + edition_steps() + ['now'] %}
        {%- set here = "case when state = '" ~ (step_code(state) if state in edition_steps() else state) ~ "' then " %}
        max({{ here }} 1 else 0 end) as in_{{ state }},
        max({{ here }} points end) as {{ state }}_points,
        max({{ here }} node_rank end) as {{ state }}_rank,
        {%- endfor %}
        node_code
    from scored
    group by edition, previous_edition, cohort_code, region_code, node_code
),

-- A node that only one of the editions has counts for nothing in the other.
counted as (
    select
        edition,
        previous_edition,
        cohort_code,
        region_code,
        node_code,
        in_before,
        in_now,
        before_points,
        now_points,
        before_rank,
        now_rank,
        {%- for state in ['before'] + edition_steps() + ['now'] %}
        case when in_{{ state }} = 0 then {{ nothing }} else {{ state }}_points end as counted_{{ state }},
        {%- endfor %}
        {%- for effect in effects %}
        {{ edition_steps()[loop.index0] }}_rank - {{ effect }}_rank as {{ effect }}_ranks,
        {%- endfor %}
        {%- for state in ['before', 'now'] %}
        max(in_{{ state }}) over (partition by edition, cohort_code, region_code) as has_region_{{ state }},
        max(in_{{ state }}) over (partition by edition, node_code) as has_node_{{ state }},
        {%- endfor %}
        before_rank - now_rank as rank_change
    from side_by_side
),

differences as (
    select
        *,
        {%- for effect in effects %}
        counted_{{ effect }} - counted_{{ edition_steps()[loop.index0] }} as {{ effect }}_points,
        {%- endfor %}
        case when has_region_before + has_region_now = 2 then counted_now - counted_before end as points_change
    from counted
    where in_before + in_now > 0
),

-- What no other step explains is the tree: what went at the beginning, and what came at the end.
remainders as (
    select
        *,
        points_change - {{ effects | join('_points - ') }}_points as tree_points,
        rank_change - {{ effects | join('_ranks - ') }}_ranks as tree_ranks
    from differences
),

-- What was declared of each node, in the editions that have it.
declared as (
    select
        pairs.edition,
        pairs.previous_edition,
        methods.cohort_code,
        methods.node_code,
        {{ key_of(['nodes.is_indicator']) }} as kind_text,
        {{ key_of(['nodes.parent_node_code']) }} as tree_text,
        {{ key_of(['methods.rank_decimals', 'methods.least_ranked_share']) }}
        || case
            when nodes.is_indicator
                then
                    {{ key_of(of_values) }}
            else
                {{ key_of(of_means) }}
        end as method_text,
        {{ key_of(of_definition) }} as definition_text
    from pairs
    inner join methods on methods.edition in (pairs.edition, pairs.previous_edition)
    inner join nodes on methods.edition = nodes.edition and methods.node_code = nodes.node_code
),

breaks as (
    select
        edition,
        previous_edition,
        cohort_code,
        node_code,
        {%- for name in ['method', 'definition'] %}
        case
            when min(kind_text) = max(kind_text) and min({{ name }}_text) <> max({{ name }}_text) then 1
            else 0
        end as {{ name }}_break,
        {%- endfor %}
        case
            when count(*) = 1 or min(tree_text) <> max(tree_text) or min(kind_text) <> max(kind_text) then 1
            else 0
        end as tree_break
    from declared
    group by edition, previous_edition, cohort_code, node_code
),

-- A break reaches what stands above it, in either tree.
breaks_below as (
    select
        breaks.edition,
        breaks.cohort_code,
        {%- for name in ['tree', 'method', 'definition'] %}
        max(breaks.{{ name }}_break) as {{ name }}_break,
        {%- endfor %}
        ancestors.ancestor_node_code as node_code
    from breaks
    inner join ancestors
        on
            ancestors.edition in (breaks.edition, breaks.previous_edition)
            and breaks.node_code = ancestors.node_code
    group by breaks.edition, breaks.cohort_code, ancestors.ancestor_node_code
),

final as (
    select
        remainders.edition,
        remainders.previous_edition,
        remainders.cohort_code,
        remainders.region_code,
        remainders.node_code,
        remainders.now_points as points,
        remainders.before_points as previous_points,
        remainders.points_change,
        {%- for unit in ['points', 'ranks'] %}
        {%- if unit == 'ranks' %}
        remainders.now_rank as node_rank,
        remainders.before_rank as previous_rank,
        remainders.rank_change,
        {%- endif %}
        {%- for effect in ['data', 'goalpost', 'weight', 'method', 'tree'] %}
        case when remainders.tree_{{ unit }} is not null then remainders.{{ effect }}_{{ unit }} end
            as {{ effect }}_{{ unit }},
        {%- endfor %}
        {%- endfor %}
        breaks_below.tree_break + breaks_below.method_break + breaks_below.definition_break > 0 as is_method_broken,
        nullif(trim(
            {%- for warning, condition in warnings.items() %}
            case when {{ condition }} then '{{ warning }} ' else '' end{{ ' ||' if not loop.last }}
            {%- endfor %}
        ), '') as warning
    from remainders
    inner join breaks_below
        on
            remainders.edition = breaks_below.edition
            and remainders.cohort_code = breaks_below.cohort_code
            and remainders.node_code = breaks_below.node_code
)

select * from final
order by edition, cohort_code, node_code, region_code

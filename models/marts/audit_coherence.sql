-- Do indicators of a group move together, and does each count as much as its weight says? Too few regions do not tell.
{%- set least_regions = 10 %}

with nodes as (
    select * from {{ ref('int_nodes') }}
),

ancestors as (
    select * from {{ ref('int_node_ancestors') }}
),

node_scores as (
    select * from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline'
),

-- Rank, scale and shift do not matter here, so scores serve for values.
groups as (
    select
        ancestors.edition,
        ancestors.node_code,
        ancestors.ancestor_node_code as group_code
    from ancestors
    inner join nodes
        on ancestors.edition = nodes.edition and ancestors.ancestor_node_code = nodes.node_code
    where nodes.node_level = 1
),

cohorts as (
    select
        edition,
        cohort_code,
        count(*) as region_count
    from node_scores
    where parent_node_code is null and score is not null
    group by edition, cohort_code
),

scored as (
    select
        node_scores.edition,
        node_scores.cohort_code,
        node_scores.region_code,
        node_scores.node_code,
        node_scores.parent_node_code,
        node_scores.effective_weight,
        nodes.is_indicator,
        nodes.node_level,
        groups.group_code,
        node_scores.score / 100 as node_value,
        node_scores.points / 100 as node_points
    from node_scores
    inner join cohorts
        on
            node_scores.edition = cohorts.edition
            and node_scores.cohort_code = cohorts.cohort_code
            and cohorts.region_count >= {{ least_regions }}
    inner join nodes on node_scores.edition = nodes.edition and node_scores.node_code = nodes.node_code
    left join groups on node_scores.edition = groups.edition and node_scores.node_code = groups.node_code
),

pairs as (
    select
        'indicators' as kind,
        one.edition,
        one.cohort_code,
        one.region_code,
        one.node_code,
        other.node_code as other_node_code,
        case when one.group_code = other.group_code then one.group_code end as group_code,
        one.node_value as x,
        other.node_value as y
    from scored as one
    inner join scored as other
        on
            one.edition = other.edition
            and one.cohort_code = other.cohort_code
            and one.region_code = other.region_code
            and {{ in_byte_order('one.node_code') }} < {{ in_byte_order('other.node_code') }}
    where one.is_indicator and other.is_indicator

    union all

    select
        'parent' as kind,
        children.edition,
        children.cohort_code,
        children.region_code,
        children.node_code,
        parents.node_code as other_node_code,
        children.group_code,
        children.node_value as x,
        parents.node_value as y
    from scored as children
    inner join scored as parents
        on
            children.edition = parents.edition
            and children.cohort_code = parents.cohort_code
            and children.region_code = parents.region_code
            and children.parent_node_code = parents.node_code

    union all

    select
        'overall' as kind,
        parts.edition,
        parts.cohort_code,
        parts.region_code,
        parts.node_code,
        roots.node_code as other_node_code,
        parts.group_code,
        coalesce(parts.node_points, 0) as x,
        roots.node_value as y
    from scored as parts
    inner join scored as roots
        on
            parts.edition = roots.edition
            and parts.cohort_code = roots.cohort_code
            and parts.region_code = roots.region_code
            and roots.parent_node_code is null
    where parts.node_level = 1 or parts.is_indicator
),

-- Whoever lacks one of the two is left out of the pair.
summed as (
    select
        kind,
        edition,
        cohort_code,
        node_code,
        other_node_code,
        group_code,
        count(*) as region_count,
        {{ exact_sum('x') }} as sum_x,
        {{ exact_sum('y') }} as sum_y,
        {{ exact_sum('x * x') }} as sum_xx,
        {{ exact_sum('y * y') }} as sum_yy,
        {{ exact_sum('x * y') }} as sum_xy
    from pairs
    where x is not null and y is not null
    group by kind, edition, cohort_code, node_code, other_node_code, group_code
),

-- What is left of the last digits where nobody differs is no variance.
related as (
    select
        *,
        case
            when sum_xx * region_count - sum_x * sum_x > 1e-9 and sum_yy * region_count - sum_y * sum_y > 1e-9
                then
                    (sum_xy * region_count - sum_x * sum_y)
                    / sqrt((sum_xx * region_count - sum_x * sum_x) * (sum_yy * region_count - sum_y * sum_y))
        end as pearson_r,
        case
            when sum_yy * region_count - sum_y * sum_y > 1e-9
                then
                    (sum_xy * region_count - sum_x * sum_y) / (sum_yy * region_count - sum_y * sum_y)
        end as variance_share
    from summed
    where region_count >= {{ least_regions }}
),

means as (
    select
        edition,
        cohort_code,
        case when group_code is null then 'mean_correlation_across' else 'mean_correlation_within' end as statistic,
        group_code,
        max(region_count) as region_count,
        count(*) as pair_count,
        {{ exact_sum('pearson_r') }} / nullif(count(pearson_r), 0) as mean_correlation
    from related
    where kind = 'indicators'
    group by edition, cohort_code, group_code
),

-- As many indicators as make so many pairs.
alphas as (
    select
        edition,
        cohort_code,
        group_code,
        region_count,
        mean_correlation,
        (1 + sqrt(cast(1 + 8 * pair_count as {{ type_double() }}))) / 2 as indicator_count
    from means
    where group_code is not null

    union all

    select
        related.edition,
        related.cohort_code,
        max(case when nodes.parent_node_code is null then nodes.node_code end) as group_code,
        max(related.region_count) as region_count,
        {{ exact_sum('related.pearson_r') }} / nullif(count(related.pearson_r), 0) as mean_correlation,
        (1 + sqrt(cast(1 + 8 * count(*) as {{ type_double() }}))) / 2 as indicator_count
    from related
    inner join nodes on related.edition = nodes.edition and nodes.parent_node_code is null
    where related.kind = 'indicators'
    group by related.edition, related.cohort_code
),

weights as (
    select distinct
        edition,
        cohort_code,
        node_code,
        effective_weight
    from scored
),

final as (
    select
        edition,
        cohort_code,
        case
            when kind = 'parent' then 'correlation_with_parent'
            when group_code is null then 'correlation_across'
            else 'correlation_within'
        end as statistic,
        node_code,
        other_node_code,
        region_count,
        pearson_r as statistic_value,
        cast(null as {{ type_double() }}) as expected_value,
        coalesce(pearson_r < 0 and (kind = 'parent' or group_code is not null), false) as is_flagged,
        case
            when pearson_r is null then 'no correlation: one of the two does not differ between regions'
            when kind = 'parent' and pearson_r < 0 then 'pulls against what it is part of'
            when group_code is not null and pearson_r < 0 then 'the two pull against each other within their group'
        end as note
    from related
    where kind in ('indicators', 'parent')

    union all

    select
        edition,
        cohort_code,
        statistic,
        coalesce(group_code, '*') as node_code,
        '*' as other_node_code,
        region_count,
        mean_correlation as statistic_value,
        cast(null as {{ type_double() }}) as expected_value,
        coalesce(mean_correlation < 0, false) as is_flagged,
        cast(null as {{ dbt.type_string() }}) as note
    from means

    union all

    select
        edition,
        cohort_code,
        'alpha' as statistic,
        group_code as node_code,
        '*' as other_node_code,
        region_count,
        indicator_count * mean_correlation / (1 + (indicator_count - 1) * mean_correlation) as statistic_value,
        cast(null as {{ type_double() }}) as expected_value,
        false as is_flagged,
        cast(null as {{ dbt.type_string() }}) as note
    from alphas

    union all

    select
        related.edition,
        related.cohort_code,
        'variance_share' as statistic,
        related.node_code,
        related.other_node_code,
        related.region_count,
        related.variance_share as statistic_value,
        weights.effective_weight as expected_value,
        coalesce(related.variance_share < 0, false) as is_flagged,
        case when related.variance_share < 0 then 'pulls against the overall score' end as note
    from related
    inner join weights
        on
            related.edition = weights.edition
            and related.cohort_code = weights.cohort_code
            and related.node_code = weights.node_code
    where related.kind = 'overall'

    union all

    select
        edition,
        cohort_code,
        'too_few_regions' as statistic,
        '*' as node_code,
        '*' as other_node_code,
        region_count,
        cast(null as {{ type_double() }}) as statistic_value,
        cast({{ least_regions }} as {{ type_double() }}) as expected_value,
        false as is_flagged,
        'nothing is computed: correlations of so few regions say nothing' as note
    from cohorts
    where region_count < {{ least_regions }}
)

select
    edition,
    cohort_code,
    statistic,
    node_code,
    other_node_code,
    cast(region_count as {{ dbt.type_int() }}) as region_count,
    statistic_value,
    expected_value,
    is_flagged,
    note
from final
order by edition, cohort_code, statistic, node_code, other_node_code

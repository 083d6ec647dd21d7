-- Which goalposts, powers and aggregations the printed figures refute, from the printed scores, ranks and weights
-- alone: no sample is read.
--
-- One row of `inequalities` is something a method implies about a group of printed figures, with the two numbers that
-- decide it. Where it is violated, at least refuted_score_count of the group's scores (refuted_rank_count of its ranks)
-- cannot be what the method computes, whatever the data. The groups of a method share no figure, so the counts add up.
-- Printed scores are allowed half a unit of their last digit, always in the method's favour. docs/methodology.md
-- proves the inequalities.
--
-- Output: one row per method; with --vars 'refutation: inequalities' one row per inequality.

{% set exponents = {'1': 'x / maximum', '0.5': 'square root of x / maximum', '0.25': 'x ^ 0.25 / maximum',
    '0.125': 'x ^ 0.125 / maximum'} -%}

{{ refutation_inputs() }},

regions as (
    select
        region_code,
        parent_region_code
    from {{ ref('dim_regions') }}
),

-- First-level nodes of which every indicator is a count or a sum. Averages do not add up over a region's members.
additive_nodes as (
    select
        parents.edition,
        parents.parent_node_code as node_code
    from nodes as indicators
    inner join nodes as parents
        on indicators.edition = parents.edition and indicators.parent_node_code = parents.node_code
    where indicators.node_level = 3
    group by parents.edition, parents.parent_node_code
    having count(indicators.denominator_measure) = 0
),

-- A region within one province (珠三角 in 广东省), against one that contains whole provinces (长三角). With n the
-- province's normalised value and m such provinces, a part's share of the circles' maximum in an indicator is at most
-- 1 + m ^ -p - (sum of n) / m. Without a printed score a province counts for nothing, which only loosens the bound.
parts as (
    select
        members.edition,
        members.cohort_code,
        members.region_code,
        min(regions.parent_region_code) as province_code
    from members
    inner join regions on members.member_region_code = regions.region_code
    left join members as compared
        on
            members.edition = compared.edition
            and members.member_region_code = compared.region_code
            and compared.cohort_code = 'province'
    where members.cohort_code = 'circle'
    group by members.edition, members.cohort_code, members.region_code
    having count(compared.region_code) = 0 and count(distinct regions.parent_region_code) = 1
),

province_sums as (
    select
        members.cohort_code,
        members.region_code,
        scores.edition,
        scores.node_code,
        count(*) as province_count,
        sum(scores.printed_value - scores.rounding) as least_sum
    from members
    inner join scores
        on
            members.edition = scores.edition
            and members.member_region_code = scores.region_code
            and scores.cohort_code = 'province'
    where members.cohort_code = 'circle' and scores.node_level = 1
    group by members.cohort_code, members.region_code, scores.edition, scores.node_code
),

{% for exponent in exponents -%}
part_bounds_{{ loop.index }} as (
    select
        scores.edition,
        scores.cohort_code,
        scores.node_code,
        scores.printed_value - scores.rounding as part_score,
        province_sums.province_count + 1 as score_count,
        scores.full_points * (1 + power(province_sums.province_count, -{{ exponent }}))
        - province_sums.least_sum / province_sums.province_count as upper_bound
    from scores
    inner join parts
        on
            scores.edition = parts.edition
            and scores.cohort_code = parts.cohort_code
            and scores.region_code = parts.region_code
    inner join additive_nodes
        on scores.edition = additive_nodes.edition and scores.node_code = additive_nodes.node_code
    inner join province_sums
        on
            scores.edition = province_sums.edition
            and scores.cohort_code = province_sums.cohort_code
            and scores.node_code = province_sums.node_code
),

part_power_{{ loop.index }} as (
    select
        '{{ exponents[exponent] }}' as method_name,
        cohort_code,
        node_code,
        'score of the part <= bound by the provinces of another circle' as inequality,
        part_score as printed_side,
        min(upper_bound) as method_side,
        max(score_count) as score_count,
        case when part_score > min(upper_bound) then 1 else 0 end as refuted_score_count
    from part_bounds_{{ loop.index }}
    group by edition, cohort_code, node_code, part_score
),

{% endfor -%}

-- A municipality is a province and a city with the same rows: common goalposts would give it one score.
common_goalposts as (
    select
        'goalposts common to all cohorts, fixed or observed' as method_name,
        'city' as cohort_code,
        cities.node_code,
        'score of ' || cities.region_code || ' as a city = as a province' as inequality,
        cities.printed_value as printed_side,
        provinces.printed_value as method_side,
        2 as score_count,
        case
            when abs(cities.printed_value - provinces.printed_value) > cities.rounding + provinces.rounding then 1
            else 0
        end as refuted_score_count
    from scores as cities
    inner join scores as provinces
        on
            cities.edition = provinces.edition
            and cities.region_code = provinces.region_code
            and cities.node_code = provinces.node_code
    where cities.cohort_code = 'city' and provinces.cohort_code = 'province'
),

municipality_ranks as (
    select
        cities.edition,
        cities.region_code,
        cities.node_code,
        cities.printed_value as city_rank,
        provinces.printed_value as province_rank
    from figures as cities
    inner join figures as provinces
        on
            cities.edition = provinces.edition
            and cities.region_code = provinces.region_code
            and cities.node_code = provinces.node_code
            and cities.figure_type = provinces.figure_type
    where cities.figure_type = 'rank' and cities.cohort_code = 'city' and provinces.cohort_code = 'province'
),

municipality_counts as (
    select
        edition,
        node_code,
        count(*) as municipality_count
    from municipality_ranks
    group by edition, node_code
),

-- Nor could two of them change places between the cohorts. One row per node: its pairs share their figures.
common_goalposts_order as (
    select
        'goalposts common to all cohorts, fixed or observed' as method_name,
        'city' as cohort_code,
        firsts.node_code,
        'pairs of municipalities = pairs in the same order in both cohorts' as inequality,
        count(*) as printed_side,
        sum(case when firsts.province_rank <= seconds.province_rank then 1 else 0 end) as method_side,
        0 as score_count,
        0 as refuted_score_count,
        2 * max(municipality_counts.municipality_count) as rank_count,
        case
            when max(case when firsts.province_rank > seconds.province_rank then 1 else 0 end) = 1 then 1 else 0
        end as refuted_rank_count
    from municipality_ranks as firsts
    inner join municipality_ranks as seconds
        on
            firsts.edition = seconds.edition
            and firsts.node_code = seconds.node_code
            and firsts.city_rank < seconds.city_rank
    inner join municipality_counts
        on firsts.edition = municipality_counts.edition and firsts.node_code = municipality_counts.node_code
    group by firsts.edition, firsts.node_code
),

-- A mean of the members' scores, weighted or not, is at most the highest of them.
mean_of_members as (
    select
        'a circle''s score as a mean of its provinces'' scores' as method_name,
        circles.cohort_code,
        circles.node_code,
        'score of ' || circles.region_code || ' <= highest score of its provinces' as inequality,
        circles.printed_value - circles.rounding as printed_side,
        max(provinces.printed_value + provinces.rounding) as method_side,
        count(*) + 1 as score_count,
        case
            when circles.printed_value - circles.rounding > max(provinces.printed_value + provinces.rounding) then 1
            else 0
        end as refuted_score_count
    from scores as circles
    inner join members
        on
            circles.edition = members.edition
            and circles.cohort_code = members.cohort_code
            and circles.region_code = members.region_code
    left join scores as provinces
        on
            circles.edition = provinces.edition
            and circles.node_code = provinces.node_code
            and members.member_region_code = provinces.region_code
            and provinces.cohort_code = 'province'
    where circles.cohort_code = 'circle'
    group by
        circles.edition,
        circles.cohort_code,
        circles.region_code,
        circles.node_code,
        circles.printed_value,
        circles.rounding
    having count(*) = count(provinces.region_code)
),

first_levels as (
    select
        edition,
        count(*) as first_level_count
    from nodes
    where node_level = 1
    group by edition
),

-- Regions with all first-level scores and the overall score printed.
composites as (
    select
        scores.cohort_code,
        scores.region_code,
        overall.printed_value,
        overall.rounding,
        count(*) + 1 as score_count,
        sum(scores.printed_value) as sum_of_scores,
        sum(scores.rounding) as sum_of_rounding,
        100 * exp(
            sum(scores.full_points / 100 * ln((scores.printed_value - scores.rounding) / scores.full_points))
        ) as least_geometric_mean,
        100 * exp(
            sum(
                scores.full_points / 100
                * ln(
                    case
                        when scores.printed_value + scores.rounding > scores.full_points then 1
                        else (scores.printed_value + scores.rounding) / scores.full_points
                    end
                )
            )
        ) as greatest_geometric_mean
    from scores
    inner join scores as overall
        on
            scores.edition = overall.edition
            and scores.cohort_code = overall.cohort_code
            and scores.region_code = overall.region_code
            and overall.node_level = 0
    inner join first_levels
        on scores.edition = first_levels.edition
    where scores.node_level = 1
    group by
        scores.edition,
        scores.cohort_code,
        scores.region_code,
        overall.printed_value,
        overall.rounding,
        first_levels.first_level_count
    having count(*) = first_levels.first_level_count
),

geometric_root as (
    select
        'geometric mean of the first-level scores' as method_name,
        cohort_code,
        'overall' as node_code,
        'overall score of ' || region_code || ' = geometric mean' as inequality,
        printed_value as printed_side,
        greatest_geometric_mean as method_side,
        score_count,
        case
            when
                printed_value - rounding > greatest_geometric_mean
                or printed_value + rounding < least_geometric_mean
                then 1
            else 0
        end as refuted_score_count
    from composites
),

-- The shipped method implies only that first-level points add up (its normalised values are free between 0 and 1).
logarithm_over_maximum as (
    select
        'ln(1 + x) / ln(1 + maximum): the shipped method' as method_name,
        cohort_code,
        'overall' as node_code,
        'overall score of ' || region_code || ' = sum of its first-level scores' as inequality,
        printed_value as printed_side,
        sum_of_scores as method_side,
        score_count,
        case
            when abs(printed_value - sum_of_scores) > rounding + sum_of_rounding + 0.000001 then 1
            else 0
        end as refuted_score_count
    from composites
),

{{ refutation_result(
    [
        'common_goalposts',
        'mean_of_members',
        'geometric_root',
        'logarithm_over_maximum',
        'part_power_1',
        'part_power_2',
        'part_power_3',
        'part_power_4',
    ],
    rank_proofs=['common_goalposts_order'],
) }}

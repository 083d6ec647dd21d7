-- Which normalisers the printed figures refute, from the printed scores and weights alone: no sample is read.
--
-- One row of `inequalities` is something a method implies about a group of printed figures, with the two numbers that
-- decide it. Where it is violated, at least refuted_score_count of the group's scores
-- cannot be what the method computes, whatever the data. The groups of a method share no figure, so the counts add up.
-- Printed scores are allowed half a unit of their last digit, always in the method's favour. docs/methodology.md
-- proves the inequalities.
--
-- Output: one row per method; with --vars 'refutation: inequalities' one row per inequality.

{% set most_indicators = 6 -%}

{{ refutation_inputs() }},

cohort_sizes as (
    select
        edition,
        cohort_code,
        count(distinct region_code) as region_count
    from members
    group by edition, cohort_code
),

-- The indicators under each first-level node and under the root.
node_indicators as (
    select
        indicators.edition,
        parents.parent_node_code as node_code,
        indicators.full_points,
        row_number() over (
            partition by indicators.edition, parents.parent_node_code order by indicators.node_code
        ) as indicator_position
    from nodes as indicators
    inner join nodes as parents
        on indicators.edition = parents.edition and indicators.parent_node_code = parents.node_code
    where indicators.node_level = 3

    union all

    select
        edition,
        'overall' as node_code,
        full_points,
        row_number() over (partition by edition order by node_code) as indicator_position
    from nodes
    where node_level = 3
),

node_summaries as (
    select
        edition,
        node_code,
        max(full_points) as greatest_indicator_points
    from node_indicators
    group by edition, node_code
),

-- Nodes of which the score of every region of the cohort is printed: the six first-level ones and the root for
-- circles, the root for provinces.
complete as (
    select
        scores.edition,
        scores.cohort_code,
        scores.node_code,
        scores.node_level,
        scores.full_points,
        node_summaries.greatest_indicator_points,
        count(*) as score_count,
        min(scores.printed_value - scores.rounding) as lowest_score,
        min(scores.printed_value + scores.rounding) as lowest_score_above,
        sum(scores.printed_value - scores.rounding) as least_sum,
        sum(scores.printed_value + scores.rounding) as greatest_sum,
        sqrt(sum(power(scores.printed_value - scores.rounding, 2))) as least_norm
    from scores
    inner join node_summaries
        on scores.edition = node_summaries.edition and scores.node_code = node_summaries.node_code
    inner join cohort_sizes
        on scores.edition = cohort_sizes.edition and scores.cohort_code = cohort_sizes.cohort_code
    group by
        scores.edition,
        scores.cohort_code,
        scores.node_code,
        scores.node_level,
        scores.full_points,
        node_summaries.greatest_indicator_points,
        cohort_sizes.region_count
    having count(*) = cohort_sizes.region_count
),

-- x, ln x, ln(1 + x) alike: some region has 0 in the indicator of the greatest weight, so the lowest score cannot
-- exceed what the other indicators give.
min_max_observed as (
    select
        'min-max from the observed minimum, any increasing transform' as method_name,
        cohort_code,
        node_code,
        'lowest score <= full points - points of the heaviest indicator' as inequality,
        lowest_score as printed_side,
        full_points - greatest_indicator_points as method_side,
        score_count,
        case when lowest_score > full_points - greatest_indicator_points then 1 else 0 end as refuted_score_count
    from complete
),

-- The same lifted to a floor c: c + (1 - c) * min-max. Each node needs a c of at least `least_floor` for its lowest
-- score and at most `greatest_floor`, since nobody is below c times the full points.
floors as (
    select
        *,
        (lowest_score - full_points + greatest_indicator_points) / greatest_indicator_points as least_floor,
        lowest_score_above / full_points as greatest_floor
    from complete
    where node_level = 1
),

floor_misses as (
    select
        tried.edition,
        tried.cohort_code,
        tried.least_floor as floor_tried,
        sum(case when tried.least_floor between floors.least_floor and floors.greatest_floor then 0 else 1 end)
            as missed_count
    from floors as tried
    inner join floors on tried.edition = floors.edition and tried.cohort_code = floors.cohort_code
    group by tried.edition, tried.cohort_code, tried.least_floor
),

fewest_floor_misses as (
    select
        edition,
        cohort_code,
        min(missed_count) as missed_count
    from floor_misses
    group by edition, cohort_code
),

min_max_floor as (
    select
        'min-max lifted to a floor, c + (1 - c) × min-max, one c for all indicators' as method_name,
        floors.cohort_code,
        '' as node_code,
        'least c that a node needs <= greatest c that a node allows' as inequality,
        max(floors.least_floor) as printed_side,
        min(floors.greatest_floor) as method_side,
        sum(floors.score_count) as score_count,
        max(fewest_floor_misses.missed_count) as refuted_score_count
    from floors
    inner join fewest_floor_misses
        on floors.edition = fewest_floor_misses.edition and floors.cohort_code = fewest_floor_misses.cohort_code
    group by floors.edition, floors.cohort_code
),

-- z scores of an indicator sum to 0 over the cohort, so the points of every node do.
z_score as (
    select
        'z score' as method_name,
        cohort_code,
        node_code,
        'sum of the scores = 0' as inequality,
        least_sum as printed_side,
        0 as method_side,
        score_count,
        case when least_sum > 0 or greatest_sum < 0 then 1 else 0 end as refuted_score_count
    from complete
),

-- a + b * z: the mean share of the full points is a in every node.
shares as (
    select
        *,
        least_sum / score_count / full_points as least_share,
        greatest_sum / score_count / full_points as greatest_share
    from complete
    where node_level = 1
),

share_agreements as (
    select
        tried.edition,
        tried.cohort_code,
        tried.node_code,
        sum(case when tried.least_share between shares.least_share and shares.greatest_share then 1 else 0 end)
            as agreeing_count
    from shares as tried
    inner join shares on tried.edition = shares.edition and tried.cohort_code = shares.cohort_code
    group by tried.edition, tried.cohort_code, tried.node_code
),

most_share_agreements as (
    select
        edition,
        cohort_code,
        max(agreeing_count) as agreeing_count
    from share_agreements
    group by edition, cohort_code
),

z_score_shifted as (
    select
        'z score shifted and scaled, a + b × z, one a for all indicators' as method_name,
        shares.cohort_code,
        '' as node_code,
        'greatest mean share of a node''s full points = least mean share' as inequality,
        max(shares.least_share) as printed_side,
        min(shares.greatest_share) as method_side,
        sum(shares.score_count) as score_count,
        count(*) - max(most_share_agreements.agreeing_count) as refuted_score_count
    from shares
    inner join most_share_agreements
        on shares.edition = most_share_agreements.edition and shares.cohort_code = most_share_agreements.cohort_code
    group by shares.edition, shares.cohort_code
),

share_of_sum as (
    select
        'share of the cohort''s sum, any transform' as method_name,
        cohort_code,
        node_code,
        'sum of the scores <= full points' as inequality,
        least_sum as printed_side,
        full_points as method_side,
        score_count,
        case when least_sum > full_points then 1 else 0 end as refuted_score_count
    from complete
),

-- The vector of an indicator's values over the cohort has length 1; lengths obey the triangle inequality.
vector_length as (
    select
        'x / root of the sum of squares, any transform' as method_name,
        cohort_code,
        node_code,
        'root of the sum of squared scores <= full points' as inequality,
        least_norm as printed_side,
        full_points as method_side,
        score_count,
        case when least_norm > full_points then 1 else 0 end as refuted_score_count
    from complete
),

numbers as (
    {% for number in range(10) -%}
    select {{ number }} as number_value {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- What an indicator can be among n regions, ties included: rank (n - r) / (n - 1); percentile the share below plus
-- half the share of equals.
steps as (
    select
        cohort_sizes.cohort_code,
        'rank' as normaliser,
        numbers.number_value / cast(cohort_sizes.region_count - 1 as {{ type_double() }}) as step_value
    from cohort_sizes
    inner join numbers on numbers.number_value <= cohort_sizes.region_count - 1
    where cohort_sizes.region_count between 2 and 5

    union all

    select
        cohort_sizes.cohort_code,
        'percentile' as normaliser,
        numbers.number_value / cast(2 * cohort_sizes.region_count as {{ type_double() }}) as step_value
    from cohort_sizes
    inner join numbers on numbers.number_value between 1 and 2 * cohort_sizes.region_count - 1
    where cohort_sizes.region_count between 2 and 5
),

-- All first-level scores that such values can add up to, one indicator after the other.
attainable_0 as (
    select distinct
        complete.edition,
        complete.cohort_code,
        complete.node_code,
        steps.normaliser,
        cast(0 as {{ type_exact() }}) as attainable_score
    from complete
    inner join steps on complete.cohort_code = steps.cohort_code
    where complete.node_level = 1
),

{% for position in range(1, most_indicators + 1) -%}
attainable_{{ position }} as (
    select distinct
        attainable.edition,
        attainable.cohort_code,
        attainable.node_code,
        attainable.normaliser,
        cast(
            attainable.attainable_score + coalesce(node_indicators.full_points, 0) * steps.step_value
            as {{ type_exact() }}
        ) as attainable_score
    from attainable_{{ position - 1 }} as attainable
    left join node_indicators
        on
            attainable.edition = node_indicators.edition
            and attainable.node_code = node_indicators.node_code
            and node_indicators.indicator_position = {{ position }}
    inner join steps
        on attainable.cohort_code = steps.cohort_code and attainable.normaliser = steps.normaliser
),

{% endfor -%}

attained as (
    select
        scores.edition,
        scores.cohort_code,
        scores.node_code,
        scores.region_code,
        attainable.normaliser,
        -- 0.000001 for the rounding of the sums, far below the printed digits.
        max(
            case
                when abs(attainable.attainable_score - scores.printed_value) <= scores.rounding + 0.000001
                    then 1
                else 0
            end
        ) as is_attained
    from scores
    inner join attainable_{{ most_indicators }} as attainable
        on
            scores.edition = attainable.edition
            and scores.cohort_code = attainable.cohort_code
            and scores.node_code = attainable.node_code
    group by scores.edition, scores.cohort_code, scores.node_code, scores.region_code, attainable.normaliser
),

steps_attained as (
    select
        case
            when normaliser = 'rank' then 'rank, (n - r) / (n - 1), any transform'
            else 'percentile, any transform'
        end as method_name,
        cohort_code,
        node_code,
        'scores of the cohort = scores attainable' as inequality,
        count(*) as printed_side,
        sum(is_attained) as method_side,
        count(*) as score_count,
        count(*) - sum(is_attained) as refuted_score_count
    from attained
    group by edition, cohort_code, node_code, normaliser
),

-- Percentiles have the mean 1/2, ties or not.
percentile_sum as (
    select
        'percentile, any transform' as method_name,
        cohort_code,
        node_code,
        'sum of the scores = half the full points * n' as inequality,
        least_sum as printed_side,
        full_points * score_count / 2 as method_side,
        score_count,
        case
            when full_points * score_count / 2 between least_sum and greatest_sum then 0
            else 1
        end as refuted_score_count
    from complete
    where node_level = 0
),

{{ refutation_result([
    'min_max_observed',
    'min_max_floor',
    'z_score',
    'z_score_shifted',
    'share_of_sum',
    'vector_length',
    'steps_attained',
    'percentile_sum',
]) }}

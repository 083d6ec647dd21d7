-- The spine (edition x cohort x region x indicator) comes first and everything joins onto it, so no region and no
-- indicator can get lost. A measure of the samples to which nothing was added is a zero; a ready-made value that was
-- not delivered is missing. What has a numerator and a denominator is added up over the members that have both.

with indicators as (
    select * from {{ ref('int_nodes') }}
    where is_indicator
),

localities as (
    select * from {{ ref('int_cohort_localities') }}
),

measures as (
    select * from {{ ref('int_locality_measures') }}
),

members as (
    select distinct
        edition,
        cohort_code,
        region_code,
        member_region_code
    from localities
),

member_measures as (
    select
        measures.edition,
        localities.cohort_code,
        localities.region_code,
        localities.member_region_code,
        measures.measure_code,
        sum(measures.amount) as amount,
        count(*) as value_count
    from localities
    inner join measures
        on localities.edition = measures.edition and localities.locality_code = measures.locality_code
    group by
        measures.edition, localities.cohort_code, localities.region_code, localities.member_region_code,
        measures.measure_code
),

-- Weighted where the values are, which may be below the members.
weighted as (
    select
        indicators.edition,
        localities.cohort_code,
        localities.region_code,
        indicators.node_code as indicator_code,
        {{ exact_sum('cast(amounts.amount as ' ~ type_double() ~ ') * cast(weights.amount as ' ~ type_double() ~ ')') }}
        / nullif(cast(sum(weights.amount) as {{ type_double() }}), 0) as mean_value
    from indicators
    inner join measures as amounts
        on indicators.edition = amounts.edition and indicators.numerator_measure = amounts.measure_code
    inner join measures as weights
        on
            indicators.edition = weights.edition
            and indicators.group_weight_measure = weights.measure_code
            and amounts.locality_code = weights.locality_code
    inner join localities
        on amounts.edition = localities.edition and amounts.locality_code = localities.locality_code
    where indicators.group_rule = 'mean'
    group by indicators.edition, localities.cohort_code, localities.region_code, indicators.node_code
),

spine as (
    select
        indicators.edition,
        members.cohort_code,
        members.region_code,
        members.member_region_code,
        indicators.node_code as indicator_code,
        indicators.numerator_measure,
        indicators.denominator_measure,
        indicators.group_rule
    from indicators
    inner join members on indicators.edition = members.edition
),

joined as (
    select
        spine.*,
        numerators.value_count,
        cast(
            case
                when spine.numerator_measure in {{ sample_measure_codes() }} then coalesce(numerators.amount, 0)
                else numerators.amount
            end as {{ type_number() }}
        ) as numerator,
        cast(
            case
                when spine.denominator_measure in {{ sample_measure_codes() }} then coalesce(denominators.amount, 0)
                else denominators.amount
            end as {{ type_number() }}
        ) as denominator
    from spine
    left join member_measures as numerators
        on
            spine.edition = numerators.edition
            and spine.cohort_code = numerators.cohort_code
            and spine.region_code = numerators.region_code
            and spine.member_region_code = numerators.member_region_code
            and spine.numerator_measure = numerators.measure_code
    left join member_measures as denominators
        on
            spine.edition = denominators.edition
            and spine.cohort_code = denominators.cohort_code
            and spine.region_code = denominators.region_code
            and spine.member_region_code = denominators.member_region_code
            and spine.denominator_measure = denominators.measure_code
),

judged as (
    select
        *,
        numerator is not null and (denominator_measure is null or denominator is not null) as is_observed
    from joined
),

added_up as (
    select
        edition,
        cohort_code,
        region_code,
        indicator_code,
        denominator_measure,
        group_rule,
        sum(case when is_observed then numerator end) as numerator,
        sum(case when is_observed then denominator end) as denominator,
        sum(value_count) > 1 and group_rule in ('mean', 'none') as is_group,
        cast(sum(case when is_observed then 1 else 0 end) as {{ type_double() }}) / count(*) as observed_member_share
    from judged
    group by edition, cohort_code, region_code, indicator_code, denominator_measure, group_rule
),

final as (
    select
        added_up.edition,
        added_up.cohort_code,
        added_up.region_code,
        added_up.indicator_code,
        cast(case when not coalesce(added_up.is_group, false) then added_up.numerator end as {{ type_number() }})
            as numerator,
        cast(case when not coalesce(added_up.is_group, false) then added_up.denominator end as {{ type_number() }})
            as denominator,
        case
            when added_up.is_group then case when added_up.group_rule = 'mean' then weighted.mean_value end
            when added_up.denominator_measure is null then cast(added_up.numerator as {{ type_double() }})
            -- An average over no institutions is missing, not zero.
            else
                cast(added_up.numerator as {{ type_double() }})
                / nullif(cast(added_up.denominator as {{ type_double() }}), 0)
        end as raw_value,
        added_up.observed_member_share
    from added_up
    left join weighted
        on
            added_up.edition = weighted.edition
            and added_up.cohort_code = weighted.cohort_code
            and added_up.region_code = weighted.region_code
            and added_up.indicator_code = weighted.indicator_code
)

select * from final

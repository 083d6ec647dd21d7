-- The spine (edition x cohort x region x indicator) comes first and everything joins onto it, so no region and no
-- indicator can get lost. A measure of the samples to which nothing was added is a zero; a ready-made value that was
-- not delivered is missing.

with indicators as (
    select * from {{ ref('int_nodes') }}
    where is_indicator
),

localities as (
    select * from {{ ref('int_cohort_localities') }}
),

cohort_regions as (
    select distinct
        cohort_code,
        region_code
    from localities
),

region_measures as (
    select
        measures.edition,
        localities.cohort_code,
        localities.region_code,
        measures.measure_code,
        sum(measures.amount) as amount
    from localities
    inner join {{ ref('int_locality_measures') }} as measures on localities.locality_code = measures.locality_code
    group by measures.edition, localities.cohort_code, localities.region_code, measures.measure_code
),

spine as (
    select
        indicators.edition,
        cohort_regions.cohort_code,
        cohort_regions.region_code,
        indicators.node_code as indicator_code,
        indicators.numerator_measure,
        indicators.denominator_measure
    from indicators
    cross join cohort_regions
),

joined as (
    select
        spine.*,
        cast(
            case
                when spine.numerator_measure in {{ sample_measure_codes() }} then coalesce(numerators.amount, 0)
                else numerators.amount
            end as {{ type_exact() }}
        ) as numerator,
        cast(
            case
                when spine.denominator_measure in {{ sample_measure_codes() }} then coalesce(denominators.amount, 0)
                else denominators.amount
            end as {{ type_exact() }}
        ) as denominator
    from spine
    left join region_measures as numerators
        on
            spine.edition = numerators.edition
            and spine.cohort_code = numerators.cohort_code
            and spine.region_code = numerators.region_code
            and spine.numerator_measure = numerators.measure_code
    left join region_measures as denominators
        on
            spine.edition = denominators.edition
            and spine.cohort_code = denominators.cohort_code
            and spine.region_code = denominators.region_code
            and spine.denominator_measure = denominators.measure_code
),

final as (
    select
        edition,
        cohort_code,
        region_code,
        indicator_code,
        numerator,
        denominator,
        case
            when denominator_measure is null then cast(numerator as {{ type_double() }})
            -- An average over no institutions is missing, not zero.
            else cast(numerator as {{ type_double() }}) / nullif(cast(denominator as {{ type_double() }}), 0)
        end as raw_value
    from joined
)

select * from final

with locality_evidence as (
    select
        edition,
        indicator_code,
        locality_code,
        sum(adds_to_numerator) as numerator,
        sum(adds_to_denominator) as denominator
    from {{ ref('audit_indicator_evidence') }}
    group by edition, indicator_code, locality_code
),

evidence as (
    select
        locality_evidence.edition,
        localities.cohort_code,
        localities.region_code,
        locality_evidence.indicator_code,
        sum(locality_evidence.numerator) as numerator,
        sum(locality_evidence.denominator) as denominator
    from locality_evidence
    inner join {{ ref('int_cohort_localities') }} as localities
        on locality_evidence.locality_code = localities.locality_code
    group by
        locality_evidence.edition, localities.cohort_code, localities.region_code, locality_evidence.indicator_code
)

select
    indicator_values.edition,
    indicator_values.cohort_code,
    indicator_values.region_code,
    indicator_values.indicator_code,
    indicator_values.numerator,
    evidence.numerator as evident_numerator,
    indicator_values.denominator,
    evidence.denominator as evident_denominator
from {{ ref('fct_indicator_values') }} as indicator_values
left join evidence
    on
        indicator_values.edition = evidence.edition
        and indicator_values.cohort_code = evidence.cohort_code
        and indicator_values.region_code = evidence.region_code
        and indicator_values.indicator_code = evidence.indicator_code
where
    coalesce(indicator_values.numerator, 0) <> coalesce(evidence.numerator, 0)
    or coalesce(indicator_values.denominator, 0) <> coalesce(evidence.denominator, 0)

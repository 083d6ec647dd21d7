with evidence as (
    select
        edition,
        cohort_code,
        region_code,
        indicator_code,
        sum(adds_to_numerator) as numerator,
        sum(adds_to_denominator) as denominator
    from {{ ref('audit_region_evidence') }}
    group by edition, cohort_code, region_code, indicator_code
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
inner join {{ ref('dim_nodes') }} as nodes
    on indicator_values.edition = nodes.edition and indicator_values.indicator_code = nodes.node_code
left join evidence
    on
        indicator_values.edition = evidence.edition
        and indicator_values.cohort_code = evidence.cohort_code
        and indicator_values.region_code = evidence.region_code
        and indicator_values.indicator_code = evidence.indicator_code
where
    -- What only some members have is not all added up, nor are the members' values under some rules.
    indicator_values.observed_member_share = 1
    and (indicator_values.numerator is not null or coalesce(nodes.group_rule, 'sum') = 'sum')
    -- Each row of the evidence is rounded to ten decimals.
    and (
        abs(coalesce(indicator_values.numerator, 0) - coalesce(evidence.numerator, 0)) > 0.00001
        or abs(coalesce(indicator_values.denominator, 0) - coalesce(evidence.denominator, 0)) > 0.00001
    )

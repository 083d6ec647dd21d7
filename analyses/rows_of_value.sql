-- Which rows make this value? Their sums are its numerator and denominator.
with asked as (
    select
        2024 as edition,
        'circle' as cohort_code,
        'pearl_river_delta' as region_code,
        'university_papers_average' as indicator_code
),

final as (
    select
        evidence.table_name,
        evidence.row_key,
        evidence.row_name,
        localities.locality_name_zh,
        localities.locality_name_en,
        evidence.adds_to_numerator,
        evidence.adds_to_denominator
    from asked
    inner join marts.audit_region_evidence as evidence
        on
            asked.edition = evidence.edition
            and asked.cohort_code = evidence.cohort_code
            and asked.region_code = evidence.region_code
            and asked.indicator_code = evidence.indicator_code
    inner join marts.dim_region_localities as localities
        on
            evidence.edition = localities.edition
            and evidence.cohort_code = localities.cohort_code
            and evidence.region_code = localities.region_code
            and evidence.locality_code = localities.locality_code
)

select * from final
order by table_name, row_key, adds_to_denominator

with final as (
    select
        edition,
        cohort_code,
        region_code,
        indicator_code,
        raw_value,
        coalesce(imputed_by, treated_by) as treatment,
        treated_value
    from {{ ref('int_treated_values') }}
    where imputed_by is not null or treated_by is not null
)

select * from final
order by edition, cohort_code, indicator_code, region_code

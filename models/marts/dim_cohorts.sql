with final as (
    select
        cohort_code,
        name_zh,
        name_en,
        sort_order
    from {{ ref('stg_cohorts') }}
)

select * from final
order by sort_order, cohort_code

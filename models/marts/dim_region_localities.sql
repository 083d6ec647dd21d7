with localities as (
    select * from {{ ref('int_cohort_localities') }}
),

regions as (
    select * from {{ ref('dim_regions') }}
),

final as (
    select
        localities.edition,
        localities.cohort_code,
        localities.region_code,
        localities.locality_code,
        regions.name_zh as locality_name_zh,
        regions.name_en as locality_name_en
    from localities
    inner join regions on localities.locality_code = regions.region_code
)

select * from final
order by edition, cohort_code, region_code, locality_code

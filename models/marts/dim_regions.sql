with final as (
    select
        region_code,
        parent_region_code,
        region_level,
        name_zh,
        short_name_zh,
        name_en,
        longitude,
        latitude,
        iso_code,
        iso_source
    from {{ ref('stg_regions') }}
)

select * from final
order by region_code

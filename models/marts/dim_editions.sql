with final as (
    select
        edition,
        name_zh,
        name_en,
        published_on,
        tier_last_ranks,
        domestic_country_codes,
        rows_label_zh,
        rows_label_en,
        coalesce(last_day, published_on) as edition_date
    from {{ ref('stg_editions') }}
)

select * from final
order by edition

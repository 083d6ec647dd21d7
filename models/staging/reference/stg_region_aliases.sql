-- Written once, because every sample table looks its places up here.
{{ config(materialized='table') }}

with written as (
    select * from {{ ref('base_region_aliases') }}
),

names as (
    select * from {{ ref('base_region_names') }}
),

counties as (
    select * from {{ ref('base_counties') }}
),

regions as (
    select * from {{ ref('stg_regions') }}
),

-- Codes, English names and the single characters of provinces (京) stand in front of no county's name, and counties are
-- not known in traditional characters.
chinese_names as (
    select
        region_code,
        alias_key as region_name
    from written
    where
        region_code is not null and length(alias) > 1 and not is_traditional
        and not {{ matches('alias', '[ -~]') }}

    union

    -- 吉林 is refused alone, and good enough in front of a county.
    select
        region_code,
        {{ region_key('short_name_zh') }} as region_name
    from regions
    where region_level in ('province', 'city') and short_name_zh is not null
),

-- What may stand in front of a county's name: nothing, its city, its province, or both.
prefixes as (
    select
        region_code,
        region_name as name_before
    from chinese_names

    union

    select
        regions.region_code,
        chinese_names.region_name as name_before
    from regions
    inner join chinese_names on regions.parent_region_code = chinese_names.region_code

    union

    select
        region_code,
        '' as name_before
    from regions
),

-- The city that a county was in before it came to the one of today; the province is the same.
former_cities as (
    select
        county_code,
        region_code,
        former_city_name_zh as city_name
    from counties
    where former_city_name_zh is not null

    union

    select
        county_code,
        region_code,
        replace(replace(former_city_name_zh, '地区', ''), '市', '') as city_name
    from counties
    where former_city_name_zh is not null
),

former_prefixes as (
    select
        county_code,
        city_name as name_before
    from former_cities

    union

    select
        former_cities.county_code,
        chinese_names.region_name || former_cities.city_name as name_before
    from former_cities
    inner join regions on former_cities.region_code = regions.region_code
    inner join chinese_names on regions.parent_region_code = chinese_names.region_code
),

county_names as (
    select
        county_code,
        region_code,
        name_zh as county_name,
        false as needs_prefix
    from counties

    union

    -- A short name of yesterday says too little on its own.
    select
        county_code,
        region_code,
        short_name_zh as county_name,
        valid_until is not null as needs_prefix
    from counties
    where short_name_zh is not null
),

county_spellings as (
    select
        county_code as alias,
        region_code
    from counties

    union

    select
        county_code || '000000' as alias,
        region_code
    from counties

    union

    select
        prefixes.name_before || county_names.county_name as alias,
        county_names.region_code
    from county_names
    inner join prefixes on county_names.region_code = prefixes.region_code
    where prefixes.name_before <> '' or not county_names.needs_prefix

    union

    select
        former_prefixes.name_before || county_names.county_name as alias,
        county_names.region_code
    from county_names
    inner join former_prefixes on county_names.county_code = former_prefixes.county_code
),

county_meanings as (
    select
        county_spellings.alias,
        {{ region_key('county_spellings.alias') }} as alias_key,
        min({{ in_byte_order('county_spellings.region_code') }}) as region_code,
        count(*) as region_count,
        min({{ in_byte_order("regions.region_code || ' ' || regions.name_zh") }}) as first_meaning,
        max({{ in_byte_order("regions.region_code || ' ' || regions.name_zh") }}) as last_meaning
    from county_spellings
    inner join regions on county_spellings.region_code = regions.region_code
    group by county_spellings.alias
),

-- What the table says of a spelling goes before what the regions are called, and that before what the counties are.
known as (
    select
        alias,
        alias_key,
        region_code,
        refusal,
        note
    from written

    union all

    select
        names.alias,
        names.alias_key,
        names.region_code,
        names.refusal,
        names.note
    from names
    left join written on names.alias_key = written.alias_key
    where written.alias_key is null
),

final as (
    select
        alias,
        alias_key,
        region_code,
        refusal,
        note
    from known

    union all

    select
        county_meanings.alias,
        county_meanings.alias_key,
        case when county_meanings.region_count = 1 then county_meanings.region_code end as region_code,
        case when county_meanings.region_count > 1 then 'ambiguous_region' end as refusal,
        case
            when county_meanings.region_count > 1
                then
                    'in ' || county_meanings.first_meaning || ' or ' || county_meanings.last_meaning
                    || case
                        when county_meanings.region_count > 2
                            then ', ' || county_meanings.region_count || ' regions in all'
                        else ''
                    end
        end as note
    from county_meanings
    left join known on county_meanings.alias_key = known.alias_key
    where known.alias_key is null
)

select * from final

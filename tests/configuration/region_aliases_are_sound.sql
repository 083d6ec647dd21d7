with regions as (
    select region_code from {{ ref('stg_regions') }}
),

-- Where a row may lie: in a member of a cohort or below one.
localities as (
    select distinct ancestors.region_code
    from {{ ref('int_region_ancestors') }} as ancestors
    inner join {{ ref('stg_cohort_members') }} as members
        on ancestors.ancestor_region_code = members.member_region_code
),

aliases as (
    select
        aliases.alias as row_key,
        aliases.alias,
        aliases.alias_key,
        aliases.region_code,
        aliases.refusal,
        regions.region_code is not null as has_region,
        localities.region_code is not null as counts
    from {{ ref('base_region_aliases') }} as aliases
    left join regions on aliases.region_code = regions.region_code
    left join localities on aliases.region_code = localities.region_code
),

counties as (
    select
        counties.*,
        coalesce(counties.county_code, counties.name_zh, '?') as row_key,
        localities.region_code is not null as counts
    from {{ ref('base_counties') }} as counties
    left join localities on counties.region_code = localities.region_code
),

spellings as (
    select
        min({{ in_byte_order('alias') }}) as row_key,
        min({{ in_byte_order('region_code') }}) as least_code,
        max({{ in_byte_order('region_code') }}) as greatest_code,
        count(*) as copies
    from aliases
    group by alias_key
)

{{ broken_rules('ref_region_aliases', 'spellings', [
    {
        'where': 'least_code <> greatest_code',
        'problem': "'the spelling means ' || least_code || ' and ' || greatest_code",
        'remedy': 'keep only spellings that mean one region; qualify the other with its province',
    },
    {
        'where': 'copies > 1 and coalesce(least_code = greatest_code, true)',
        'problem': "'the spelling stands ' || copies || ' times once case and blanks are ignored'",
        'remedy': 'keep one of the rows',
    },
]) }}
union distinct
{{ broken_rules('ref_region_aliases', 'aliases', [
    {
        'where': 'alias is null or (not has_region and (region_code is not null or refusal is null))',
        'problem': "'region_code ' || " ~ shown('region_code') ~ " || ' is no region'",
        'remedy': 'add the region to ref_regions or correct the code',
    },
    {
        'where': "refusal is not null and (region_code is not null or refusal not in ('ambiguous_region', 'region_not_ranked'))",
        'problem': "'refusal ' || refusal || ' and region_code ' || " ~ shown('region_code'),
        'remedy': 'a refused spelling has no region_code; refusal is ambiguous_region or region_not_ranked',
    },
    {
        'where': 'has_region and not counts',
        'problem': "'the spelling means ' || region_code || ', which is no member of a cohort nor below one'",
        'remedy': 'leave it out, or add the region to ref_cohort_members: rows there would be accepted and count nowhere',
    },
]) }}
union distinct
{{ broken_rules('ref_counties', 'counties', [
    {
        'where': 'county_code is null or name_zh is null or region_code is null or not counts',
        'problem': "'county_code, name_zh or region_code is missing, or ' || " ~ shown('region_code')
            ~ " || ' is no region that counts somewhere'",
        'remedy': 'fill the cells, and write as region_code a member of a cohort or a region below one',
    },
]) }}

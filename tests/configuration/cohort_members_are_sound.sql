with regions as (
    select region_code from {{ ref('stg_regions') }}
),

ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

all_members as (
    select
        *,
        {{ key_of(['edition', 'cohort_code', 'region_code', 'member_region_code']) }} as row_key,
        count(*) over (partition by edition, cohort_code, region_code, member_region_code) as copies
    from {{ ref('stg_cohort_members') }}
),

members as (
    select
        all_members.*,
        editions.edition is not null as has_edition,
        cohorts.cohort_code is not null as has_cohort,
        regions.region_code is not null as has_region,
        member_regions.region_code is not null as has_member_region,
        upper_members.member_region_code as upper_member_code
    from all_members
    left join {{ ref('stg_editions') }} as editions on all_members.edition = editions.edition
    left join {{ ref('stg_cohorts') }} as cohorts on all_members.cohort_code = cohorts.cohort_code
    left join regions on all_members.region_code = regions.region_code
    left join regions as member_regions on all_members.member_region_code = member_regions.region_code
    left join ancestors on all_members.member_region_code = ancestors.region_code and ancestors.steps_up > 0
    left join all_members as upper_members
        on
            all_members.edition = upper_members.edition
            and all_members.cohort_code = upper_members.cohort_code
            and all_members.region_code = upper_members.region_code
            and ancestors.ancestor_region_code = upper_members.member_region_code
)

{% set rules = [stands_once(), {
    'where': 'not has_edition',
    'problem': "'edition ' || " ~ shown('edition') ~ " || ' is not in ref_editions'",
    'remedy': 'write one that is, or * for every edition',
}] -%}
{%- for column, table_name in {
    'cohort': 'ref_cohorts', 'region': 'ref_regions', 'member_region': 'ref_regions',
}.items() -%}
    {%- do rules.append({
        'where': 'not has_' ~ column,
        'problem': "'" ~ column ~ "_code ' || " ~ shown(column ~ '_code') ~ " || ' does not exist'",
        'remedy': 'add it to ' ~ table_name ~ ' or correct the code',
    }) -%}
{%- endfor -%}
{%- do rules.append({
    'where': 'upper_member_code is not null',
    'problem': "'the member is counted twice: ' || upper_member_code || ' above it is a member, too'",
    'remedy': 'a member stands for itself and all below it; keep one of the two',
}) -%}
{{ broken_rules('ref_cohort_members', 'members', rules) }}

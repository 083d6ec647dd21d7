with all_regions as (
    select
        *,
        coalesce(region_code, name_zh, name_en, '?') as row_key,
        count(*) over (partition by region_code) as copies
    from {{ ref('stg_regions') }}
),

ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

regions as (
    select
        all_regions.*,
        parents.region_code as found_parent_code,
        roots.region_code is not null as has_root,
        loops.region_code is not null as is_own_ancestor
    from all_regions
    left join all_regions as parents on all_regions.parent_region_code = parents.region_code
    left join ancestors as roots on all_regions.region_code = roots.region_code and roots.is_root
    left join ancestors as loops
        on
            all_regions.region_code = loops.region_code
            and all_regions.region_code = loops.ancestor_region_code
            and loops.steps_up > 0
)

{{ broken_rules('ref_regions', 'regions', [
    stands_once(),
    {
        'where': 'name_zh is null',
        'problem': "'name_zh and name_en are empty'",
        'remedy': 'write at least one of them; it stands in for the other',
    },
    {
        'where': 'region_code is null',
        'problem': "'region_code is missing'",
        'remedy': 'give the region a code',
    },
    {
        'where': 'region_level is null',
        'problem': "'region_level is empty'",
        'remedy': 'say what kind of region it is, in any word',
    },
    {
        'where': 'parent_region_code is not null and found_parent_code is null',
        'problem': "'parent_region_code ' || parent_region_code || ' is no region'",
        'remedy': 'add the parent or correct its code',
    },
    {
        'where': 'is_own_ancestor',
        'problem': "'the region is its own ancestor'",
        'remedy': 'let each parent_region_code lead upwards',
    },
    {
        'where': 'found_parent_code is not null and not has_root and not is_own_ancestor',
        'problem': "'no region without a parent within " ~ var('deepest_level') ~ " steps above it'",
        'remedy': 'mend the regions above it; there are at most as many levels as the variable deepest_level says',
    },
]) }}

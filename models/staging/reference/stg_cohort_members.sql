with
{{ typed_rows('ref_cohort_members', columns={
    'edition': 'edition',
    'cohort_code': 'text',
    'region_code': 'text',
    'member_region_code': 'text of member_region_code or region_code',
}, each_edition_of=['cohort_code', 'region_code']) }}

select * from typed

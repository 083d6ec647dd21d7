with
{{ typed_rows('ref_cohort_members', columns={
    'cohort_code': 'text',
    'region_code': 'text',
    'member_region_code': 'text of member_region_code or region_code',
}) }}

select * from typed

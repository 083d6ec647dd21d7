with
{{ typed_rows('ref_cohort_members', columns={
    'cohort_code': 'text',
    'region_code': 'text',
    'member_region_code': 'text',
}) }}

select * from typed

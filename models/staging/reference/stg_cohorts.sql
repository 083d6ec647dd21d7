with
{{ typed_rows('ref_cohorts', columns={
    'cohort_code': 'text',
    'name_zh': 'text',
    'name_en': 'text',
    'sort_order': 'integer',
}) }}

select * from typed

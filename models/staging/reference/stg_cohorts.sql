with
{{ typed_rows('ref_cohorts', columns={
    'cohort_code': 'text',
    'name_zh': 'text of name_zh or name_en',
    'name_en': 'text of name_en or name_zh',
    'sort_order': 'integer',
}) }}

select * from typed

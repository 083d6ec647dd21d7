with
{{ typed_rows('ref_scenarios', columns={
    'scenario_code': 'text',
    'name_zh': 'text',
    'name_en': 'text',
    'reason_zh': 'text',
    'reason_en': 'text',
}) }}

select * from typed

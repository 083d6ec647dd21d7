with
{{ typed_rows('ref_scenario_overrides', columns=dict({
    'scenario_code': 'text',
    'cohort_code': 'text',
    'node_code': 'text',
}, **scenario_columns())) }}

select * from typed

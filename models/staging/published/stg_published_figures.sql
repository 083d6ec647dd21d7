with
{{ typed_rows('pub_figures', columns={
    'edition': 'edition',
    'figure_id': 'text',
    'source': 'text',
    'locator': 'text',
    'figure_type': 'text',
    'counted': 'text',
    'cohort_code': 'text',
    'region_code': 'text',
    'node_code': 'text',
    'sample_table': 'text',
    'printed_value': 'printed',
    'rounding': 'rounding of printed_value',
    'contradicted_by': 'text',
    'is_derived': 'boolean of derived',
}) }}

select * from typed

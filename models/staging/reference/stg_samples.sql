with
{{ typed_rows('ref_samples', columns={
    'edition': 'edition',
    'table_name': 'text',
    'name_zh': 'text',
    'name_en': 'text',
    'origin': 'text',
    'note': 'text',
}) }}

select * from typed

with
{{ typed_rows('ref_samples', columns={
    'edition': 'edition',
    'table_name': 'text',
    'name_zh': 'text',
    'name_en': 'text',
    'origin': 'text',
    'note': 'text',
}, each_edition_of=['table_name']) }}

select * from typed

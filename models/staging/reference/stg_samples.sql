with
{{ typed_rows('ref_samples', columns={
    'edition': 'edition',
    'table_name': 'text',
    'name_zh': 'text of name_zh or name_en',
    'name_en': 'text of name_en or name_zh',
    'origin': 'text',
    'note': 'text',
}, each_edition_of=['table_name']) }}

select * from typed

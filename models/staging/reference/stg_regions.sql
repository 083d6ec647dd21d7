with
{{ typed_rows('ref_regions', columns={
    'region_code': 'text',
    'region_level': 'text',
    'parent_region_code': 'text',
    'name_zh': 'text of name_zh or name_en',
    'short_name_zh': 'text',
    'name_en': 'text of name_en or name_zh',
    'longitude': 'double',
    'latitude': 'double',
    'iso_code': 'text',
    'iso_source': 'text',
}) }}

select * from typed

with
{{ typed_rows('ref_counties', columns={
    'county_code': 'text',
    'name_zh': 'text',
    'short_name_zh': 'text',
    'region_code': 'text',
    'former_city_name_zh': 'text',
    'valid_until': 'year',
}) }}

select * from typed

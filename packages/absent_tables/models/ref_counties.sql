{{ absent_table('county_code name_zh short_name_zh region_code former_city_name_zh valid_until') }}

{{ absent_table('edition region indicator_code indicator_value') }}

{{ absent_table('alias region_code valid_until source refusal note') }}

{{ absent_table('edition relation_id investor_id enterprise_id amount_cny_10k invested_on') }}

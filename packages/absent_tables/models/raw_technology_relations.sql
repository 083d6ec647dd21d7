{{ absent_table('edition relation_id enterprise_id direction partner_name partner_country') }}

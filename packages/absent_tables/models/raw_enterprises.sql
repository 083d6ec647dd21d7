{{ absent_table('edition enterprise_id enterprise_name region founded_year technology_layer is_backbone sales_revenue_cny_10k patent_count') }}

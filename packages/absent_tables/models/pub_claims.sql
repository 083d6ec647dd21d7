{{ absent_table('edition claim_id locator sentence_zh sentence_en cohort_code region_code node_code asserted asserted_value') }}

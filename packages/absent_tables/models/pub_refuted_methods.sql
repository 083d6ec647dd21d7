{{ absent_table('edition method_name_zh method_name_en inequality_count violated_count refuted_score_count unrefuted_score_count refuted_rank_count unrefuted_rank_count') }}

{{ absent_table('scenario_code name_zh name_en reason_zh reason_en') }}

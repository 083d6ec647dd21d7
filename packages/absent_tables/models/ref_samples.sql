{{ absent_table('edition table_name name_zh name_en origin note') }}

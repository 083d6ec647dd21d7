{{ absent_table('edition alliance_id alliance_name alliance_level region founded_on') }}

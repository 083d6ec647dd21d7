{{ absent_table('edition park_id park_name park_level region approved_on') }}

{{ absent_table('edition conference_id conference_name region held_on') }}

{{ absent_table('edition setting choice amount') }}

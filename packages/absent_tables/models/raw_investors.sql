{{ absent_table('edition investor_id investor_name investor_type region') }}

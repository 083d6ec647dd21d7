{{ absent_table('edition policy_id policy_title policy_type region issued_on') }}

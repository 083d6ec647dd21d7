{{ absent_table('edition figure_id source locator figure_type counted cohort_code region_code node_code sample_table printed_value contradicted_by derived') }}

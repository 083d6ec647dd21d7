{{ absent_table('edition institute_id institute_name institute_type region international_paper_count patent_count') }}

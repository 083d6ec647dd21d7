{{ absent_table('edition university_id university_name region international_paper_count patent_count') }}

with
{{ typed_rows('pub_claims', columns={
    'edition': 'edition',
    'claim_id': 'text',
    'locator': 'text',
    'sentence_zh': 'text',
    'sentence_en': 'text',
    'cohort_code': 'text',
    'region_code': 'text',
    'node_code': 'text',
    'asserted': 'text',
    'asserted_value': 'text',
}) }}

select * from typed

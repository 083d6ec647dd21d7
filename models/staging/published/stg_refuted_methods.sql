with
{{ typed_rows('pub_refuted_methods', columns={
    'edition': 'edition',
    'method_name_zh': 'text of method_name_zh or method_name_en',
    'method_name_en': 'text of method_name_en or method_name_zh',
    'inequality_count': 'integer',
    'violated_count': 'integer',
    'refuted_score_count': 'integer',
    'unrefuted_score_count': 'integer',
    'refuted_rank_count': 'integer',
    'unrefuted_rank_count': 'integer',
}) }}

select * from typed

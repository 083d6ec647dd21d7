{{ checked_rows('raw_enterprises', key=['enterprise_id'], columns={
    'enterprise_id': {'type': 'text', 'is_required': true},
    'enterprise_name': {'type': 'text'},
    'region': {'type': 'region', 'is_required': true},
    'founded_year': {'type': 'year', 'minimum': var('earliest_founded_year'), 'maximum': 'edition'},
    'technology_layer': {'type': 'text', 'is_required': true, 'one_of': core_layers() + ['应用层']},
    'is_backbone': {'type': 'boolean', 'is_required': true},
    'sales_revenue_cny_10k': {'type': 'amount'},
    'patent_count': {'type': 'count', 'is_required': true},
}) }}

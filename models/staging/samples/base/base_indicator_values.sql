{{ checked_rows('raw_indicator_values', key=['indicator_code', 'region_code'], value='indicator_value', columns={
    'region': {'type': 'region', 'is_required': true},
    'indicator_code': {'type': 'code', 'is_required': true},
    'indicator_value': {'type': 'number', 'is_required': true},
}) }}

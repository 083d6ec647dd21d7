with
{{ typed_rows('ref_methods', columns={
    'edition': 'edition',
    'cohort_code': 'text',
    'node_code': 'text',
    'transform': 'text',
    'normaliser': 'text',
    'lower_goalpost': 'text',
    'upper_goalpost': 'text',
    'aggregator': 'text',
    'is_clamped': 'boolean',
    'rank_decimals': 'integer',
    'missing_rule': 'text',
    'least_observed_share': 'double',
}) }}

select * from typed

with
{{ typed_rows('ref_methods', columns=dict({
    'edition': 'edition',
    'cohort_code': 'text',
    'node_code': 'text',
    'imputation': 'text',
    'treatment': 'text',
    'most_winsorised': 'integer',
    'skewness_limit': 'double',
    'kurtosis_limit': 'double',
    'least_observed_share': 'double',
    'least_ranked_share': 'double',
    'rank_decimals': 'integer',
}, **scenario_columns()), each_edition_of=['cohort_code', 'node_code']) }}

select * from typed

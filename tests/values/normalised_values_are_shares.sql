select
    indicator_values.edition,
    indicator_values.cohort_code,
    indicator_values.region_code,
    indicator_values.indicator_code,
    indicator_values.normalised_value
from {{ ref('fct_indicator_values') }} as indicator_values
inner join {{ ref('int_methods') }} as methods
    on
        methods.scenario_code = 'baseline'
        and indicator_values.edition = methods.edition
        and indicator_values.cohort_code = methods.cohort_code
        and indicator_values.indicator_code = methods.node_code
where
    (
        methods.is_clamped
        or methods.normaliser in ('rank', 'percentile')
        or (methods.lower_goalpost is null and methods.upper_goalpost is null and methods.normaliser = 'min_max')
    )
    and not indicator_values.normalised_value between 0 and 1

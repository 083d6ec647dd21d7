-- What can only be judged by the values: goalposts beyond all of them, and means that have no value of them.
with extremes as (
    select
        scenario_code,
        edition,
        cohort_code,
        indicator_code,
        min(transformed_value) as least_value,
        max(transformed_value) as greatest_value,
        min(lower_goalpost) as lower_goalpost,
        max(upper_goalpost) as upper_goalpost
    from {{ ref('int_transformed_values') }}
    where not {{ is_step('scenario_code') }}
    group by scenario_code, edition, cohort_code, indicator_code
),

judged as (
    select
        {{ key_of([
            'extremes.scenario_code', 'extremes.edition', 'extremes.cohort_code', 'extremes.indicator_code'
        ]) }} as row_key,
        extremes.*,
        methods.normaliser,
        methods.value_floor,
        methods.lower_goalpost_rule,
        methods.upper_goalpost_rule,
        above.aggregator
    from extremes
    inner join {{ ref('int_methods') }} as methods
        on
            extremes.scenario_code = methods.scenario_code
            and extremes.edition = methods.edition
            and extremes.cohort_code = methods.cohort_code
            and extremes.indicator_code = methods.node_code
    inner join {{ ref('int_node_ancestors') }} as ancestors
        on
            extremes.edition = ancestors.edition
            and extremes.indicator_code = ancestors.node_code
            and ancestors.steps_up > 0
    inner join {{ ref('int_methods') }} as above
        on
            extremes.scenario_code = above.scenario_code
            and extremes.edition = above.edition
            and extremes.cohort_code = above.cohort_code
            and ancestors.ancestor_node_code = above.node_code
)

{{ broken_rules('ref_methods', 'judged', [
    {
        'where': "normaliser = 'min_max' and least_value is not null and (lower_goalpost is null or upper_goalpost is null)",
        'problem': "'the goalposts are ' || lower_goalpost_rule || ' and ' || upper_goalpost_rule || ', and one has no value in this cohort'",
        'remedy': 'after region: write a region of the cohort that has a value',
    },
    {
        'where': "normaliser = 'min_max' and lower_goalpost >= greatest_value and upper_goalpost > lower_goalpost"
            ~ " and lower_goalpost_rule not like 'observed%'",
        'problem': "'lower_goalpost ' || lower_goalpost_rule || ' is not below any value'",
        'remedy': 'write it in the unit of the indicator, below the values; or observed',
    },
    {
        'where': "normaliser = 'min_max' and upper_goalpost <= least_value and upper_goalpost > lower_goalpost"
            ~ " and upper_goalpost_rule not like 'observed%'",
        'problem': "'upper_goalpost ' || upper_goalpost_rule || ' is not above any value'",
        'remedy': 'write it in the unit of the indicator, above the values; or observed',
    },
    {
        'where': "normaliser = 'z_score' and aggregator in ('geometric', 'harmonic', 'generalised') and coalesce(value_floor, 0) <= 0",
        'problem': "'z scores are below zero for some, and a mean above them is ' || aggregator",
        'remedy': 'a product of them has no value: write a target_mean, and a value_floor above 0',
    },
]) }}

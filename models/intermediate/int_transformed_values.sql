-- Values and goalposts on the scale of the transform. A goalpost that is no number is observed: the least or greatest
-- value of the cohort, in this edition or in all, or the value of a region.
{%- set rules = {'lower': 'min', 'upper': 'max'} %}

with treated_values as (
    select * from {{ ref('int_treated_values') }}
),

methods as (
    select * from {{ ref('int_methods') }}
    where values_scenario_code = scenario_code
),

transformed as (
    select
        methods.scenario_code,
        treated_values.*,
        methods.lower_goalpost_rule,
        methods.upper_goalpost_rule,
        {{ transformed('treated_values.treated_value', 'methods.transform') }} as transformed_value,
        {{ transformed('methods.lower_goalpost', 'methods.transform') }} as fixed_lower_goalpost,
        {{ transformed('methods.upper_goalpost', 'methods.transform') }} as fixed_upper_goalpost
    from treated_values
    inner join methods
        on
            treated_values.edition = methods.edition
            and treated_values.cohort_code = methods.cohort_code
            and treated_values.indicator_code = methods.node_code
),

final as (
    select
        scenario_code,
        edition,
        cohort_code,
        region_code,
        indicator_code,
        numerator,
        observed_member_share,
        denominator,
        raw_value,
        imputed_by,
        treated_by,
        treated_value,
        transformed_value,
        {%- for end, observed in rules.items() %}
        case
            when {{ end }}_goalpost_rule = 'observed_all_editions'
                then {{ observed }}(transformed_value) over (partition by scenario_code, cohort_code, indicator_code)
            when {{ end }}_goalpost_rule like 'region:%'
                then
                    max(case when {{ end }}_goalpost_rule = 'region:' || region_code then transformed_value end) over (
                        partition by scenario_code, edition, cohort_code, indicator_code
                    )
            else
                coalesce(
                    fixed_{{ end }}_goalpost,
                    {{ observed }}(transformed_value) over (
                        partition by scenario_code, edition, cohort_code, indicator_code
                    )
                )
        end as {{ end }}_goalpost{{ ',' if not loop.last }}
        {%- endfor %}
    from transformed
)

select * from final

-- Values and goalposts on the scale of the transform. A goalpost that is no number is observed: the least or greatest
-- value of the cohort, in this edition or in all, or the value of a region.
{%- set window = 'partition by scenario_code, edition, cohort_code, indicator_code' %}

with treated_values as (
    select * from {{ ref('int_treated_values') }}
),

methods as (
    select * from {{ ref('int_methods') }}
    where values_scenario_code = scenario_code
),

-- Values and goalposts are of the same edition, but for a step between two.
transformed as (
    select
        methods.scenario_code,
        methods.edition,
        treated_values.cohort_code,
        treated_values.region_code,
        treated_values.indicator_code,
        treated_values.numerator,
        treated_values.observed_member_share,
        treated_values.denominator,
        treated_values.raw_value,
        treated_values.imputed_by,
        treated_values.treated_by,
        treated_values.treated_value,
        methods.lower_goalpost_rule,
        methods.upper_goalpost_rule,
        treated_values.edition = methods.data_edition as is_value,
        treated_values.edition = methods.goalpost_edition as is_goalpost,
        {{ transformed('treated_values.treated_value', 'methods.transform') }} as transformed_value,
        {{ transformed('methods.lower_goalpost', 'methods.transform') }} as fixed_lower_goalpost,
        {{ transformed('methods.upper_goalpost', 'methods.transform') }} as fixed_upper_goalpost
    from treated_values
    inner join methods
        on
            treated_values.cohort_code = methods.cohort_code
            and treated_values.indicator_code = methods.node_code
            and (
                treated_values.edition in (methods.data_edition, methods.goalpost_edition)
                or 'observed_all_editions' in (methods.lower_goalpost_rule, methods.upper_goalpost_rule)
            )
),

with_goalposts as (
    select
        {%- for end, extreme in {'lower': 'min', 'upper': 'max'}.items() %}
        case
            when {{ end }}_goalpost_rule = 'observed_all_editions'
                then {{ extreme }}(transformed_value) over ({{ window }})
            when {{ end }}_goalpost_rule like 'region:%'
                then
                    max(
                        case
                            when is_goalpost and {{ end }}_goalpost_rule = 'region:' || region_code
                                then transformed_value
                        end
                    ) over ({{ window }})
            else
                coalesce(
                    fixed_{{ end }}_goalpost,
                    {{ extreme }}(case when is_goalpost then transformed_value end) over ({{ window }})
                )
        end as {{ end }}_goalpost,
        {%- endfor %}
        *
    from transformed
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
        lower_goalpost,
        upper_goalpost
    from with_goalposts
    where is_value
)

select * from final

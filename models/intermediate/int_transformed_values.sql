-- Values and goalposts on the scale of the transform. A goalpost that is no number is observed: the least or greatest
-- value of the cohort, in this edition or in all, or the value of a region.

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
        case
            when lower_goalpost_rule = 'observed_all_editions'
                then min(transformed_value) over (partition by scenario_code, cohort_code, indicator_code)
            when lower_goalpost_rule like 'region:%'
                then
                    max(case when lower_goalpost_rule = 'region:' || region_code then transformed_value end) over (
                        partition by scenario_code, edition, cohort_code, indicator_code
                    )
            else
                coalesce(
                    fixed_lower_goalpost,
                    min(transformed_value) over (
                        partition by scenario_code, edition, cohort_code, indicator_code
                    )
                )
        end as lower_goalpost,
        case
            when upper_goalpost_rule = 'observed_all_editions'
                then max(transformed_value) over (partition by scenario_code, cohort_code, indicator_code)
            when upper_goalpost_rule like 'region:%'
                then
                    max(case when upper_goalpost_rule = 'region:' || region_code then transformed_value end) over (
                        partition by scenario_code, edition, cohort_code, indicator_code
                    )
            else
                coalesce(
                    fixed_upper_goalpost,
                    max(transformed_value) over (
                        partition by scenario_code, edition, cohort_code, indicator_code
                    )
                )
        end as upper_goalpost
    from transformed
)

select * from final

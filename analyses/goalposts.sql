-- How were goalposts set? For each indicator of a cohort the ends of its scale, as declared and as transformed, and
-- who is there.
with asked as (
    select
        2024 as edition,
        'city' as cohort_code
),

indicator_values as (
    select indicator_values.*
    from asked
    inner join marts.fct_indicator_values as indicator_values
        on asked.edition = indicator_values.edition and asked.cohort_code = indicator_values.cohort_code
),

final as (
    select
        indicator_values.sort_order,
        indicator_values.label_zh,
        indicator_values.label_en,
        indicator_values.unit_zh,
        methods.transform,
        methods.normaliser,
        methods.lower_goalpost as declared_lower_goalpost,
        methods.upper_goalpost as declared_upper_goalpost,
        indicator_values.lower_goalpost,
        indicator_values.upper_goalpost,
        min(indicator_values.raw_value) as least_value,
        max(indicator_values.raw_value) as greatest_value,
        count(case when indicator_values.transformed_value <= indicator_values.lower_goalpost then 1 end)
            as regions_at_the_lower_goalpost,
        count(case when indicator_values.transformed_value >= indicator_values.upper_goalpost then 1 end)
            as regions_at_the_upper_goalpost,
        max(case
            when indicator_values.transformed_value >= indicator_values.upper_goalpost
                then indicator_values.region_name_zh
        end) as at_the_upper_goalpost
    from indicator_values
    left join marts.dim_methods as methods
        on
            indicator_values.edition = methods.edition
            and indicator_values.cohort_code = methods.cohort_code
            and indicator_values.indicator_code = methods.node_code
    group by
        indicator_values.sort_order, indicator_values.label_zh, indicator_values.label_en, indicator_values.unit_zh,
        methods.transform, methods.normaliser, methods.lower_goalpost, methods.upper_goalpost,
        indicator_values.lower_goalpost, indicator_values.upper_goalpost
)

select * from final
order by sort_order

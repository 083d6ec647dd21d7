with counted as (
    select
        edition,
        cohort_code,
        indicator_code,
        count(*) as region_count,
        count(raw_value) as observed_count,
        count(imputed_by) as imputed_count,
        count(treated_by) as treated_count,
        count(transformed_value) as transformed_count,
        count(normalised_value) as normalised_count,
        min(raw_value) as least_value,
        max(raw_value) as greatest_value,
        min(normalised_value) as least_normalised_value,
        max(normalised_value) as greatest_normalised_value
    from {{ ref('int_normalised_values') }}
    where scenario_code = 'baseline'
    group by edition, cohort_code, indicator_code
),

final as (
    select
        edition,
        cohort_code,
        indicator_code,
        {%- for name in ['region', 'observed', 'imputed', 'treated', 'normalised'] %}
        cast({{ name }}_count as {{ dbt.type_int() }}) as {{ name }}_count,
        {%- endfor %}
        least_value,
        greatest_value,
        case
            when normalised_count = 0 then 'no_value'
            when least_value = greatest_value then 'constant'
            when least_normalised_value = greatest_normalised_value then 'all_beyond_a_goalpost'
            when normalised_count < observed_count then 'values_without_a_scale'
            when observed_count < region_count then 'missing_values'
        end as remark
    from counted
)

select * from final
order by edition, cohort_code, indicator_code

-- What stands in for a missing value, where the method says so; it is marked all the way up.

with indicator_values as (
    select * from {{ ref('int_indicator_values') }}
),

methods as (
    select * from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
),

regions as (
    select * from {{ ref('stg_regions') }}
),

placed as (
    select
        indicator_values.*,
        methods.imputation,
        regions.parent_region_code,
        count(indicator_values.raw_value) over (
            partition by indicator_values.edition, indicator_values.cohort_code, indicator_values.indicator_code
        ) as region_count,
        row_number() over (
            partition by indicator_values.edition, indicator_values.cohort_code, indicator_values.indicator_code
            order by indicator_values.raw_value nulls last, indicator_values.region_code
        ) as place
    from indicator_values
    inner join methods
        on
            indicator_values.edition = methods.edition
            and indicator_values.cohort_code = methods.cohort_code
            and indicator_values.indicator_code = methods.node_code
    left join regions on indicator_values.region_code = regions.region_code
),

substituted as (
    select
        *,
        case imputation
            when 'cohort_mean'
                then
                    {{ exact_sum('raw_value', over='partition by edition, cohort_code, indicator_code') }}
                    / nullif(region_count, 0)
            -- The value in the middle, or the mean of the two.
            when 'cohort_median'
                then
                    {{ exact_sum(
                        'case when 2 * place between region_count and region_count + 2 then raw_value end',
                        over='partition by edition, cohort_code, indicator_code'
                    ) }}
                    / case when region_count % 2 = 0 then 2 else 1 end
            when 'parent_mean'
                then
                    {{ exact_sum(
                        'raw_value', over='partition by edition, cohort_code, indicator_code, parent_region_code'
                    ) }}
                    / nullif(count(raw_value) over (
                        partition by edition, cohort_code, indicator_code, parent_region_code
                    ), 0)
        end as substitute
    from placed
),

final as (
    select
        edition,
        cohort_code,
        region_code,
        indicator_code,
        numerator,
        observed_member_share,
        denominator,
        raw_value,
        case when raw_value is null and substitute is not null then imputation end as imputed_by,
        coalesce(raw_value, substitute) as imputed_value
    from substituted
)

select * from final

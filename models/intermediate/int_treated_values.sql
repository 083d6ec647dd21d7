-- Outliers: as long as skewness and kurtosis are beyond their limits, the greatest value (or the least, if the skew is
-- negative) becomes its neighbour, in at most so many regions. If that does not do, the values stay as they were, or
-- their logarithm is taken.
{%- set window = 'partition by edition, cohort_code, indicator_code' %}
{%- set last_step = var('most_winsorised') %}

with imputed_values as (
    select * from {{ ref('int_imputed_values') }}
),

methods as (
    select * from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
),

step_0 as (
    select
        imputed_values.edition,
        imputed_values.cohort_code,
        imputed_values.region_code,
        imputed_values.indicator_code,
        imputed_values.imputed_value as untreated_value,
        imputed_values.imputed_value as winsorised_value,
        methods.treatment,
        methods.most_winsorised,
        methods.skewness_limit,
        methods.kurtosis_limit
    from imputed_values
    inner join methods
        on
            imputed_values.edition = methods.edition
            and imputed_values.cohort_code = methods.cohort_code
            and imputed_values.indicator_code = methods.node_code
            and methods.treatment <> 'none'
    where imputed_values.imputed_value is not null
),
{% for step in range(last_step + 1) %}
ends_{{ step }} as (
    select
        *,
        cast(count(*) over ({{ window }}) as {{ type_double() }}) as n,
        min(winsorised_value) over ({{ window }}) as least_value,
        max(winsorised_value) over ({{ window }}) as greatest_value
    from step_{{ step }}
),

-- Both are the same in any unit. In the range of the values, powers neither overflow nor vanish.
positions_{{ step }} as (
    select
        *,
        (winsorised_value - least_value) / nullif(greatest_value - least_value, 0) as position_in_range
    from ends_{{ step }}
),

deviations_{{ step }} as (
    select
        *,
        position_in_range - {{ exact_sum('position_in_range', over=window) }} / n as deviation
    from positions_{{ step }}
),

moments_{{ step }} as (
    select
        *,
        {%- for power in [2, 3, 4] %}
        {{ exact_sum((['deviation'] * power) | join(' * '), over=window) }} as moment_{{ power }},
        {%- endfor %}
        max(case when winsorised_value < greatest_value then winsorised_value end) over ({{ window }})
            as below_greatest,
        min(case when winsorised_value > least_value then winsorised_value end) over ({{ window }})
            as above_least
    from deviations_{{ step }}
),

shapes_{{ step }} as (
    select
        *,
        sqrt(n * n * (n - 1)) / nullif(n - 2, 0) * moment_3 / nullif(power(moment_2, 1.5), 0) as skewness,
        ((n + 1) * (n * moment_4 / nullif(moment_2 * moment_2, 0) - 3) + 6) * (n - 1) / nullif((n - 2) * (n - 3), 0)
            as kurtosis
    from moments_{{ step }}
),
{% if step < last_step %}
moved_{{ step }} as (
    select
        *,
        case
            when abs(skewness) < skewness_limit or kurtosis < kurtosis_limit or kurtosis is null then winsorised_value
            when skewness >= 0 and winsorised_value = greatest_value then below_greatest
            when skewness < 0 and winsorised_value = least_value then above_least
            else winsorised_value
        end as moved_value
    from shapes_{{ step }}
),

counted_{{ step }} as (
    select
        *,
        sum(case when moved_value <> untreated_value then 1 else 0 end) over ({{ window }}) as moved_count
    from moved_{{ step }}
),

step_{{ step + 1 }} as (
    select
        edition,
        cohort_code,
        region_code,
        indicator_code,
        untreated_value,
        case when moved_count <= most_winsorised then moved_value else winsorised_value end as winsorised_value,
        treatment,
        most_winsorised,
        skewness_limit,
        kurtosis_limit
    from counted_{{ step }}
),
{% endif %}
{%- endfor %}
judged as (
    select
        *,
        coalesce(abs(skewness) >= skewness_limit and kurtosis >= kurtosis_limit, false) as is_outlying,
        min(untreated_value) over ({{ window }}) as least_untreated_value,
        max(untreated_value) over ({{ window }}) as greatest_untreated_value
    from shapes_{{ last_step }}
),

treated as (
    select
        edition,
        cohort_code,
        region_code,
        indicator_code,
        case
            when is_outlying and treatment = 'winsorise_or_log' then 'log'
            when not is_outlying and winsorised_value <> untreated_value then 'winsorise'
        end as treated_by,
        case
            when is_outlying and treatment = 'winsorise_or_log'
                then
                    ln(
                        untreated_value - least_untreated_value
                        + 0.01 * (greatest_untreated_value - least_untreated_value)
                    )
            when is_outlying then untreated_value
            else winsorised_value
        end as treated_value
    from judged
),

final as (
    select
        imputed_values.edition,
        imputed_values.cohort_code,
        imputed_values.region_code,
        imputed_values.indicator_code,
        imputed_values.numerator,
        imputed_values.observed_member_share,
        imputed_values.denominator,
        imputed_values.raw_value,
        imputed_values.imputed_by,
        imputed_values.imputed_value,
        treated.treated_by,
        coalesce(treated.treated_value, imputed_values.imputed_value) as treated_value
    from imputed_values
    left join treated
        on
            imputed_values.edition = treated.edition
            and imputed_values.cohort_code = treated.cohort_code
            and imputed_values.region_code = treated.region_code
            and imputed_values.indicator_code = treated.indicator_code
)

select * from final

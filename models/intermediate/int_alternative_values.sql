-- The indicators under every normaliser that takes part. Declared is what the index uses; the others are computed from
-- the transformed values, so that an outlier's logarithm is taken under each of them.
{%- set window = 'partition by edition, cohort_code, indicator_code' %}

with settings as (
    select
        edition,
        choice as normaliser
    from {{ ref('stg_uncertainty') }}
    where setting = 'normaliser'
),

normalised_values as (
    select * from {{ ref('int_normalised_values') }}
    where scenario_code = 'baseline'
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

directed as (
    select
        normalised_values.edition,
        normalised_values.cohort_code,
        normalised_values.region_code,
        normalised_values.indicator_code,
        normalised_values.normalised_value,
        normalised_values.transformed_value,
        nodes.direction,
        normalised_values.transformed_value * nodes.direction as directed_value
    from normalised_values
    inner join nodes
        on normalised_values.edition = nodes.edition and normalised_values.indicator_code = nodes.node_code
),

placed as (
    select
        *,
        cast(count(directed_value) over ({{ window }}) as {{ type_double() }}) as region_count,
        cast(rank() over ({{ window }} order by directed_value desc nulls last) as {{ type_double() }}) as place,
        cast(
            count(*) over (partition by edition, cohort_code, indicator_code, directed_value) as {{ type_double() }}
        ) as place_count,
        min(transformed_value) over ({{ window }}) as lower_goalpost,
        max(transformed_value) over ({{ window }}) as upper_goalpost,
        min(directed_value) over ({{ window }}) as worst_value,
        max(directed_value) over ({{ window }}) - min(directed_value) over ({{ window }}) as value_range
    from directed
),

positioned as (
    select
        *,
        region_count - place - place_count + 1 as worse_count,
        (directed_value - worst_value) / nullif(value_range, 0) as position_in_range
    from placed
),

deviated as (
    select
        *,
        position_in_range
        - {{ exact_sum('position_in_range', over=window) }} / nullif(region_count, 0) as deviation
    from positioned
),

spread as (
    select
        *,
        sqrt({{ exact_sum('deviation * deviation', over=window) }} / nullif(region_count - 1, 0)) as standard_deviation
    from deviated
),

final as (
    select
        spread.edition,
        spread.cohort_code,
        spread.region_code,
        spread.indicator_code,
        settings.normaliser,
        case
            when settings.normaliser = 'declared' then spread.normalised_value
            when spread.directed_value is null then null
            {%- for name in uncertain_normalisers() if name != 'declared' %}
            when settings.normaliser = '{{ name }}'
                -- A z score as one with the mean 50 and the standard deviation 10.
                then {{ '0.5 + 0.1 * ' if name == 'z_score' }}({{ normalisers()[name].formula }})
            {%- endfor %}
        end as normalised_value
    from spread
    inner join settings on spread.edition = settings.edition
)

select * from final

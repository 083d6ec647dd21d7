-- The indicators under every normaliser that takes part. Declared is what the index uses; the others are computed from
-- the transformed values, so that an outlier's logarithm is taken under each of them.

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
        normalised_values.scenario_code,
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

{{ placed_in_cohort() }},

bounded as (
    select
        *,
        least_value as lower_goalpost,
        greatest_value as upper_goalpost
    from spread
),

final as (
    select
        bounded.edition,
        bounded.cohort_code,
        bounded.region_code,
        bounded.indicator_code,
        settings.normaliser,
        case
            when settings.normaliser = 'declared' then bounded.normalised_value
            when bounded.directed_value is null then null
            {%- for name in uncertain_normalisers() if name != 'declared' %}
            when settings.normaliser = '{{ name }}'
                -- A z score as one with the mean 50 and the standard deviation 10.
                then {{ '0.5 + 0.1 * ' if name == 'z_score' }}({{ normalisers()[name].formula }})
            {%- endfor %}
        end as normalised_value
    from bounded
    inner join settings on bounded.edition = settings.edition
)

select * from final

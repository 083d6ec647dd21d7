-- One scale for all indicators, more being better. Where a cohort does not differ, nobody earns anything: 0 (only a
-- percentile is then 0.5 by its formula).

with transformed_values as (
    select * from {{ ref('int_transformed_values') }}
),

methods as (
    select * from {{ ref('int_methods') }}
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

directed as (
    select
        transformed_values.*,
        methods.normaliser,
        methods.target_lower,
        methods.target_upper,
        methods.target_mean,
        methods.target_deviation,
        methods.value_floor,
        methods.is_clamped,
        nodes.direction,
        transformed_values.transformed_value * nodes.direction as directed_value
    from transformed_values
    inner join methods
        on
            transformed_values.scenario_code = methods.scenario_code
            and transformed_values.edition = methods.edition
            and transformed_values.cohort_code = methods.cohort_code
            and transformed_values.indicator_code = methods.node_code
    inner join nodes
        on
            transformed_values.edition = nodes.edition
            and transformed_values.indicator_code = nodes.node_code
),

{{ placed_in_cohort() }},

normalised as (
    select
        *,
        case
            when directed_value is null then null
            {%- for name, normaliser in normalisers().items() %}
            when normaliser = '{{ name }}' then {{ normaliser.formula }}
            {%- endfor %}
        end as place_on_scale
    from spread
),

-- Targets and the floor are written in points of a score, which is 100 times the normalised value.
shifted as (
    select
        *,
        case
            when
                normaliser in {{ normalisers_of_scale('z') }}
                and (target_mean is not null or target_deviation is not null)
                then (coalesce(target_mean, 0) + coalesce(target_deviation, 100) * place_on_scale) / 100
            else place_on_scale
        end as shifted_value
    from normalised
),

clamped as (
    select
        *,
        case
            when not is_clamped then shifted_value
            when shifted_value < 0 then 0
            when shifted_value > 1 then 1
            else shifted_value
        end as clamped_value
    from shifted
),

stretched as (
    select
        *,
        case
            when
                normaliser in {{ normalisers_of_scale('range') }}
                and (target_lower is not null or target_upper is not null)
                then
                    (
                        coalesce(target_lower, 0)
                        + (coalesce(target_upper, 100) - coalesce(target_lower, 0)) * clamped_value
                    ) / 100
            else clamped_value
        end as stretched_value
    from clamped
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
        upper_goalpost,
        case
            when stretched_value < value_floor / 100 then value_floor / 100
            else stretched_value
        end as normalised_value
    from stretched
)

select * from final

with normalised_values as (
    select * from {{ ref('int_normalised_values') }}
    where scenario_code = 'baseline'
),

node_scores as (
    select * from {{ ref('fct_node_scores') }}
),

final as (
    select
        normalised_values.edition,
        normalised_values.cohort_code,
        normalised_values.region_code,
        normalised_values.indicator_code,
        cast(normalised_values.numerator as {{ type_exact() }}) as numerator,
        cast(normalised_values.denominator as {{ type_exact() }}) as denominator,
        normalised_values.raw_value,
        normalised_values.transformed_value,
        normalised_values.lower_goalpost,
        normalised_values.upper_goalpost,
        normalised_values.normalised_value,
        node_scores.effective_weight,
        node_scores.points,
        node_scores.node_rank as indicator_rank,
        normalised_values.imputed_by,
        normalised_values.treated_by,
        normalised_values.treated_value,
        node_scores.edition_date,
        node_scores.cohort_name_zh,
        node_scores.cohort_name_en,
        node_scores.region_name_zh,
        node_scores.region_name_en,
        node_scores.iso_code,
        node_scores.label_zh,
        node_scores.label_en,
        node_scores.parent_node_code,
        node_scores.node_level,
        node_scores.sort_order,
        node_scores.unit_zh,
        node_scores.unit_en,
        node_scores.tier,
        normalised_values.observed_member_share
    from normalised_values
    inner join node_scores
        on
            normalised_values.edition = node_scores.edition
            and normalised_values.cohort_code = node_scores.cohort_code
            and normalised_values.region_code = node_scores.region_code
            and normalised_values.indicator_code = node_scores.node_code
)

select * from final
order by edition, cohort_code, indicator_code, region_code

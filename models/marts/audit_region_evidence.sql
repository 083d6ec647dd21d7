{{ config(materialized='view') }}

with evidence as (
    select * from {{ ref('audit_indicator_evidence') }}
),

localities as (
    select * from {{ ref('dim_region_localities') }}
),

final as (
    select
        evidence.edition,
        localities.cohort_code,
        localities.region_code,
        evidence.indicator_code,
        evidence.table_name,
        evidence.row_key,
        evidence.row_name,
        evidence.locality_code,
        evidence.adds_to_numerator,
        evidence.adds_to_denominator
    from evidence
    inner join localities
        on evidence.edition = localities.edition and evidence.locality_code = localities.locality_code
)

select * from final

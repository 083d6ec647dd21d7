-- Which localities are added up for each region of a cohort: its members and everything below them. A row located in
-- a province thus counts for the province and for a circle that has the whole province, and for no city.

with members as (
    select * from {{ ref('stg_cohort_members') }}
),

ancestors as (
    select * from {{ ref('int_region_ancestors') }}
),

final as (
    select
        members.edition,
        members.cohort_code,
        members.region_code,
        members.member_region_code,
        ancestors.region_code as locality_code
    from members
    inner join ancestors on members.member_region_code = ancestors.ancestor_region_code
)

select * from final

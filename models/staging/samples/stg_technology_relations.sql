with relations as (
    select * from {{ ref('base_technology_relations') }}
    where rejection_reason is null
),

editions as (
    select * from {{ ref('stg_editions') }}
),

final as (
    select
        relations.edition,
        relations.relation_id as row_key,
        relations.relation_id,
        relations.enterprise_id,
        relations.enterprise_region_code,
        relations.direction,
        relations.partner_name,
        relations.partner_country,
        ' ' || coalesce(editions.domestic_country_codes, '') || ' ' not like '% ' || relations.partner_country || ' %'
            as is_foreign_partner
    from relations
    left join editions on relations.edition = editions.edition
)

select * from final

select
    edition,
    relation_id as row_key,
    relation_id,
    investor_id,
    investor_region_code,
    enterprise_id,
    enterprise_region_code,
    amount_cny_10k,
    invested_on
from {{ ref('base_investment_relations') }}
where rejection_reason is null

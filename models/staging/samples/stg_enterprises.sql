select
    edition,
    enterprise_id as row_key,
    enterprise_id,
    enterprise_name,
    region_code,
    technology_layer,
    founded_year,
    sales_revenue_cny_10k,
    patent_count,
    is_backbone
from {{ ref('base_enterprises') }}
where rejection_reason is null

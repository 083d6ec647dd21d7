select
    edition,
    investor_id as row_key,
    investor_id,
    investor_name,
    investor_type,
    region_code
from {{ ref('base_investors') }}
where rejection_reason is null

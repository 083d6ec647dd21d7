select
    edition,
    park_id as row_key,
    park_id,
    park_name,
    park_level,
    region_code,
    approved_on
from {{ ref('base_parks') }}
where rejection_reason is null

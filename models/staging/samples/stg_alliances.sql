select
    edition,
    alliance_id as row_key,
    alliance_id,
    alliance_name,
    alliance_level,
    region_code,
    founded_on
from {{ ref('base_alliances') }}
where rejection_reason is null

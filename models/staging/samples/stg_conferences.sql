select
    edition,
    conference_id as row_key,
    conference_id,
    conference_name,
    region_code,
    held_on
from {{ ref('base_conferences') }}
where rejection_reason is null

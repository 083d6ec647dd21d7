select
    edition,
    policy_id as row_key,
    policy_id,
    policy_title,
    policy_type,
    region_code,
    issued_on
from {{ ref('base_policies') }}
where rejection_reason is null

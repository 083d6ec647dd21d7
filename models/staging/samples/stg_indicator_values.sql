select
    edition,
    indicator_code || ', ' || region_code as row_key,
    region_code,
    indicator_code,
    indicator_value
from {{ ref('base_indicator_values') }}
where rejection_reason is null

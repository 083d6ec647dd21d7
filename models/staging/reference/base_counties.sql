select
    {{ clean_text('county_code') }} as county_code,
    {{ clean_text('name_zh') }} as name_zh,
    {{ clean_text('short_name_zh') }} as short_name_zh,
    {{ clean_text('region_code') }} as region_code,
    {{ clean_text('former_city_name_zh') }} as former_city_name_zh,
    {{ parse('year', clean_text('valid_until')) }} as valid_until
from {{ ref('ref_counties') }}

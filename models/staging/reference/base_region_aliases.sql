select
    {{ clean_text('alias') }} as alias,
    {{ region_key(clean_text('alias')) }} as alias_key,
    {{ clean_text('region_code') }} as region_code,
    coalesce({{ clean_text('source') }} = 'traditional characters', false) as is_traditional,
    {{ parse('code', clean_text('refusal')) }} as refusal,
    {{ clean_text('note') }} as note
from {{ ref('ref_region_aliases') }}

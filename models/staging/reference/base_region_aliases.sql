with
{{ typed_rows('ref_region_aliases', columns={
    'alias': 'text',
    'region_code': 'text',
    'source': 'text',
    'refusal': 'code',
    'note': 'text',
}, unread=['valid_until']) }}

select
    alias,
    {{ region_key('alias') }} as alias_key,
    region_code,
    coalesce(source = 'traditional characters', false) as is_traditional,
    refusal,
    note
from typed

with
{{ typed_rows('ref_region_aliases', columns={
    'alias': 'text',
    'region_code': 'text',
}) }}

select
    *,
    {{ region_key('alias') }} as alias_key
from typed

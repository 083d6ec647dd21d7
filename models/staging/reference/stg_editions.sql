with
{{ typed_rows('ref_editions', columns={
    'edition': 'edition',
    'name_zh': 'text',
    'name_en': 'text',
    'published_on': 'date',
    'weight_rule': 'text',
    'weight_decimals': 'integer',
    'tier_last_ranks': 'text',
    'domestic_country_codes': 'text',
}) }}

select
    *,
    -- Of a year; editions may be numbered otherwise.
    case when edition between 1000 and 9999 then cast(edition || '-12-31' as date) end as last_day
from typed

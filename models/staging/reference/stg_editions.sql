with
{{ typed_rows('ref_editions', columns={
    'edition': 'edition',
    'edition_text': 'text of edition',
    'name_zh': 'text of name_zh or name_en',
    'name_en': 'text of name_en or name_zh',
    'published_on': 'date',
    'weight_rule': 'text',
    'weight_decimals': 'integer',
    'tier_last_ranks': 'text',
    'domestic_country_codes': 'text',
    'rows_label_zh': 'text of rows_label_zh or rows_label_en',
    'rows_label_en': 'text of rows_label_en or rows_label_zh',
}) }}

select
    *,
    -- Of a year; editions may be numbered otherwise.
    case when edition between 1000 and 9999 then cast(edition || '-12-31' as date) end as last_day
from typed

-- Rows lie in the members of cohorts and below them. Elsewhere they would count nowhere: no other name is a spelling.
{%- set steps = range(1, var('deepest_level') + 1) %}

with regions as (
    select * from {{ ref('stg_regions') }}
),

places_0 as (
    select distinct member_region_code as region_code
    from {{ ref('stg_cohort_members') }}
),
{% for step in steps %}
places_{{ step }} as (
    select regions.region_code
    from places_{{ step - 1 }} as above
    inner join regions on above.region_code = regions.parent_region_code
),
{% endfor %}
places as (
    {% for step in [0] + steps | list -%}
    select region_code from places_{{ step }}
    {{ 'union' if not loop.last }}
    {% endfor %}
),

spellings as (
    {% for name in ['region_code', 'name_zh', 'short_name_zh', 'name_en'] -%}
    select
        regions.region_code,
        regions.{{ name }} as alias
    from places
    inner join regions on places.region_code = regions.region_code
    where regions.{{ name }} is not null
    {{ 'union' if not loop.last }}
    {% endfor %}
),

meanings as (
    select
        {{ region_key('alias') }} as alias_key,
        min({{ in_byte_order('alias') }}) as alias,
        min({{ in_byte_order('region_code') }}) as first_region_code,
        max({{ in_byte_order('region_code') }}) as last_region_code
    from spellings
    group by {{ region_key('alias') }}
),

final as (
    select
        alias,
        alias_key,
        case when first_region_code = last_region_code then first_region_code end as region_code,
        case when first_region_code <> last_region_code then 'ambiguous_region' end as refusal,
        case
            when first_region_code <> last_region_code then first_region_code || ' or ' || last_region_code
        end as note
    from meanings
)

select * from final

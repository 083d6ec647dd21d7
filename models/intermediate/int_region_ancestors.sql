-- A region counts for itself and for what lies above it.
{%- set steps = range(1, var('deepest_level') + 1) %}

with regions as (
    select
        region_code,
        parent_region_code
    from {{ ref('stg_regions') }}
),

steps_0 as (
    select
        region_code,
        region_code as ancestor_region_code,
        parent_region_code as next_region_code
    from regions
),
{% for step in steps %}
steps_{{ step }} as (
    select
        below.region_code,
        regions.region_code as ancestor_region_code,
        regions.parent_region_code as next_region_code
    from steps_{{ step - 1 }} as below
    inner join regions on below.next_region_code = regions.region_code
),
{% endfor %}
final as (
    {% for step in [0] + steps | list -%}
    select
        region_code,
        ancestor_region_code,
        {{ step }} as steps_up,
        next_region_code is null as is_root
    from steps_{{ step }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final

-- The reduction: every sample table to a few numbers per locality. What follows costs the same for any sample size.

with
{% for sample in sample_measures() %}
totals_{{ loop.index }} as (
    select
        edition,
        {% for code, adds in sample.measures.items() -%}
        sum({{ adds }}) as {{ code }},
        {% endfor -%}
        {{ sample.region }} as locality_code
    from {{ ref('stg_' ~ sample.table) }}
    {{ unless_kept('edition') }}
    group by edition, {{ sample.region }}
),
{% endfor %}
final as (
    {% for sample in sample_measures() -%}
    {% set sample_number = loop.index -%}
    {% for code in sample.measures -%}
    select
        edition,
        locality_code,
        '{{ code }}' as measure_code,
        cast({{ code }} as {{ type_number() }}) as amount
    from totals_{{ sample_number }}
    where {{ code }} is not null

    union all

    {% endfor -%}
    {% endfor -%}
    select
        edition,
        region_code as locality_code,
        indicator_code as measure_code,
        indicator_value as amount
    from {{ ref('stg_indicator_values') }}
    {{ unless_kept('edition') }}
)

select * from final

{% macro rank_table(cohort_code) %}
{%- set first_level_codes = [
    'enterprise_capability', 'academic_ecosystem', 'capital_environment',
    'international_openness', 'linkage_capability', 'government_response',
] -%}
with node_scores as (
    select * from {{ ref('fct_node_scores') }}
    where cohort_code = '{{ cohort_code }}'
),

regions as (
    select * from {{ ref('dim_regions') }}
),

wide as (
    select
        edition,
        region_code
        {%- for code in ['overall'] + first_level_codes %},
        max(case when node_code = '{{ code }}' then points end) as {{ code }}_score,
        max(case when node_code = '{{ code }}' then node_rank end) as {{ code }}_rank
        {%- endfor %}
    from node_scores
    group by edition, region_code
),

final as (
    select
        wide.edition,
        wide.region_code,
        regions.name_zh,
        regions.name_en,
        wide.overall_score,
        wide.overall_rank,
        case
            {%- for last_rank in var('tier_last_ranks') %}
            when wide.overall_rank <= {{ last_rank }} then {{ loop.index }}
            {%- endfor %}
            when wide.overall_rank is not null then {{ var('tier_last_ranks') | length + 1 }}
        end as tier
        {%- for code in first_level_codes %},
        wide.{{ code }}_score,
        wide.{{ code }}_rank
        {%- endfor %}
    from wide
    inner join regions on wide.region_code = regions.region_code
)

select * from final
order by edition, overall_rank, region_code
{% endmacro %}

{% macro rank_table(cohort_code) %}
{#- The contract of the model says which columns there are: overall_score and, for each first-level node, its own. -#}
{%- set first_level_codes = [] -%}
{%- for name in model.columns or [] if name.endswith('_score') and name != 'overall_score' -%}
    {%- do first_level_codes.append(name.removesuffix('_score')) -%}
{%- endfor -%}
with regions as (
    select * from {{ ref('rank_regions') }}
    where cohort_code = '{{ cohort_code }}'
),

node_scores as (
    select * from {{ ref('fct_node_scores') }}
    where cohort_code = '{{ cohort_code }}'
),

first_level as (
    select
        edition,
        region_code
        {%- for code in first_level_codes %},
        max(case when node_code = '{{ code }}' then points end) as {{ code }}_score,
        max(case when node_code = '{{ code }}' then node_rank end) as {{ code }}_rank
        {%- endfor %}
    from node_scores
    group by edition, region_code
),

final as (
    select
        regions.edition,
        regions.region_code,
        regions.name_zh,
        regions.name_en,
        regions.overall_score,
        regions.overall_rank,
        regions.tier
        {%- for code in first_level_codes %},
        first_level.{{ code }}_score,
        first_level.{{ code }}_rank
        {%- endfor %},
        regions.edition_date,
        regions.cohort_name_zh,
        regions.cohort_name_en,
        regions.iso_code,
        regions.rank_5,
        regions.rank_95
    from regions
    inner join first_level on regions.edition = first_level.edition and regions.region_code = first_level.region_code
)

select * from final
order by edition, overall_rank, region_code
{% endmacro %}

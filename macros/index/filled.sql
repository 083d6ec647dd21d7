{# What stands for each place of a sentence, in a row of rpt_findings. #}
{% macro filled(pattern) -%}
    {%- set places = {
        'cohort_zh': 'cohort_zh', 'cohort_en': 'cohort_en', 'region_zh': 'region_zh', 'region_en': 'region_en',
        'node_zh': 'node_zh', 'node_en': 'node_en', 'rank': 'node_rank', 'overall': 'overall_rank', 'tier': 'coalesce(tier, 0)',
        'points': 'cast(round(cast(points as decimal(18, 6)), 2) as decimal(18, 2))',
    } -%}
    {%- set sentence = namespace(sql=pattern) -%}
    {%- for place, value in places.items() -%}
        {%- set sentence.sql = 'replace(' ~ sentence.sql ~ ", '{" ~ place ~ "}', cast(" ~ value ~ ' as ' ~ dbt.type_string() ~ '))' -%}
    {%- endfor -%}
    {{ sentence.sql }}
{%- endmacro %}

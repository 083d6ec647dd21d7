{% macro sample_measures() %}
{{ return([
    {'model': 'stg_enterprises', 'table': 'raw_enterprises', 'key': 'enterprise_id', 'region': 'region_code', 'measures': {
        'enterprise_count': '1',
        'enterprise_patent_count': 'patent_count',
        'core_layer_enterprise_count': "case when technology_layer in ('基础层', '技术层') then 1 end",
    }},
    {'model': 'stg_technology_relations', 'table': 'raw_technology_relations', 'key': 'relation_id', 'region': 'enterprise_region_code', 'measures': {
        'technology_enabling_relation_count': "case when direction = 'enabling' then 1 end",
        'international_technology_enabling_count': "case when direction = 'enabling' and is_foreign_partner then 1 end",
        'international_technology_input_count': "case when direction = 'input' and is_foreign_partner then 1 end",
    }},
    {'model': 'stg_universities', 'table': 'raw_universities', 'key': 'university_id', 'region': 'region_code', 'measures': {
        'university_count': '1',
        'university_paper_count': 'international_paper_count',
        'university_patent_count': 'patent_count',
    }},
    {'model': 'stg_research_institutes', 'table': 'raw_research_institutes', 'key': 'institute_id', 'region': 'region_code', 'measures': {
        'institute_count': '1',
        'institute_paper_count': 'international_paper_count',
        'institute_patent_count': 'patent_count',
    }},
    {'model': 'stg_investment_relations', 'table': 'raw_investment_relations', 'key': 'relation_id', 'region': 'enterprise_region_code', 'measures': {
        'financing_relation_count': '1',
        'financing_amount': 'amount_cny_10k',
    }},
    {'model': 'stg_investment_relations', 'table': 'raw_investment_relations', 'key': 'relation_id', 'region': 'investor_region_code', 'measures': {
        'investment_relation_count': '1',
    }},
    {'model': 'stg_conferences', 'table': 'raw_conferences', 'key': 'conference_id', 'region': 'region_code', 'measures': {
        'conference_count': '1',
    }},
    {'model': 'stg_alliances', 'table': 'raw_alliances', 'key': 'alliance_id', 'region': 'region_code', 'measures': {
        'alliance_count': '1',
    }},
    {'model': 'stg_parks', 'table': 'raw_parks', 'key': 'park_id', 'region': 'region_code', 'measures': {
        'park_count': '1',
    }},
    {'model': 'stg_policies', 'table': 'raw_policies', 'key': 'policy_id', 'region': 'region_code', 'measures': {
        'policy_count': '1',
    }},
]) }}
{% endmacro %}

{% macro sample_measure_codes() -%}
    {%- set codes = [] -%}
    {%- for sample in sample_measures() %}{% do codes.extend(sample.measures) %}{% endfor -%}
    {{ sql_list(codes) }}
{%- endmacro %}

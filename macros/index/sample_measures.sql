{% macro sample_measures() %}
{{ return([
    {'table': 'enterprises', 'region': 'region_code', 'name': 'enterprise_name', 'measures': {
        'enterprise_count': '1',
        'enterprise_patent_count': 'patent_count',
        'core_layer_enterprise_count': 'case when technology_layer in ' ~ sql_list(core_layers()) ~ ' then 1 end',
    }},
    {'table': 'technology_relations', 'region': 'enterprise_region_code', 'name': "enterprise_id || ' – ' || coalesce(partner_name, '?')", 'measures': {
        'technology_enabling_relation_count': "case when direction = 'enabling' then 1 end",
        'international_technology_enabling_count': "case when direction = 'enabling' and is_foreign_partner then 1 end",
        'international_technology_input_count': "case when direction = 'input' and is_foreign_partner then 1 end",
    }},
    {'table': 'universities', 'region': 'region_code', 'name': 'university_name', 'measures': {
        'university_count': '1',
        'university_paper_count': 'international_paper_count',
        'university_patent_count': 'patent_count',
    }},
    {'table': 'research_institutes', 'region': 'region_code', 'name': 'institute_name', 'measures': {
        'institute_count': '1',
        'institute_paper_count': 'international_paper_count',
        'institute_patent_count': 'patent_count',
    }},
    {'table': 'investment_relations', 'region': 'enterprise_region_code', 'name': "investor_id || ' – ' || enterprise_id", 'measures': {
        'financing_relation_count': '1',
        'financing_amount': 'amount_cny_10k',
    }},
    {'table': 'investment_relations', 'region': 'investor_region_code', 'name': "investor_id || ' – ' || enterprise_id", 'measures': {
        'investment_relation_count': '1',
    }},
    {'table': 'conferences', 'region': 'region_code', 'name': 'conference_name', 'measures': {
        'conference_count': '1',
    }},
    {'table': 'alliances', 'region': 'region_code', 'name': 'alliance_name', 'measures': {
        'alliance_count': '1',
    }},
    {'table': 'parks', 'region': 'region_code', 'name': 'park_name', 'measures': {
        'park_count': '1',
    }},
    {'table': 'policies', 'region': 'region_code', 'name': 'policy_title', 'measures': {
        'policy_count': '1',
    }},
]) }}
{% endmacro %}

{% macro sample_measure_codes() -%}
    {%- set codes = [] -%}
    {%- for sample in sample_measures() %}{% do codes.extend(sample.measures) %}{% endfor -%}
    {{ sql_list(codes) }}
{%- endmacro %}

{% macro core_layers() -%}
    {{ return(['基础层', '技术层']) }}
{%- endmacro %}

{% macro sample_place(table) -%}
    {%- set regions = [] -%}
    {%- for sample in sample_measures() if sample.table == table %}{% do regions.append(sample.region) %}{% endfor -%}
    {%- if regions -%} coalesce({{ regions | join(', ') }}) {%- else -%} region_code {%- endif -%}
{%- endmacro %}

{% macro sample_tables() %}
    {{ return({
        'enterprises': 'enterprise_id',
        'investors': 'investor_id',
        'universities': 'university_id',
        'research_institutes': 'institute_id',
        'alliances': 'alliance_id',
        'conferences': 'conference_id',
        'policies': 'policy_id',
        'parks': 'park_id',
        'technology_relations': 'relation_id',
        'investment_relations': 'relation_id',
        'indicator_values': 'indicator_code',
    }) }}
{% endmacro %}

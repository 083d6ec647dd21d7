{% macro sample_tables() %}
    {{ return([
        'enterprises',
        'investors',
        'universities',
        'research_institutes',
        'alliances',
        'conferences',
        'policies',
        'parks',
        'technology_relations',
        'investment_relations',
        'indicator_values',
    ]) }}
{% endmacro %}

with nodes as (
    select
        *,
        {{ key_of(['edition', 'node_code']) }} as row_key
    from {{ ref('stg_nodes') }}
),

delivered as (
    select distinct
        edition,
        indicator_code
    from {{ ref('stg_indicator_values') }}
),

parents as (
    select distinct
        edition,
        parent_node_code
    from nodes
),

indicators as (
    select
        nodes.*,
        numerators.indicator_code is not null or coalesce(nodes.numerator_measure in {{ sample_measure_codes() }}, false)
            as has_numerator,
        denominators.indicator_code is not null
        or coalesce(nodes.denominator_measure in {{ sample_measure_codes() }}, nodes.denominator_measure is null) as has_denominator
    from nodes
    left join parents on nodes.edition = parents.edition and nodes.node_code = parents.parent_node_code
    left join delivered as numerators
        on nodes.edition = numerators.edition and nodes.numerator_measure = numerators.indicator_code
    left join delivered as denominators
        on nodes.edition = denominators.edition and nodes.denominator_measure = denominators.indicator_code
    where parents.parent_node_code is null
),

-- A value that no node of its own edition asks for may be of use to another edition; one that none asks for is misspelt.
codes_delivered as (
    select distinct
        delivered.indicator_code as row_key,
        delivered.indicator_code,
        nodes.node_code is not null as is_used
    from delivered
    left join nodes on delivered.indicator_code in (nodes.numerator_measure, nodes.denominator_measure)
)

{{ broken_rules('ref_nodes', 'indicators', [
    {
        'where': 'not has_numerator',
        'problem': "'the indicator has no source: ' || coalesce(numerator_measure, 'an empty numerator')"
            ~ " || ' is neither a measure of a sample table nor an indicator_code of raw_indicator_values'",
        'remedy': 'name a measure of macros/index/sample_measures.sql, or deliver its values in raw_indicator_values',
    },
    {
        'where': 'not has_denominator',
        'problem': "'the indicator has no source for its denominator ' || denominator_measure",
        'remedy': 'name a measure of macros/index/sample_measures.sql, or deliver its values in raw_indicator_values',
    },
]) }}
union distinct
{{ broken_rules('raw_indicator_values', 'codes_delivered', [
    {
        'where': 'indicator_code in ' ~ sample_measure_codes(),
        'problem': "'the ready-made value has the code of a measure of the sample tables, and would be added to it'",
        'remedy': 'give it another code, and name that as numerator or denominator in ref_nodes',
    },
    {
        'where': 'not is_used',
        'problem': "'no node has the numerator or denominator ' || indicator_code",
        'remedy': 'correct the code, or name it as numerator or denominator of an indicator in ref_nodes',
    },
]) }}

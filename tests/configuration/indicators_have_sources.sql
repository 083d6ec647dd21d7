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
        numerators.indicator_code is not null
        or coalesce(nodes.numerator_measure in {{ sample_measure_codes() }}, false) as has_numerator,
        denominators.indicator_code is not null
        or nodes.denominator_measure is null
        or nodes.denominator_measure in {{ sample_measure_codes() }} as has_denominator,
        weights.indicator_code is not null
        or nodes.group_weight_measure is null
        or nodes.group_weight_measure in {{ sample_measure_codes() }} as has_group_weight
    from nodes
    left join parents on nodes.edition = parents.edition and nodes.node_code = parents.parent_node_code
    left join delivered as numerators
        on nodes.edition = numerators.edition and nodes.numerator_measure = numerators.indicator_code
    left join delivered as denominators
        on nodes.edition = denominators.edition and nodes.denominator_measure = denominators.indicator_code
    left join delivered as weights
        on nodes.edition = weights.edition and nodes.group_weight_measure = weights.indicator_code
    where parents.parent_node_code is null
),

-- Regions for which several ready-made values of an indicator come together.
groups as (
    select
        indicators.edition,
        indicators.node_code,
        localities.cohort_code,
        localities.region_code
    from indicators
    inner join {{ ref('stg_indicator_values') }} as delivered_values
        on
            indicators.edition = delivered_values.edition
            and indicators.numerator_measure = delivered_values.indicator_code
    inner join {{ ref('int_cohort_localities') }} as localities
        on
            delivered_values.edition = localities.edition
            and delivered_values.region_code = localities.locality_code
    where indicators.denominator_measure is null and indicators.group_rule is null
    group by indicators.edition, indicators.node_code, localities.cohort_code, localities.region_code
    having count(distinct delivered_values.region_code) > 1
),

undeclared_groups as (
    select
        {{ key_of(['edition', 'node_code']) }} as row_key,
        count(*) as group_count,
        min({{ in_byte_order("cohort_code || ', ' || region_code") }}) as first_group
    from groups
    group by edition, node_code
),

-- A value that no node of its own edition asks for may be of use to another edition; one that none asks for is
-- misspelt.
codes_delivered as (
    select distinct
        delivered.indicator_code as row_key,
        delivered.indicator_code,
        nodes.node_code is not null as is_used
    from delivered
    left join nodes
        on delivered.indicator_code in (nodes.numerator_measure, nodes.denominator_measure, nodes.group_weight_measure)
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
    {
        'where': 'not has_group_weight',
        'problem': "'the indicator has no source for its group_weight ' || group_weight_measure",
        'remedy': 'name a measure of macros/index/sample_measures.sql, or deliver its values in raw_indicator_values',
    },
]) }}
union distinct
{{ broken_rules('ref_nodes', 'undeclared_groups', [{
    'where': '1 = 1',
    'problem': "'group_rule is empty, and several values come together for ' || group_count || ' region(s), such as ' || first_group",
    'remedy': 'say whether they are a sum, a mean weighted by group_weight, or none, because they are rates and have no such mean',
}]) }}
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

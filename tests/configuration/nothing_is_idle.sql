-- Rows that no indicator counts, and indicators that nobody has: forgotten, misspelt, or in a unit no method takes.
{%- set read = {} %}
{%- for sample in sample_measures() %}
{%- for table in [sample.table, sample.region | replace('_region_code', 's')] if table in sample_tables() %}
{%- do read.setdefault(table, []).extend(sample.measures) %}
{%- endfor %}
{%- endfor %}

with nodes as (
    select * from {{ ref('int_nodes') }}
),

accepted as (
    select
        table_name,
        sum(row_count) as row_count
    from {{ ref('int_delivered_rows') }}
    where reason is null
    group by table_name
),

table_measures as (
    {% for table, codes in read.items() -%}
    {% set table_number = loop.index -%}
    {% for code in codes -%}
    select
        'raw_{{ table }}' as table_name,
        '{{ code }}' as measure_code
    {{ 'union all' if not loop.last or table_number < read | length }}
    {% endfor -%}
    {% endfor %}
),

tables as (
    select
        accepted.table_name as row_key,
        accepted.row_count,
        count(nodes.node_code) as reader_count
    from accepted
    inner join table_measures on accepted.table_name = table_measures.table_name
    left join nodes
        on table_measures.measure_code in (
            nodes.numerator_measure, nodes.denominator_measure, nodes.group_weight_measure
        )
    group by accepted.table_name, accepted.row_count
),

-- A count is forgotten if no edition has it; a ready-made value was delivered for its own.
scored as (
    select
        nodes.edition,
        nodes.node_code,
        nodes.is_indicator,
        nodes.numerator_measure in {{ sample_measure_codes() }} as is_counted,
        nodes.parent_node_code is null as is_root,
        count(scores.score) as score_count
    from nodes
    inner join {{ ref('int_node_scores') }} as scores
        on nodes.edition = scores.edition and nodes.node_code = scores.node_code
    where scores.scenario_code = 'baseline'
    group by
        nodes.edition, nodes.node_code, nodes.is_indicator, nodes.numerator_measure, nodes.parent_node_code
),

nobody as (
    select
        *,
        {{ key_of(['edition', 'node_code']) }} as row_key,
        max(score_count) over (partition by node_code) as greatest_score_count
    from scored
    where is_indicator or is_root
)

{{ broken_rules('the samples', 'tables', [{
    'where': 'reader_count = 0',
    'problem': "row_count || ' row(s) were accepted, and no node counts them'",
    'remedy': 'name a measure of the table in ref_nodes, or leave the rows out',
}]) }}
union distinct
{{ broken_rules('ref_nodes', 'nobody', [{
    'where': 'score_count = 0 and (not is_indicator or not is_counted or greatest_score_count = 0)',
    'problem': "'no region has a score'",
    'remedy': 'see raw_value and transformed_value in intermediate.int_normalised_values: deliver values, give it a method that takes'
        ~ ' them, or a missing_rule with which a part of them suffices',
}]) }}

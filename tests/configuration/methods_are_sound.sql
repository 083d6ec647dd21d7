with nodes as (
    select
        edition,
        node_code
    from {{ ref('stg_nodes') }}
),

cohorts as (
    select cohort_code from {{ ref('stg_cohorts') }}
),

stated as (
    select
        *,
        {{ key_of(['edition', 'cohort_code', 'node_code']) }} as row_key,
        {{ parse('number', 'lower_goalpost') }} as lower_number,
        {{ parse('number', 'upper_goalpost') }} as upper_number,
        count(*) over (partition by edition, cohort_code, node_code) as copies
    from {{ ref('stg_methods') }}
),

methods as (
    select
        stated.*,
        nodes.node_code is not null or coalesce(stated.node_code = '*', false) as has_node,
        cohorts.cohort_code is not null or coalesce(stated.cohort_code = '*', false) as has_cohort
    from stated
    left join nodes on stated.edition = nodes.edition and stated.node_code = nodes.node_code
    left join cohorts on stated.cohort_code = cohorts.cohort_code
),

nodes_without_method as (
    select {{ key_of(['nodes.edition', 'nodes.node_code', 'cohorts.cohort_code']) }} as row_key
    from nodes
    cross join cohorts
    left join stated
        on
            nodes.edition = stated.edition
            and stated.node_code in (nodes.node_code, '*')
            and stated.cohort_code in (cohorts.cohort_code, '*')
    where stated.edition is null
)

{{ broken_rules('ref_methods', 'methods', [
    stands_once(),
    {
        'where': 'lower_number >= upper_number',
        'problem': "'lower_goalpost ' || lower_goalpost || ' is not below upper_goalpost ' || upper_goalpost",
        'remedy': 'the lower goalpost is the smaller number whatever the direction',
    },
    {
        'where': 'is_clamped is null or rank_decimals is null or rank_decimals not between 0 and 12',
        'problem': "'is_clamped or rank_decimals is missing or unusable'",
        'remedy': 'is_clamped is true or false, rank_decimals a whole number from 0 to 12',
    },
    {
        'where': "missing_rule = 'zero' and aggregator in ('geometric', 'harmonic')",
        'problem': "'missing_rule is zero under a mean that is ' || aggregator",
        'remedy': 'a product with nothing is nothing; write unknown, or reweight',
    },
    {
        'where': 'least_observed_share not between 0 and 1',
        'problem': "'least_observed_share is ' || least_observed_share",
        'remedy': 'write a share from 0 to 1; 0 if any will do',
    },
    {
        'where': 'not (has_node and has_cohort)',
        'problem': "'no such node or cohort'",
        'remedy': 'write a node_code of the edition and a cohort_code, or *',
    },
] + rules_of_names_and_goalposts()) }}
union distinct
{{ broken_rules('ref_methods', 'nodes_without_method', [{
    'where': '1 = 1',
    'problem': "'the node has no method in this cohort'",
    'remedy': 'add a row for it, or one with *',
}]) }}

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
        {{ goalpost_number('lower_goalpost') }} as lower_number,
        {{ goalpost_number('upper_goalpost') }} as upper_number,
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
        'where': 'is_clamped is null or rank_decimals is null or rank_decimals not between 0 and 12',
        'problem': "'is_clamped or rank_decimals is missing or unusable'",
        'remedy': 'is_clamped is true or false, rank_decimals a whole number from 0 to 12',
    },
    {
        'where': 'least_observed_share not between 0 and 1',
        'problem': "'least_observed_share is ' || least_observed_share",
        'remedy': 'write a share from 0 to 1; 0 if any will do',
    },
    {
        'where': 'least_ranked_share not between 0 and 1',
        'problem': "'least_ranked_share is ' || least_ranked_share",
        'remedy': 'write a share from 0 to 1; 0 if any will do',
    },
    {
        'where': "treatment <> 'none' and (most_winsorised is null or most_winsorised not between 1 and " ~ var('most_winsorised')
            ~ ' or skewness_limit is null or kurtosis_limit is null)',
        'problem': "'most_winsorised, skewness_limit or kurtosis_limit is missing or unusable under the treatment ' || treatment",
        'remedy': 'write how many values may be moved, from 1 to the variable most_winsorised, and the limits, in the COIN Tool 2 and 3.5',
    },
    {
        'where': "treatment = 'winsorise_or_log' and (lower_number is not null or upper_number is not null)",
        'problem': "'a goalpost in the unit of the indicator, and the treatment ' || treatment",
        'remedy': 'after a logarithm the unit is another one; write observed goalposts, or the treatment winsorise',
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

with nodes as (
    select distinct node_code from {{ ref('stg_nodes') }}
),

cohorts as (
    select cohort_code from {{ ref('stg_cohorts') }}
),

scenarios as (
    select
        *,
        coalesce(scenario_code, '?') as row_key,
        count(*) over (partition by scenario_code) as copies
    from {{ ref('stg_scenarios') }}
),

stated as (
    select
        *,
        coalesce(file_name || ': ', '') || {{ key_of(['scenario_code', 'cohort_code', 'node_code']) }} as row_key,
        {{ goalpost_number('lower_goalpost') }} as lower_number,
        {{ goalpost_number('upper_goalpost') }} as upper_number,
        count(*) over (partition by scenario_code, cohort_code, node_code) as copies
    from {{ ref('stg_scenario_overrides') }}
),

overrides as (
    select
        stated.*,
        scenarios.scenario_code is not null as has_scenario,
        nodes.node_code is not null or coalesce(stated.node_code = '*', false) as has_node,
        cohorts.cohort_code is not null or coalesce(stated.cohort_code = '*', false) as has_cohort,
        coalesce(
            {%- for column in scenario_columns() %}
            cast(stated.{{ column }} as {{ dbt.type_string() }}){{ ',' if not loop.last }}
            {%- endfor %}
        ) is not null as changes_something
    from stated
    left join scenarios on stated.scenario_code = scenarios.scenario_code
    left join nodes on stated.node_code = nodes.node_code
    left join cohorts on stated.cohort_code = cohorts.cohort_code
),

-- Of what follows from the rows, as every cohort has it.
weights as (
    select
        scenario_code as row_key,
        edition,
        cohort_code,
        parent_node_code,
        sibling_share
    from {{ ref('int_node_weights') }}
)

{{ broken_rules('ref_scenarios', 'scenarios', [
    stands_once(),
    {
        'where': 'scenario_code is null or not ' ~ matches('scenario_code', '^[a-z0-9_]*[*]?[a-z0-9_]*$'),
        'problem': "'scenario_code is ' || " ~ shown('scenario_code'),
        'remedy': 'write lower case letters, digits and underscores, and at most one star, which stands for a node',
    },
    {
        'where': "scenario_code like '%*%' and (coalesce(name_zh, name_en) not like '%*%' or coalesce(name_en, name_zh) not like '%*%'"
            ~ ' or coalesce(name_zh, name_en) is null)',
        'problem': "'a code with a star, and a name without'",
        'remedy': 'write a star where the name of the node belongs',
    },
]) }}
union distinct
{{ broken_rules('ref_scenario_overrides', 'overrides', [
    stands_once(),
    {
        'where': 'not has_scenario',
        'problem': "'no such scenario'",
        'remedy': 'add it to ref_scenarios, or correct scenario_code',
    },
    {
        'where': "scenario_code = 'baseline' or scenario_code like '%*%'",
        'problem': "'the scenario is not one that rows can change'",
        'remedy': 'the baseline is what ref_methods says, and a star leaves nodes out; write another scenario_code',
    },
    {
        'where': 'not (has_node and has_cohort)',
        'problem': "'no such node or cohort'",
        'remedy': 'write a node_code and a cohort_code, or *',
    },
    {
        'where': 'not changes_something',
        'problem': "'the row changes nothing, or what it says is no number'",
        'remedy': 'fill in a cell, as a number where one is due, or remove the row',
    },
] + rules_of_names_and_goalposts(required=false)) }}
union distinct
{{ broken_rules('ref_scenario_overrides', 'weights', [{
    'where': 'parent_node_code is not null and sibling_share is null',
    'problem': "'in edition ' || edition || ' and the cohort ' || cohort_code || ' the children of ' || parent_node_code || ' weigh nothing'",
    'remedy': 'give at least one of them a weight',
}]) }}

-- The method of each node in each cohort. A row that names the node beats one that names the cohort.

with nodes as (
    select
        edition,
        node_code
    from {{ ref('int_nodes') }}
),

cohorts as (
    select cohort_code from {{ ref('stg_cohorts') }}
),

methods as (
    select * from {{ ref('stg_methods') }}
),

candidates as (
    select
        nodes.edition,
        cohorts.cohort_code,
        nodes.node_code,
        methods.transform,
        methods.normaliser,
        methods.aggregator,
        case when methods.lower_goalpost <> 'observed' then {{ parse('number', 'methods.lower_goalpost') }} end
            as lower_goalpost,
        case when methods.upper_goalpost <> 'observed' then {{ parse('number', 'methods.upper_goalpost') }} end
            as upper_goalpost,
        methods.missing_rule,
        methods.least_observed_share,
        methods.rank_decimals,
        methods.is_clamped,
        row_number() over (
            partition by nodes.edition, cohorts.cohort_code, nodes.node_code
            order by
                case when methods.node_code = '*' then 1 else 0 end,
                case when methods.cohort_code = '*' then 1 else 0 end
        ) as preference
    from nodes
    cross join cohorts
    inner join methods
        on
            nodes.edition = methods.edition
            and methods.node_code in (nodes.node_code, '*')
            and methods.cohort_code in (cohorts.cohort_code, '*')
),

final as (
    select
        edition,
        cohort_code,
        node_code,
        transform,
        normaliser,
        aggregator,
        cast(lower_goalpost as {{ type_double() }}) as lower_goalpost,
        cast(upper_goalpost as {{ type_double() }}) as upper_goalpost,
        missing_rule,
        coalesce(least_observed_share, 0) as least_observed_share,
        rank_decimals,
        is_clamped
    from candidates
    where preference = 1
)

select * from final

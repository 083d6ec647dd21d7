with scores as (
    select * from {{ ref('int_replication_scores') }}
),

units as (
    select * from {{ ref('int_ranked_units') }}
),

replications as (
    select * from {{ ref('int_replications') }}
),

node_scores as (
    select * from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline' and node_rank is not null
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

{{ numbered_nodes() }},

without_a_score as (
    {%- call(place) each_place() %}
    select
        replication_number,
        unit_number,
        {{ place }} as place
    from scores
    where score_{{ place }} is null
    {%- endcall %}
),

incomplete as (
    select
        units.edition,
        without_a_score.replication_number,
        units.cohort_code,
        units.region_code,
        numbered_nodes.node_code
    from without_a_score
    inner join units on without_a_score.unit_number = units.unit_number
    inner join numbered_nodes on units.edition = numbered_nodes.edition and without_a_score.place = numbered_nodes.place
),

unit_counts as (
    select
        edition,
        count(*) as unit_count
    from units
    group by edition
),

row_counts as (
    select
        units.edition,
        scores.replication_number,
        count(*) as row_count
    from scores
    inner join units on scores.unit_number = units.unit_number
    group by units.edition, scores.replication_number
)

select
    replications.edition,
    replications.replication_number,
    replications.normaliser,
    replications.aggregator,
    incomplete.cohort_code,
    incomplete.region_code,
    incomplete.node_code,
    'the replication gives the region no score' as problem
from incomplete
inner join node_scores
    on
        incomplete.edition = node_scores.edition
        and incomplete.cohort_code = node_scores.cohort_code
        and incomplete.region_code = node_scores.region_code
        and incomplete.node_code = node_scores.node_code
inner join replications
    on incomplete.edition = replications.edition and incomplete.replication_number = replications.replication_number

union all

select
    replications.edition,
    replications.replication_number,
    replications.normaliser,
    replications.aggregator,
    null as cohort_code,
    null as region_code,
    null as node_code,
    'the replication lacks a region' as problem
from replications
inner join unit_counts on replications.edition = unit_counts.edition
left join row_counts
    on replications.edition = row_counts.edition and replications.replication_number = row_counts.replication_number
where row_counts.row_count is null or row_counts.row_count <> unit_counts.unit_count

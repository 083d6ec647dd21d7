-- Ranks from their histogram, which says the same as the replications and is a hundredth of them.

with distribution as (
    select * from {{ ref('fct_rank_distribution') }}
),

scores as (
    select * from {{ ref('int_replication_scores') }}
),

units as (
    select * from {{ ref('int_ranked_units') }}
),

node_scores as (
    select * from {{ ref('int_node_scores') }}
    where scenario_code = 'baseline'
),

methods as (
    select * from {{ ref('int_methods') }}
    where scenario_code = 'baseline'
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

{{ numbered_nodes() }},

cumulated as (
    select
        distribution.*,
        node_scores.node_rank as nominal_rank,
        node_scores.score as nominal_score,
        sum(distribution.replication_count) over (
            partition by
                distribution.edition, distribution.cohort_code, distribution.region_code, distribution.node_code
            order by distribution.node_rank
            rows between unbounded preceding and current row
        ) as count_so_far,
        sum(distribution.replication_count) over (
            partition by
                distribution.edition, distribution.cohort_code, distribution.region_code, distribution.node_code
        ) as whole_count
    from distribution
    inner join node_scores
        on
            distribution.edition = node_scores.edition
            and distribution.cohort_code = node_scores.cohort_code
            and distribution.region_code = node_scores.region_code
            and distribution.node_code = node_scores.node_code
),

-- A percentile is the least rank that so large a share of the replications does not exceed.
ranks as {{ computed_once() }} (
    select
        edition,
        cohort_code,
        region_code,
        node_code,
        max(nominal_rank) as nominal_rank,
        max(nominal_score) as nominal_score,
        {%- for percentile in [5, 50, 95] %}
        min(case when count_so_far * 100 >= whole_count * {{ percentile }} then node_rank end) as rank_{{ percentile }},
        {%- endfor %}
        cast(sum(cast(node_rank as {{ dbt.type_bigint() }}) * replication_count) as {{ type_double() }})
        / max(whole_count) as mean_rank,
        {%- for name, condition in {
            'at_nominal_rank': 'node_rank = nominal_rank',
            'in_first_5': 'node_rank <= 5',
            'in_first_10': 'node_rank <= 10',
        }.items() %}
        cast(sum(case when {{ condition }} then replication_count else 0 end) as {{ type_double() }})
        / max(whole_count) as share_{{ name }},
        {%- endfor %}
        max(whole_count) as replication_count
    from cumulated
    group by edition, cohort_code, region_code, node_code
),

score_quantiles as {{ computed_once() }} (
    {%- call(place) each_place() %}
    select
        unit_number,
        {{ place }} as place,
        {{ quantiles('score_' ~ place, [0.05, 0.5, 0.95]) }} as score_quantiles,
        cast(sum(score_{{ place }}) as {{ type_double() }}) / count(*) as mean_score
    from scores
    where score_{{ place }} is not null
    group by unit_number
    {%- endcall %}
),

score_quantiles_by_code as {{ computed_once() }} (
    select
        units.edition,
        units.cohort_code,
        units.region_code,
        numbered_nodes.node_code,
        score_quantiles.score_quantiles,
        score_quantiles.mean_score
    from score_quantiles
    inner join units on score_quantiles.unit_number = units.unit_number
    inner join numbered_nodes on units.edition = numbered_nodes.edition and score_quantiles.place = numbered_nodes.place
),

final as (
    select
        ranks.edition,
        ranks.cohort_code,
        ranks.region_code,
        ranks.node_code,
        ranks.nominal_rank,
        ranks.rank_50 as median_rank,
        ranks.mean_rank,
        ranks.rank_5,
        ranks.rank_95,
        ranks.nominal_score,
        {%- for name in ['score_5', 'median_score', 'score_95'] %}
        100 * cast({{ element('score_quantiles_by_code.score_quantiles', loop.index) }} as {{ type_double() }})
        / power(10, methods.rank_decimals) as {{ name }},
        {%- endfor %}
        100 * score_quantiles_by_code.mean_score / power(10, methods.rank_decimals) as mean_score,
        ranks.share_at_nominal_rank,
        ranks.share_in_first_5,
        ranks.share_in_first_10,
        cast(ranks.replication_count as {{ dbt.type_int() }}) as replication_count
    from ranks
    inner join score_quantiles_by_code
        on
            ranks.edition = score_quantiles_by_code.edition
            and ranks.cohort_code = score_quantiles_by_code.cohort_code
            and ranks.region_code = score_quantiles_by_code.region_code
            and ranks.node_code = score_quantiles_by_code.node_code
    inner join methods
        on
            ranks.edition = methods.edition
            and ranks.cohort_code = methods.cohort_code
            and ranks.node_code = methods.node_code
)

select * from final
order by edition, cohort_code, node_code, nominal_rank, region_code

{% macro refutation_inputs() %}
with figures as (
    select distinct
        edition,
        figure_type,
        cohort_code,
        region_code,
        node_code,
        cast(printed_value as {{ type_double() }}) as printed_value,
        cast(case when figure_type = 'score' then rounding else 0 end as {{ type_double() }}) as rounding
    from {{ ref('stg_published_figures') }}
    where figure_type in ('score', 'rank') and contradicted_by is null and node_code is not null
),

nodes as (
    select
        edition,
        node_code,
        parent_node_code,
        node_level,
        denominator_measure,
        100 * effective_weight as full_points
    from {{ ref('dim_nodes') }}
),

members as (
    select * from {{ ref('stg_cohort_members') }}
),

scores as (
    select
        figures.edition,
        figures.cohort_code,
        figures.region_code,
        figures.node_code,
        figures.printed_value,
        figures.rounding,
        nodes.node_level,
        nodes.full_points
    from figures
    inner join nodes on figures.edition = nodes.edition and figures.node_code = nodes.node_code
    where figures.figure_type = 'score'
)
{%- endmacro %}


{% macro refutation_result(score_proofs, rank_proofs=[]) %}
inequalities as (
    {% for proof in score_proofs + rank_proofs -%}
    select
        method_name,
        cohort_code,
        node_code,
        inequality,
        cast(printed_side as {{ type_double() }}) as printed_side,
        cast(method_side as {{ type_double() }}) as method_side,
        score_count,
        refuted_score_count,
        {{ 'rank_count' if proof in rank_proofs else '0 as rank_count' }},
        {{ 'refuted_rank_count' if proof in rank_proofs else '0 as refuted_rank_count' }}
    from {{ proof }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

printed_counts as (
    select
        sum(case when figure_type = 'score' then 1 else 0 end) as score_count,
        sum(case when figure_type = 'rank' then 1 else 0 end) as rank_count
    from figures
    where edition in (select nodes.edition from nodes)
),

methods as (
    select
        inequalities.method_name,
        count(*) as inequality_count,
        sum(
            case when inequalities.refuted_score_count + inequalities.refuted_rank_count > 0 then 1 else 0 end
        ) as violated_count,
        sum(inequalities.score_count) as tested_score_count,
        sum(inequalities.refuted_score_count) as refuted_score_count,
        max(printed_counts.score_count) - sum(inequalities.refuted_score_count) as unrefuted_score_count,
        sum(inequalities.rank_count) as tested_rank_count,
        sum(inequalities.refuted_rank_count) as refuted_rank_count,
        max(printed_counts.rank_count) - sum(inequalities.refuted_rank_count) as unrefuted_rank_count
    from inequalities
    cross join printed_counts
    group by inequalities.method_name
)

{% if var('refutation', 'methods') == 'inequalities' -%}
select * from inequalities
order by method_name, cohort_code, node_code, inequality
{%- else -%}
select * from methods
order by refuted_score_count desc, method_name asc
{%- endif %}
{%- endmacro %}

-- What if a weight were 20 % higher? Its siblings give way in proportion. For arithmetic means, from the node to the
-- root; ref_scenarios has what-ifs of every kind, built and ranked like the index itself.
with asked as (
    select
        2024 as edition,
        'province' as cohort_code,
        'government_response' as node_code,
        1.2 as factor
),

scores as (
    select scores.*
    from asked
    inner join marts.fct_node_scores as scores
        on asked.edition = scores.edition and asked.cohort_code = scores.cohort_code
),

changed as (
    select
        roots.region_name_zh,
        roots.region_name_en,
        roots.score,
        roots.node_rank,
        nodes.label_zh as node_label_zh,
        nodes.effective_weight,
        -- share x score of the node, beside what the parent had, on the weights that now sum to more than one
        roots.score + parents.effective_weight * (
            (parents.score + (asked.factor - 1) * nodes.effective_weight / parents.effective_weight * nodes.score)
            / (1 + (asked.factor - 1) * nodes.effective_weight / parents.effective_weight)
            - parents.score
        ) as new_score
    from asked
    inner join scores as nodes on asked.node_code = nodes.node_code
    inner join scores as parents
        on nodes.parent_node_code = parents.node_code and nodes.region_code = parents.region_code
    inner join scores as roots
        on nodes.region_code = roots.region_code and roots.parent_node_code is null
),

final as (
    select
        region_name_zh,
        region_name_en,
        node_label_zh,
        effective_weight,
        score,
        node_rank,
        new_score,
        -- Equal up to floating point is equal.
        cast(rank() over (order by round(new_score, 6) desc) as integer) as new_rank,
        node_rank - cast(rank() over (order by round(new_score, 6) desc) as integer) as places_won
    from changed
)

select * from final
order by new_rank, region_name_en

-- Moving the share of node k among its siblings from p to q, the siblings giving way in proportion, changes the
-- distance D of two neighbours to D + (q - p) W (d_k - d_parent) / (1 - p), with W the effective weight of the parent
-- and d the distances in the nodes. It is zero at q = p - D (1 - p) / (W (d_k - d_parent)).

with gaps as (
    select * from {{ ref('int_neighbour_gaps') }}
),

units as (
    select * from {{ ref('int_ranked_units') }}
),

nodes as (
    select * from {{ ref('int_nodes') }}
),

distances as (
    select
        edition,
        cohort_code,
        region_code,
        next_value - node_value as distance
    from gaps
    where parent_node_code is null
),

solved as (
    select
        gaps.*,
        gaps.sibling_share - distances.distance * (1 - gaps.sibling_share) / nullif(
            gaps.parent_effective_weight * (
                (gaps.next_value - gaps.node_value) - (gaps.next_parent_value - gaps.parent_value)
            ),
            0
        ) as swap_share
    from gaps
    inner join distances
        on
            gaps.edition = distances.edition
            and gaps.cohort_code = distances.cohort_code
            and gaps.region_code = distances.region_code
    where
        gaps.is_additive
        and gaps.parent_node_code is not null
        and gaps.sibling_share > 0
        and gaps.sibling_share < 1
),

final as (
    select
        solved.edition,
        solved.cohort_code,
        solved.next_region_code as upper_region_code,
        solved.region_code as lower_region_code,
        solved.node_code,
        upper_units.nominal_rank as upper_rank,
        lower_units.nominal_rank as lower_rank,
        solved.sibling_share,
        solved.swap_share,
        cast(nodes.printed_weight as {{ type_double() }}) as printed_weight,
        cast(nodes.printed_weight as {{ type_double() }})
        * solved.swap_share * (1 - solved.sibling_share)
        / (solved.sibling_share * (1 - solved.swap_share)) as swap_weight,
        solved.swap_share * (1 - solved.sibling_share)
        / (solved.sibling_share * (1 - solved.swap_share)) as weight_factor,
        solved.swap_share - solved.sibling_share as share_change,
        cast(row_number() over (
            partition by solved.edition, solved.cohort_code, solved.region_code
            order by
                round(cast(abs(solved.swap_share - solved.sibling_share) as decimal(24, 12)), 9),
                {{ in_byte_order('solved.node_code') }}
        ) as {{ dbt.type_int() }}) as change_order
    from solved
    inner join units as lower_units
        on
            solved.edition = lower_units.edition
            and solved.cohort_code = lower_units.cohort_code
            and solved.region_code = lower_units.region_code
    inner join units as upper_units
        on
            solved.edition = upper_units.edition
            and solved.cohort_code = upper_units.cohort_code
            and solved.next_region_code = upper_units.region_code
    inner join nodes on solved.edition = nodes.edition and solved.node_code = nodes.node_code
    -- Regions that tie, and a node that is the whole distance, are apart from the bounds by what arithmetic leaves in
    -- the last bits.
    where
        upper_units.nominal_rank < lower_units.nominal_rank
        and solved.swap_share > 1e-9
        and solved.swap_share < 1 - 1e-9
)

select * from final
order by edition, cohort_code, upper_rank, lower_region_code, change_order

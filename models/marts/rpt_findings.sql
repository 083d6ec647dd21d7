-- Sentences with their places filled. What holds in 95 of 100 replications is firm, in 75 likely, else open. A finding
-- of the warehouse holds as it is made from the marts; a sentence of the report is confirmed if all it asserts is so.
{%- set text = dbt.type_string() %}
{%- set quote = text_literal("'") %}
{%- set firmness %}
case when firm_share >= 0.95 then 'firm' when firm_share >= 0.75 then 'likely' when firm_share is not null then 'open' end
{%- endset %}

with nodes as (
    select * from {{ ref('dim_nodes') }}
),

cohorts as (
    select * from {{ ref('dim_cohorts') }}
),

regions as (
    select * from {{ ref('dim_regions') }}
),

editions as (
    select * from {{ ref('dim_editions') }}
),

contributions as (
    select * from {{ ref('fct_contributions') }}
),

distribution as (
    select * from {{ ref('fct_rank_distribution') }}
),

pair_swaps as (
    select * from {{ ref('fct_pair_swaps') }}
),

claims as (
    select * from {{ ref('stg_claims') }}
),

-- Rank, overall rank and tier of each region.
facts as (
    select
        contributions.edition,
        contributions.cohort_code,
        contributions.region_code,
        contributions.node_code,
        nodes.node_level,
        contributions.points,
        contributions.node_rank,
        contributions.node_rank + contributions.rank_lead as overall_rank,
        contributions.rank_lead,
        contributions.standing,
        {{ tier('contributions.node_rank + contributions.rank_lead', 'editions.tier_last_ranks') }} as tier,
        editions.tier_last_ranks,
        coalesce(regions.name_zh, regions.name_en, contributions.region_code) as region_zh,
        coalesce(regions.name_en, regions.name_zh, contributions.region_code) as region_en,
        coalesce(nodes.name_zh, nodes.name_en, nodes.node_code) as node_zh,
        coalesce(nodes.name_en, nodes.name_zh, nodes.node_code) as node_en,
        coalesce(cohorts.name_zh, cohorts.name_en, cohorts.cohort_code) as cohort_zh,
        coalesce(cohorts.name_en, cohorts.name_zh, cohorts.cohort_code) as cohort_en
    from contributions
    inner join nodes on contributions.edition = nodes.edition and contributions.node_code = nodes.node_code
    inner join editions on contributions.edition = editions.edition
    inner join cohorts on contributions.cohort_code = cohorts.cohort_code
    left join regions on contributions.region_code = regions.region_code
    where contributions.node_rank is not null
),

-- In what share of the replications it is so.
shares as (
    select
        facts.edition,
        facts.cohort_code,
        facts.region_code,
        facts.node_code,
        {%- set whole = 'cast(sum(distribution.replication_count) as ' ~ type_double() ~ ')' %}
        {%- for name, condition in {
            'first_share': 'distribution.node_rank = 1',
            'tier_share': tier('distribution.node_rank', 'facts.tier_last_ranks') ~ ' = facts.tier',
            'strength_share': 'distribution.node_rank = 1 or distribution.node_rank < facts.overall_rank',
            'weakness_share': 'distribution.node_rank > facts.overall_rank',
            'rank_share': 'distribution.node_rank = facts.node_rank',
        }.items() %}
        sum(case when {{ condition }} then distribution.replication_count else 0 end) / {{ whole }} as {{ name }},
        {%- endfor %}
        max(facts.node_rank) as node_rank
    from facts
    inner join distribution
        on
            facts.edition = distribution.edition
            and facts.cohort_code = distribution.cohort_code
            and facts.region_code = distribution.region_code
            and facts.node_code = distribution.node_code
    group by facts.edition, facts.cohort_code, facts.region_code, facts.node_code
),

-- The best strength and the worst weakness of a region.
ordered as (
    select
        facts.*,
        shares.first_share,
        shares.tier_share,
        shares.strength_share,
        shares.weakness_share,
        row_number() over (
            partition by facts.edition, facts.cohort_code, facts.region_code, facts.node_level, facts.standing
            order by facts.node_rank, {{ in_byte_order('facts.node_code') }}
        ) as place_from_best,
        row_number() over (
            partition by facts.edition, facts.cohort_code, facts.region_code, facts.node_level, facts.standing
            order by facts.node_rank desc, {{ in_byte_order('facts.node_code') }}
        ) as place_from_worst
    from facts
    left join shares
        on
            facts.edition = shares.edition
            and facts.cohort_code = shares.cohort_code
            and facts.region_code = shares.region_code
            and facts.node_code = shares.node_code
    where facts.node_level <= 1
),

said as (
    select
        'leader' as kind,
        1 as kind_order,
        ordered.*,
        ordered.first_share as firm_share,
        '{cohort_zh}中，{region_zh}的{node_zh}排名第一。' as pattern_zh,
        'Among {cohort_en}, {region_en} is first in {node_en}.' as pattern_en,
        'node_rank = 1' as condition
    from ordered
    where ordered.node_rank = 1

    union all

    select
        'tier' as kind,
        2 as kind_order,
        ordered.*,
        ordered.tier_share as firm_share,
        '{region_zh}以{points}分在{cohort_zh}中排名第{rank}，属于第{tier}梯队。' as pattern_zh,
        '{region_en} is number {rank} of {cohort_en} with {points} points, in tier {tier}.' as pattern_en,
        'node_rank = {rank} and round(cast(points as decimal(18, 6)), 2) = {points}' as condition
    from ordered
    where ordered.node_level = 0 and ordered.tier is not null

    union all

    select
        'strength' as kind,
        3 as kind_order,
        ordered.*,
        ordered.strength_share as firm_share,
        '{region_zh}（综合排名第{overall}）在{node_zh}方面具有优势，在{cohort_zh}中排名第{rank}。' as pattern_zh,
        '{region_en}, number {overall} of {cohort_en} overall, is strong in {node_en}: number {rank}.' as pattern_en,
        {{ text_literal("standing = 'strength' and node_rank = {rank}") }} as condition
    from ordered
    where ordered.node_level = 1 and ordered.standing = 'strength' and ordered.place_from_best = 1

    union all

    select
        'weakness' as kind,
        4 as kind_order,
        ordered.*,
        ordered.weakness_share as firm_share,
        '{region_zh}（综合排名第{overall}）在{node_zh}方面表现偏弱，在{cohort_zh}中排名第{rank}。' as pattern_zh,
        '{region_en}, number {overall} of {cohort_en} overall, is weak in {node_en}: number {rank}.' as pattern_en,
        {{ text_literal("standing = 'weakness' and node_rank = {rank}") }} as condition
    from ordered
    where ordered.node_level = 1 and ordered.standing = 'weakness' and ordered.place_from_worst = 1
),

generated as (
    select
        kind || '.' || cohort_code || '.' || region_code || '.' || node_code as finding_code,
        edition,
        cohort_code,
        region_code,
        node_code,
        kind,
        {% for column in ['pattern_zh', 'pattern_en', 'condition'] -%}
        {{ filled(column) }} as {{ column }},
        {% endfor -%}
        firm_share,
        kind_order * 100000 + node_rank as sort_order
    from said
),

close_pairs as (
    select
        pair_swaps.edition,
        pair_swaps.cohort_code,
        pair_swaps.lower_region_code as region_code,
        pair_swaps.upper_rank,
        uppers.node_code,
        1 - pair_swaps.swap_share - pair_swaps.tie_share as firm_share,
        uppers.region_zh || '领先' || lowers.region_zh || '，但两者名次相近，难分先后。' as sentence_zh,
        uppers.region_en || ' is ahead of ' || lowers.region_en || ', but their order is not firm.' as sentence_en,
        pair_swaps.upper_region_code
    from pair_swaps
    inner join facts as uppers
        on
            pair_swaps.edition = uppers.edition
            and pair_swaps.cohort_code = uppers.cohort_code
            and pair_swaps.upper_region_code = uppers.region_code
            and uppers.node_level = 0
    inner join facts as lowers
        on
            pair_swaps.edition = lowers.edition
            and pair_swaps.cohort_code = lowers.cohort_code
            and pair_swaps.lower_region_code = lowers.region_code
            and lowers.node_level = 0
    where pair_swaps.swap_share >= 0.25
),

tier_sizes as (
    select
        edition,
        cohort_code,
        count(*) as region_count
    from facts
    where node_level = 0 and tier = 1
    group by edition, cohort_code
),

-- What the report asserts, beside what the marts have.
judged as (
    select
        claims.*,
        case
            when claims.asserted = 'regions_in_first_tier'
                then
                    '(select count(*) from {{ this.schema }}.rank_regions where edition = '
                    || cast(claims.edition as {{ text }})
                    || ' and cohort_code = ' || {{ quote }} || claims.cohort_code || {{ quote }}
                    || ' and tier = 1) = ' || claims.asserted_value
            else
                'exists (select 1 from {{ this.schema }}.'
                || case when claims.asserted = 'tier' then 'fct_node_scores' else 'fct_contributions' end
                || ' where edition = ' || cast(claims.edition as {{ text }})
                || ' and cohort_code = ' || {{ quote }} || claims.cohort_code || {{ quote }}
                || ' and region_code = ' || {{ quote }} || claims.region_code || {{ quote }}
                || ' and node_code = ' || {{ quote }} || claims.node_code || {{ quote }}
                || case claims.asserted
                    when 'rank' then ' and node_rank = ' || claims.asserted_value
                    when 'rank_at_most' then ' and node_rank <= ' || claims.asserted_value
                    when 'tier' then ' and tier = ' || claims.asserted_value
                    when 'standing' then ' and standing = ' || {{ quote }} || claims.asserted_value || {{ quote }}
                end || ')'
        end as proof,
        coalesce(
            case claims.asserted
                when 'rank' then cast(facts.node_rank as {{ text }}) = claims.asserted_value
                when 'rank_at_most'
                    then
                        facts.node_rank <= cast(
                            case when claims.asserted = 'rank_at_most' then claims.asserted_value end
                            as {{ dbt.type_int() }}
                        )
                when 'tier' then cast(facts.tier as {{ text }}) = claims.asserted_value
                when 'standing' then facts.standing = claims.asserted_value
                when 'regions_in_first_tier' then cast(tier_sizes.region_count as {{ text }}) = claims.asserted_value
            end,
            false
        ) as is_so,
        case
            when claims.asserted = 'rank' then shares.rank_share
            when claims.asserted = 'tier' then shares.tier_share
            when claims.asserted_value = 'strength' then shares.strength_share
            when claims.asserted_value = 'weakness' then shares.weakness_share
        end as firm_share
    from claims
    left join facts
        on
            claims.edition = facts.edition
            and claims.cohort_code = facts.cohort_code
            and claims.region_code = facts.region_code
            and claims.node_code = facts.node_code
    left join shares
        on
            facts.edition = shares.edition
            and facts.cohort_code = shares.cohort_code
            and facts.region_code = shares.region_code
            and facts.node_code = shares.node_code
    left join tier_sizes on claims.edition = tier_sizes.edition and claims.cohort_code = tier_sizes.cohort_code
),

-- A sentence is as firm as the least firm thing that it asserts.
published as (
    select
        edition,
        claim_id,
        cohort_code,
        max(locator) as locator,
        max(sentence_zh) as sentence_zh,
        max(sentence_en) as sentence_en,
        sum(case when is_so then 0 else 1 end) as contradicted_count,
        'select ' || {{ joined('proof', ' and ') }} || ' as holds' as query_sql,
        min(firm_share) as firm_share
    from judged
    group by edition, claim_id, cohort_code
),

united as (
    select
        edition,
        finding_code,
        cohort_code,
        region_code,
        node_code,
        kind,
        'generated' as source,
        pattern_zh as sentence_zh,
        pattern_en as sentence_en,
        'holds' as verdict,
        firm_share,
        'select ' || condition || ' as holds from {{ this.schema }}.fct_contributions where edition = '
        || cast(edition as {{ text }}) || ' and cohort_code = ' || {{ quote }} || cohort_code || {{ quote }}
        || ' and region_code = ' || {{ quote }} || region_code || {{ quote }}
        || ' and node_code = ' || {{ quote }} || node_code || {{ quote }} as query_sql,
        cast(null as {{ text }}) as locator,
        sort_order
    from generated

    union all

    select
        edition,
        'close_pair.' || cohort_code || '.' || region_code as finding_code,
        cohort_code,
        region_code,
        node_code,
        'close_pair' as kind,
        'generated' as source,
        sentence_zh,
        sentence_en,
        'holds' as verdict,
        firm_share,
        'select swap_share >= 0.25 as holds from {{ this.schema }}.fct_pair_swaps where edition = '
        || cast(edition as {{ text }})
        || ' and cohort_code = ' || {{ quote }} || cohort_code || {{ quote }}
        || ' and lower_region_code = ' || {{ quote }} || region_code || {{ quote }} as query_sql,
        cast(null as {{ text }}) as locator,
        500000 + upper_rank as sort_order
    from close_pairs

    union all

    select
        edition,
        'published.' || claim_id as finding_code,
        cohort_code,
        cast(null as {{ text }}) as region_code,
        cast(null as {{ text }}) as node_code,
        'published' as kind,
        'report' as source,
        sentence_zh,
        sentence_en,
        case when contradicted_count = 0 then 'confirmed' else 'contradicted' end as verdict,
        case when contradicted_count = 0 then firm_share end as firm_share,
        query_sql,
        locator,
        600000 as sort_order
    from published
),

final as (
    select
        edition,
        finding_code,
        cohort_code,
        region_code,
        node_code,
        kind,
        source,
        sentence_zh,
        sentence_en,
        verdict,
        firm_share,
        {{ firmness | trim }} as firmness,
        query_sql,
        locator,
        cast(sort_order as {{ dbt.type_int() }}) as sort_order
    from united
)

select * from final
order by edition, cohort_code, sort_order, finding_code

with members as (
    select distinct
        edition,
        cohort_code,
        region_code
    from {{ ref('stg_cohort_members') }}
),

stated as (
    select
        *,
        {{ key_of(['edition', 'claim_id', 'cohort_code', 'region_code', 'node_code', 'asserted']) }} as row_key,
        count(*) over (
            partition by edition, claim_id, cohort_code, region_code, node_code, asserted
        ) as copies,
        min({{ key_of(['cohort_code', 'locator', 'sentence_zh', 'sentence_en']) }}) over (
            partition by edition, claim_id
        ) as first_sentence,
        max({{ key_of(['cohort_code', 'locator', 'sentence_zh', 'sentence_en']) }}) over (
            partition by edition, claim_id
        ) as last_sentence
    from {{ ref('stg_claims') }}
),

claims as (
    select
        stated.*,
        editions.edition is not null as has_edition,
        nodes.node_code is not null as has_node,
        cohorts.cohort_code is not null as has_cohort,
        coalesce(stated.asserted = 'regions_in_first_tier', false) as is_of_cohort,
        members.region_code is not null as has_region
    from stated
    left join {{ ref('stg_editions') }} as editions on stated.edition = editions.edition
    left join {{ ref('stg_nodes') }} as nodes
        on stated.edition = nodes.edition and stated.node_code = nodes.node_code
    left join {{ ref('stg_cohorts') }} as cohorts on stated.cohort_code = cohorts.cohort_code
    left join members
        on
            stated.edition = members.edition
            and stated.cohort_code = members.cohort_code
            and stated.region_code = members.region_code
)

{{ broken_rules('pub_claims', 'claims', [
    stands_once(),
    {
        'where': 'not has_edition',
        'problem': "'edition ' || " ~ shown('edition') ~ " || ' is not in ref_editions'",
        'remedy': 'write an edition of the index, or leave out its sentences',
    },
    {
        'where': 'claim_id is null or first_sentence <> last_sentence',
        'problem': "'claim_id is missing, or stands for several sentences, places or cohorts'",
        'remedy': 'give each sentence a claim_id, and repeat it in every row of the sentence',
    },
    {
        'where': 'has_edition and not (has_node and has_cohort and has_region <> is_of_cohort)',
        'problem': "'no such node or cohort in the edition, or no such region in the cohort'",
        'remedy': 'correct the code; only regions_in_first_tier is said of no region',
    },
    {
        'where': "asserted is null or asserted not in ('rank', 'rank_at_most', 'tier', 'standing', 'regions_in_first_tier')",
        'problem': "'asserted is ' || " ~ shown('asserted'),
        'remedy': 'write rank, rank_at_most, tier, standing or regions_in_first_tier',
    },
    {
        'where': "asserted_value is null or case when asserted = 'standing' then asserted_value not in ('strength', 'weakness')"
            ~ ' else not ' ~ matches('asserted_value', '^[1-9][0-9]{0,5}$') ~ ' end',
        'problem': "'asserted_value is ' || " ~ shown('asserted_value'),
        'remedy': 'write a whole number; of a standing, strength or weakness',
    },
]) }}

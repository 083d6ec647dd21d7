with editions as (
    select
        *,
        {{ key_of(['edition_text']) }} as row_key,
        count(*) over (partition by edition) as copies
    from {{ ref('stg_editions') }}
)

{{ broken_rules('ref_editions', 'editions', [
    stands_once(),
    {
        'where': 'name_zh is null',
        'problem': "'name_zh and name_en are empty'",
        'remedy': 'write at least one of them; it stands in for the other',
    },
    {
        'where': 'edition is null',
        'problem': "'edition is ' || " ~ shown('edition_text') ~ " || ', and no whole number'",
        'remedy': 'write a year, or another whole number of at most nine digits',
    },
    {
        'where': "weight_rule is null or weight_rule not in ('printed', 'relative')",
        'problem': "'weight_rule is ' || " ~ shown('weight_rule'),
        'remedy': 'write printed, if weights are shares that sum to their parents, or relative',
    },
    {
        'where': "weight_rule = 'printed' and (weight_decimals is null or weight_decimals not between 0 and 10)",
        'problem': "'weight_decimals is ' || " ~ shown('weight_decimals'),
        'remedy': 'write with how many decimals weights are printed, 0 to 10',
    },
    {
        'where': 'not ' ~ matches("coalesce(tier_last_ranks, '1')", '^[1-9][0-9]{0,8}( [1-9][0-9]{0,8}){0,8}$'),
        'problem': "'tier_last_ranks is ' || tier_last_ranks",
        'remedy': 'write the last rank of each tier but the last, with blanks between, as in 10 20',
    },
    {
        'where': 'not ' ~ matches("coalesce(domestic_country_codes, 'CN')", '^[A-Z]{2}( [A-Z]{2})*$'),
        'problem': "'domestic_country_codes is ' || domestic_country_codes",
        'remedy': 'write two-letter ISO 3166-1 codes with blanks between, as in CN HK',
    },
]) }}

with stated as (
    select
        *,
        {{ key_of(['edition', 'setting', 'choice']) }} as row_key,
        count(*) over (partition by edition, setting, choice) as copies
    from {{ ref('stg_uncertainty') }}
),

editions as (
    select distinct edition from {{ ref('stg_nodes') }}
),

settings as (
    select
        stated.*,
        editions.edition is not null as has_edition,
        -- As text, or an engine may cast what is no number.
        stated.choice in {{ sql_list(range(1, var('deepest_level') + 1) | map('string') | list) }} as is_level
    from stated
    left join editions on stated.edition = editions.edition
),

needed as (
    {% for setting in ['normaliser', 'aggregator', 'floor', 'seed', 'replications'] -%}
    select '{{ setting }}' as setting{{ ' union all' if not loop.last }}
    {% endfor %}
),

stated_editions as (
    select distinct edition from stated
),

without_a_setting as (
    select {{ key_of(['stated_editions.edition', 'needed.setting']) }} as row_key
    from stated_editions
    cross join needed
    left join stated on stated_editions.edition = stated.edition and needed.setting = stated.setting
    where stated.setting is null
)

{{ broken_rules('ref_uncertainty', 'settings', [
    stands_once(),
    {
        'where': 'not has_edition',
        'problem': "'edition ' || " ~ shown('edition') ~ " || ' has no nodes'",
        'remedy': 'write an edition of ref_nodes',
    },
    {
        'where': "setting is null or setting not in ('weight_noise', 'normaliser', 'aggregator', 'floor', 'seed', 'replications')",
        'problem': "'unknown setting ' || " ~ shown('setting'),
        'remedy': 'write weight_noise, normaliser, aggregator, floor, seed or replications',
    },
    {
        'where': "setting = 'weight_noise' and (amount is null or amount not between 0 and 0.99 or is_level is null or not is_level)",
        'problem': "'weight_noise of level ' || " ~ shown('choice') ~ " || ' is ' || " ~ shown('amount'),
        'remedy': 'the level is 1 below the root and so on, the noise a share from 0 to 0.99',
    },
    {
        'where': "setting = 'normaliser' and (choice is null or choice not in " ~ sql_list(uncertain_normalisers()) ~ ')',
        'problem': "'unknown normaliser ' || " ~ shown('choice'),
        'remedy': 'write one of ' ~ uncertain_normalisers() | join(', '),
    },
    {
        'where': "setting = 'aggregator' and (choice is null or choice not in " ~ sql_list(uncertain_aggregators()) ~ ')',
        'problem': "'unknown aggregator ' || " ~ shown('choice'),
        'remedy': 'write one of ' ~ uncertain_aggregators() | join(', '),
    },
    {
        'where': "setting = 'floor' and (amount is null or amount not between 0.000001 and 0.5)",
        'problem': "'floor is ' || " ~ shown('amount'),
        'remedy': 'a share above 0, at most 0.5; 0.01 say',
    },
    {
        'where': "setting = 'seed' and (amount is null or amount <> floor(amount))",
        'problem': "'seed is ' || " ~ shown('amount'),
        'remedy': 'write a whole number',
    },
    {
        'where': "setting = 'replications' and (amount is null or amount <> floor(amount) or amount not between 1 and 100000)",
        'problem': "'replications is ' || " ~ shown('amount'),
        'remedy': 'write a whole number from 1 to 100000',
    },
]) }}
union distinct
{{ broken_rules('ref_uncertainty', 'without_a_setting', [{
    'where': '1 = 1',
    'problem': "'the edition has no such setting'",
    'remedy': 'add a row for it, or leave the edition out altogether',
}]) }}

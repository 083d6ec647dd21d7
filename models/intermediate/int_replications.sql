-- Normaliser and aggregator come from the digits of the number: each combination equally often, which leaves half the
-- error that drawing them would.
{%- set counts = ['normalisers.choice_count', 'aggregators.choice_count'] %}

with settings as (
    select * from {{ ref('stg_uncertainty') }}
),

factors as (
    select
        edition,
        draw_number
    from {{ ref('int_weight_factors') }}
    where series = 'a'
    group by edition, draw_number
),

replications as (
    select
        factors.edition,
        factors.draw_number as replication_number
    from factors
    inner join settings
        on
            factors.edition = settings.edition
            and settings.setting = 'replications'
            and factors.draw_number < {{ replication_count('settings.amount') }}
),

{{ numbered_choices() }},

final as (
    select
        replications.edition,
        replications.replication_number,
        normalisers.choice as normaliser,
        aggregators.choice as aggregator
    from replications
    inner join choices as normalisers
        on
            replications.edition = normalisers.edition
            and normalisers.setting = 'normaliser'
            and {{ digit_of('replications.replication_number', counts[:1], 0) }} = normalisers.choice_number
    inner join choices as aggregators
        on
            replications.edition = aggregators.edition
            and aggregators.setting = 'aggregator'
            and {{ digit_of('replications.replication_number', counts, 1) }} = aggregators.choice_number
)

select * from final

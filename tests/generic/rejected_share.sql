{#
    No more than the variable largest_rejected_share of a base model's rows is rejected, in any edition. A row whose own
    edition is unusable may belong to any, and counts against each. What comes out says what was rejected, why, how often,
    and what to do.

    Example:
        - rejected_share
#}
{% test rejected_share(model) %}
{%- set at_most = var('largest_rejected_share') %}
with verdicts as (
    select
        edition,
        rejected_column as column_name,
        rejection_reason as reason,
        count(*) as row_count,
        min(substring(rejected_value, 1, 40)) as example
    from {{ model }}
    group by edition, rejected_column, rejection_reason
),

shares as (
    select
        editions.edition,
        cast(sum(case when verdicts.reason is not null then verdicts.row_count else 0 end) as {{ type_double() }})
        / cast(sum(verdicts.row_count) as {{ type_double() }}) as rejected_share
    from verdicts
    inner join {{ ref('stg_editions') }} as editions on verdicts.edition is null or verdicts.edition = editions.edition
    group by editions.edition
)

select
    shares.edition,
    'raw_{{ model.identifier | replace('base_', '') }}' as table_name,
    cast(shares.rejected_share as decimal(5, 4)) as rejected_share,
    {{ at_most }} as largest_rejected_share,
    verdicts.column_name,
    verdicts.reason,
    verdicts.row_count,
    verdicts.example,
    {{ remedy('verdicts.reason') }} as remedy
from shares
inner join verdicts on verdicts.edition is null or shares.edition = verdicts.edition
where shares.rejected_share > {{ at_most }} and verdicts.reason is not null
order by shares.edition asc, verdicts.row_count desc, verdicts.column_name asc, verdicts.reason asc
{% endtest %}

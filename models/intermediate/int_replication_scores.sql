{%- set places = [0] -%}
{%- set of_editions = trees() -%}
{%- for tree in of_editions.values() -%}
    {%- for node in tree.nodes if node.level <= 1 and node.place not in places %}{% do places.append(node.place) %}{% endfor -%}
{%- endfor -%}
with
{{ inputs_of_runs() }},

replications as (
    select * from {{ ref('int_replications') }}
),

factors as (
    select
        edition,
        {{ factors_by_place(of_editions) }}
        draw_number
    from {{ ref('int_weight_factors') }}
    where series = 'a'
    group by edition, draw_number
),

runs as (
    select
        factors.*,
        replications.replication_number as run_number,
        replications.normaliser,
        replications.aggregator
    from replications
    inner join factors
        on replications.edition = factors.edition and replications.replication_number = factors.draw_number
),

{{ scored_runs(places, of_editions) }},

final as (
    select
        run_number as replication_number,
        group_number,
        unit_number,
        {% for place in places -%}
        score_{{ place }},
        {% endfor -%}
        normaliser = 'declared' and aggregator = 'declared' as is_declared_method
    from scored
)

select * from final

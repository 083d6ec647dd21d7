-- Runs of the design of Saltelli: from two independent samples A and B, for each of k factors a third that has that
-- factor from B and the rest from A. Run number: draw x (k + 2) + 0 for A, 1 for B, 1 + j for the j-th factor.
{%- set of_editions = trees() if var('sensitivity_runs') else {} %}

with
{{ inputs_of_runs() }},

weight_factors as (
    select * from {{ ref('int_weight_factors') }}
    where draw_number < {{ var('sensitivity_runs') }}
),

design as (
    select * from {{ ref('int_sensitivity_factors') }}
),

{% for series in ['a', 'b'] -%}
factors_{{ series }} as (
    select
        edition,
        {{ factors_by_place(of_editions) }}
        draw_number
    from weight_factors
    where series = '{{ series }}'
    group by edition, draw_number
),

{% endfor -%}
{{ numbered_choices() }},

{% set counts = ['normalisers.choice_count', 'aggregators.choice_count'] -%}
-- The normaliser and aggregator of A are the first two digits of the draw's number, those of B the next two.
{% for series in ['a', 'b'] -%}
{% set digits = counts if series == 'a' else counts + counts -%}
{% set first = 0 if series == 'a' else 2 -%}
methods_{{ series }} as (
    select
        factors.edition,
        factors.draw_number,
        normalisers.choice as normaliser,
        aggregators.choice as aggregator
    from factors_{{ series }} as factors
    inner join choices as normalisers
        on
            factors.edition = normalisers.edition
            and normalisers.setting = 'normaliser'
    inner join choices as aggregators
        on
            factors.edition = aggregators.edition
            and aggregators.setting = 'aggregator'
    where
        {{ digit_of('factors.draw_number', digits, first) }} = normalisers.choice_number
        and {{ digit_of('factors.draw_number', digits, first + 1) }} = aggregators.choice_number
),

{% endfor -%}
runs as (
    select
        factors_a.edition,
        factors_a.draw_number * (design.factor_count + 2) + design.run_offset as run_number,
        case
            when design.factor_code in ('b', 'normaliser') then methods_b.normaliser else methods_a.normaliser
        end as normaliser,
        {% for place, level_of in levels_by_place(of_editions).items() -%}
        case
            when
                design.factor_code = 'b'
                {%- for year, level in level_of.items() %}
                or (factors_a.edition = {{ year }} and design.factor_code = 'weights_{{ level }}')
                {%- endfor %}
                then factors_b.factor_{{ place }}
            else factors_a.factor_{{ place }}
        end as factor_{{ place }},
        {% endfor -%}
        case
            when design.factor_code in ('b', 'aggregator') then methods_b.aggregator else methods_a.aggregator
        end as aggregator
    from factors_a
    inner join factors_b
        on factors_a.edition = factors_b.edition and factors_a.draw_number = factors_b.draw_number
    inner join methods_a
        on factors_a.edition = methods_a.edition and factors_a.draw_number = methods_a.draw_number
    inner join methods_b
        on factors_a.edition = methods_b.edition and factors_a.draw_number = methods_b.draw_number
    inner join design on factors_a.edition = design.edition
),

{{ scored_runs([0], of_editions) }},

final as (
    select
        run_number,
        group_number,
        unit_number,
        score_0
    from scored
)

select * from final

-- f is the rank of a region, or of a cohort the sum over its regions of how far ranks are from the published ones. Over
-- the draws let a and b be its values in the two samples, j where factor j alone comes from the second, c the mean of a
-- and b. First order: mean((b - c) (j - a)) / variance (Saltelli 2010, centred); total: mean((a - j)^2) / 2 / variance
-- (Jansen 1999). All sums are of whole numbers. Intervals by a jackknife that leaves out a block of draws at a time.
{%- set block_count = 16 %}
{%- set draw_count = [var('sensitivity_runs'), 1] | max %}
{%- set offsets = range(2, var('deepest_level') + 4) | list %}
{%- set summed = [
    'draw_count', 'sum_a', 'sum_b', 'sum_aa', 'sum_bb', 'sum_difference', 'sum_b_difference', 'sum_squared_difference'
] %}

with scores as (
    select * from {{ ref('int_sensitivity_scores') }}
),

units as (
    select * from {{ ref('int_ranked_units') }}
),

factors as (
    select * from {{ ref('int_sensitivity_factors') }}
),

ranked as (
    select
        run_number,
        group_number,
        unit_number,
        rank() over (
            partition by {{ cell('cast(run_number as ' ~ dbt.type_bigint() ~ ')') }}
            order by score_0 desc
        ) as run_rank
    from scores
),

outputs as (
    select
        ranked.run_number,
        units.edition,
        units.cohort_code,
        units.region_code,
        cast(ranked.run_rank as {{ dbt.type_bigint() }}) as output
    from ranked
    inner join units on ranked.unit_number = units.unit_number

    union all

    select
        ranked.run_number,
        units.edition,
        units.cohort_code,
        '*' as region_code,
        cast(sum(abs(ranked.run_rank - units.nominal_rank)) as {{ dbt.type_bigint() }}) as output
    from ranked
    inner join units on ranked.unit_number = units.unit_number
    group by ranked.run_number, units.edition, units.cohort_code
),

factor_counts as (
    select distinct
        edition,
        factor_count
    from factors
),

-- One row per draw, with the outputs of its runs side by side.
draws as (
    select
        outputs.edition,
        outputs.cohort_code,
        outputs.region_code,
        {% for offset in [0, 1] + offsets -%}
        max(
            case when outputs.run_number % (factor_counts.factor_count + 2) = {{ offset }} then outputs.output end
        ) as output_{{ offset }},
        {% endfor -%}
        cast(
            (outputs.run_number - outputs.run_number % (factor_counts.factor_count + 2))
            / (factor_counts.factor_count + 2) as {{ dbt.type_int() }}
        ) as draw_number
    from outputs
    inner join factor_counts on outputs.edition = factor_counts.edition
    group by outputs.edition, outputs.cohort_code, outputs.region_code, draw_number
),

blocks as (
    {% for offset in offsets -%}
    select
        edition,
        cohort_code,
        region_code,
        {{ offset }} as run_offset,
        cast(
            floor(cast(draw_number as {{ type_double() }}) * {{ block_count }} / {{ draw_count }})
            as {{ dbt.type_int() }}
        ) as block_number,
        count(*) as draw_count,
        sum(output_0) as sum_a,
        sum(output_1) as sum_b,
        sum(output_0 * output_0) as sum_aa,
        sum(output_1 * output_1) as sum_bb,
        sum(output_{{ offset }} - output_0) as sum_difference,
        sum(output_1 * (output_{{ offset }} - output_0)) as sum_b_difference,
        sum((output_{{ offset }} - output_0) * (output_{{ offset }} - output_0)) as sum_squared_difference
    from draws
    where output_{{ offset }} is not null
    group by edition, cohort_code, region_code, block_number
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

wholes as (
    select
        edition,
        cohort_code,
        region_code,
        {% for name in summed -%}
        sum({{ name }}) as {{ name }},
        {% endfor -%}
        run_offset
    from blocks
    group by edition, cohort_code, region_code, run_offset
),

-- All draws (block -1), and all but those of each block.
subsets as (
    select
        edition,
        cohort_code,
        region_code,
        run_offset,
        {% for name in summed -%}
        cast({{ name }} as {{ type_double() }}) as {{ name }},
        {% endfor -%}
        -1 as block_number
    from wholes

    union all

    select
        wholes.edition,
        wholes.cohort_code,
        wholes.region_code,
        wholes.run_offset,
        {% for name in summed -%}
        cast(wholes.{{ name }} - blocks.{{ name }} as {{ type_double() }}) as {{ name }},
        {% endfor -%}
        blocks.block_number
    from wholes
    inner join blocks
        on
            wholes.edition = blocks.edition
            and wholes.cohort_code = blocks.cohort_code
            and wholes.region_code = blocks.region_code
            and wholes.run_offset = blocks.run_offset
),

-- Without a variance there is nothing to share out; then the whole numbers are equal exactly.
centred as (
    select
        *,
        (sum_a + sum_b) / nullif(2 * draw_count, 0) as centre,
        case
            when 2 * draw_count * (sum_aa + sum_bb) > (sum_a + sum_b) * (sum_a + sum_b)
                then
                    (sum_aa + sum_bb) / (2 * draw_count)
                    - (sum_a + sum_b) / (2 * draw_count) * ((sum_a + sum_b) / (2 * draw_count))
        end as output_variance
    from subsets
),

indices as (
    select
        *,
        (sum_b_difference - centre * sum_difference) / draw_count / output_variance as first_order,
        sum_squared_difference / (2 * draw_count) / output_variance as total
    from centred
),

spreads as (
    select
        edition,
        cohort_code,
        region_code,
        run_offset,
        {% for name in ['first_order', 'total'] -%}
        {{ exact_sum(name) }} as sum_{{ name }},
        {{ exact_sum(name ~ ' * ' ~ name) }} as sum_squared_{{ name }},
        {% endfor -%}
        count(*) as block_count
    from indices
    where block_number >= 0
    group by edition, cohort_code, region_code, run_offset
    -- A block without which nothing varies leaves no interval.
    having count(*) = count(first_order)
),

errors as (
    select
        edition,
        cohort_code,
        region_code,
        {% for name in ['first_order', 'total'] -%}
        case
            when sum_squared_{{ name }} * block_count > sum_{{ name }} * sum_{{ name }}
                then
                    1.96 * sqrt(
                        cast(block_count - 1 as {{ type_double() }}) / block_count
                        * (sum_squared_{{ name }} - sum_{{ name }} * sum_{{ name }} / block_count)
                    )
            else 0
        end as error_of_{{ name }},
        {% endfor -%}
        run_offset
    from spreads
),

region_counts as (
    select
        edition,
        cohort_code,
        count(*) as region_count
    from units
    group by edition, cohort_code
),

final as (
    select
        indices.edition,
        indices.cohort_code,
        indices.region_code,
        factors.factor_code,
        indices.first_order,
        indices.first_order - errors.error_of_first_order as first_order_low,
        indices.first_order + errors.error_of_first_order as first_order_high,
        indices.total,
        indices.total - errors.error_of_total as total_low,
        indices.total + errors.error_of_total as total_high,
        coalesce(indices.output_variance, 0) / case
            when indices.region_code = '*' then region_counts.region_count * region_counts.region_count
            else 1
        end as output_variance,
        cast(indices.draw_count as {{ dbt.type_int() }}) as run_count,
        case when indices.output_variance is null then 'no variance: every run gives the same ranks' end as reason
    from indices
    inner join factors
        on indices.edition = factors.edition and indices.run_offset = factors.run_offset
    inner join region_counts
        on indices.edition = region_counts.edition and indices.cohort_code = region_counts.cohort_code
    left join errors
        on
            indices.edition = errors.edition
            and indices.cohort_code = errors.cohort_code
            and indices.region_code = errors.region_code
            and indices.run_offset = errors.run_offset
    where indices.block_number = -1
)

select * from final
order by edition, cohort_code, region_code, factor_code

-- One hash per draw, so that a draw depends on nothing but the seed, its series, its number and its node: the same on
-- every engine, and in any order.

with settings as (
    select * from {{ ref('stg_uncertainty') }}
),

nodes as (
    select
        edition,
        node_code,
        node_level
    from {{ ref('int_nodes') }}
    where parent_node_code is not null
),

digits as (
    {% for digit in range(10) -%}
    select {{ digit }} as digit{{ ' union all' if not loop.last }}
    {% endfor %}
),

numbers as (
    {{ whole_numbers() }}
),

-- The second series is for the sensitivity alone, which needs two independent samples.
streams as (
    select
        edition,
        'a' as series,
        greatest({{ replication_count('amount') }}, {{ var('sensitivity_runs') }}) as draw_count
    from settings
    where setting = 'replications'

    union all

    select
        edition,
        'b' as series,
        {{ var('sensitivity_runs') }} as draw_count
    from settings
    where setting = 'replications'
),

noises as (
    select
        edition,
        cast(choice as {{ dbt.type_int() }}) as node_level,
        cast(amount as {{ type_double() }}) as noise
    from settings
    where setting = 'weight_noise'
),

seeds as (
    select
        edition,
        cast(cast(amount as {{ dbt.type_bigint() }}) as {{ dbt.type_string() }}) as seed
    from settings
    where setting = 'seed'
),

hashed as {{ computed_once() }} (
    select
        nodes.edition,
        streams.series,
        numbers.whole_number as draw_number,
        nodes.node_code,
        coalesce(noises.noise, 0) as noise,
        md5(
            seeds.seed || ':' || streams.series || ':' || cast(numbers.whole_number as {{ dbt.type_string() }})
            || ':' || nodes.node_code
        ) as draw_hash
    from nodes
    inner join streams on nodes.edition = streams.edition
    inner join seeds on nodes.edition = seeds.edition
    inner join numbers on streams.draw_count > numbers.whole_number
    left join noises on nodes.edition = noises.edition and nodes.node_level = noises.node_level
),

final as (
    select
        edition,
        series,
        draw_number,
        node_code,
        1 + noise * (2 * {{ uniform_of('draw_hash') }} - 1) as weight_factor
    from hashed
)

select * from final

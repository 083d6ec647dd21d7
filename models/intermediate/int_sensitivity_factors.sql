-- What varies: the weights of each level that has noise, the normaliser and the aggregator if there are two.

with settings as (
    select * from {{ ref('stg_uncertainty') }}
),

varying as (
    select
        edition,
        'weights_' || choice as factor_code,
        cast(choice as {{ dbt.type_int() }}) as factor_order
    from settings
    where setting = 'weight_noise' and amount > 0

    union all

    select
        edition,
        setting as factor_code,
        case when setting = 'normaliser' then 101 else 102 end as factor_order
    from settings
    where setting in ('normaliser', 'aggregator')
    group by edition, setting
    having count(*) > 1
),

counted as (
    select
        edition,
        count(*) as factor_count
    from varying
    group by edition
),

final as (
    select
        varying.edition,
        varying.factor_code,
        cast(counted.factor_count as {{ dbt.type_int() }}) as factor_count,
        cast(1 + row_number() over (
            partition by varying.edition order by varying.factor_order
        ) as {{ dbt.type_int() }}) as run_offset
    from varying
    inner join counted on varying.edition = counted.edition

    union all

    -- The samples themselves.
    select
        edition,
        'a' as factor_code,
        cast(factor_count as {{ dbt.type_int() }}) as factor_count,
        0 as run_offset
    from counted

    union all

    select
        edition,
        'b' as factor_code,
        cast(factor_count as {{ dbt.type_int() }}) as factor_count,
        1 as run_offset
    from counted
)

select * from final

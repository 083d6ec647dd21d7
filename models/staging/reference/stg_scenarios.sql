-- A scenario that a file of its own states need not be in the table.
with
{{ typed_rows('ref_scenarios', columns={
    'scenario_code': 'text',
    'name_zh': 'text',
    'name_en': 'text',
    'reason_zh': 'text',
    'reason_en': 'text',
}) }},

in_files as (
    select distinct scenario_code
    from {{ ref('stg_scenario_overrides') }}
    where file_name is not null and scenario_code is not null
),

final as (
    select * from typed

    union all

    select
        in_files.scenario_code,
        typed.name_zh,
        typed.name_en,
        typed.reason_zh,
        typed.reason_en
    from in_files
    left join typed on in_files.scenario_code = typed.scenario_code
    where typed.scenario_code is null
)

select * from final

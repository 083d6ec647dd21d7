with cohorts as (
    select
        *,
        coalesce(cohort_code, name_zh, name_en, '?') as row_key,
        count(*) over (partition by cohort_code) as copies
    from {{ ref('stg_cohorts') }}
)

{{ broken_rules('ref_cohorts', 'cohorts', [
    stands_once(),
    {
        'where': 'name_zh is null',
        'problem': "'name_zh and name_en are empty'",
        'remedy': 'write at least one of them; it stands in for the other',
    },
    {
        'where': 'cohort_code is null',
        'problem': "'cohort_code is missing'",
        'remedy': 'give the cohort a code',
    },
]) }}

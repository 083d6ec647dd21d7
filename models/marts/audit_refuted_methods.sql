with refuted_methods as (
    select * from {{ ref('stg_refuted_methods') }}
),

final as (
    select
        edition,
        method_name_zh,
        method_name_en,
        inequality_count,
        violated_count,
        refuted_score_count,
        unrefuted_score_count,
        refuted_rank_count,
        unrefuted_rank_count,
        violated_count > 0 as is_refuted
    from refuted_methods
)

select * from final
order by edition asc, refuted_score_count + refuted_rank_count desc, method_name_en asc

-- Which printed figures are contradicted, and by what? Each beside the number that the warehouse computes and the other printed
-- figure with which that one agrees.
with figures as (
    select * from marts.audit_published_figures
),

final as (
    select
        figures.edition,
        figures.source,
        figures.locator,
        figures.figure_type,
        figures.printed_value,
        figures.computed_value,
        others.source as other_source,
        others.locator as other_locator,
        others.printed_value as other_printed_value,
        others.verdict as other_verdict,
        figures.figure_id,
        figures.contradicted_by
    from figures
    left join figures as others
        on figures.edition = others.edition and figures.contradicted_by = others.figure_id
    where figures.verdict <> 'reproduced'
)

select * from final
order by figure_id

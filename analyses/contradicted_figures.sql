-- Which printed figures are contradicted, and by what? Each beside the number that the warehouse computes and the
-- other printed figure with which that one agrees.
with figures as (
    select * from marts.audit_published_figures
),

final as (
    select
        figures.edition,
        figures.source as printed_in,
        figures.locator,
        figures.figure_type,
        figures.printed_value,
        figures.computed_value,
        other_figures.source as other_printed_in,
        other_figures.locator as other_locator,
        other_figures.printed_value as other_printed_value,
        other_figures.verdict as other_verdict,
        figures.figure_id,
        figures.contradicted_by
    from figures
    left join figures as other_figures
        on figures.edition = other_figures.edition and figures.contradicted_by = other_figures.figure_id
    where figures.verdict <> 'reproduced'
)

select * from final
order by figure_id

-- Where do the rows come from? Origin of each sample table, and how many of its rows were used.
with final as (
    select
        samples.edition,
        samples.table_name,
        samples.name_zh,
        samples.name_en,
        samples.origin,
        sizes.raw_row_count,
        sizes.accepted_row_count,
        sizes.rejected_row_count,
        sizes.printed_row_count,
        samples.note
    from marts.dim_samples as samples
    inner join marts.dq_sample_sizes as sizes
        on samples.edition = sizes.edition and samples.table_name = sizes.table_name
)

select * from final
order by edition, table_name

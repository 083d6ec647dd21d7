-- Which rejected rows would have counted, and would a rank change? For each region: how many of its rejected rows
-- would have counted, what they would add to its score if each were like the mean of its accepted rows of that table,
-- at the goalposts and under the arithmetic means of today, and how far the region above is.
with asked as (
    select
        2024 as edition,
        'province' as cohort_code
),

rejected as (
    select
        localities.region_code,
        rejected_rows.table_name,
        count(*) as row_count
    from asked
    inner join marts.dq_rejected_rows as rejected_rows on asked.edition = rejected_rows.edition
    inner join marts.dim_region_localities as localities
        on
            asked.edition = localities.edition
            and asked.cohort_code = localities.cohort_code
            and rejected_rows.locality_code = localities.locality_code
    where rejected_rows.would_count
    group by localities.region_code, rejected_rows.table_name
),

-- A table may add to several indicators.
additions as (
    select
        evidence.region_code,
        evidence.indicator_code,
        sum(rejected.row_count * evidence.numerator / evidence.row_count) as numerator,
        sum(rejected.row_count * evidence.denominator / evidence.row_count) as denominator
    from (
        select
            rows_of_region.region_code,
            rows_of_region.indicator_code,
            rows_of_region.table_name,
            count(distinct rows_of_region.row_key) as row_count,
            cast(sum(coalesce(rows_of_region.adds_to_numerator, 0)) as double) as numerator,
            cast(sum(coalesce(rows_of_region.adds_to_denominator, 0)) as double) as denominator
        from asked
        inner join marts.audit_region_evidence as rows_of_region
            on asked.edition = rows_of_region.edition and asked.cohort_code = rows_of_region.cohort_code
        group by rows_of_region.region_code, rows_of_region.indicator_code, rows_of_region.table_name
    ) as evidence
    inner join rejected
        on evidence.region_code = rejected.region_code and evidence.table_name = rejected.table_name
    group by evidence.region_code, evidence.indicator_code
),

mended as (
    select
        indicator_values.region_code,
        indicator_values.effective_weight,
        indicator_values.normalised_value,
        indicator_values.lower_goalpost,
        indicator_values.upper_goalpost,
        nodes.direction,
        methods.transform,
        (indicator_values.numerator + additions.numerator)
        / coalesce(nullif(indicator_values.denominator + additions.denominator, 0), 1) as new_value
    from asked
    inner join marts.fct_indicator_values as indicator_values
        on asked.edition = indicator_values.edition and asked.cohort_code = indicator_values.cohort_code
    inner join additions
        on
            indicator_values.region_code = additions.region_code
            and indicator_values.indicator_code = additions.indicator_code
    inner join marts.dim_nodes as nodes
        on indicator_values.edition = nodes.edition and indicator_values.indicator_code = nodes.node_code
    inner join marts.dim_methods as methods
        on
            indicator_values.edition = methods.edition
            and indicator_values.cohort_code = methods.cohort_code
            and indicator_values.indicator_code = methods.node_code
),

on_scale as (
    select
        region_code,
        effective_weight,
        normalised_value,
        direction,
        case transform
            when 'identity' then new_value
            when 'log1p' then ln(1 + new_value)
            else ln(nullif(new_value, 0))
        end as new_place,
        lower_goalpost,
        upper_goalpost
    from mended
),

gains as (
    select
        region_code,
        sum(100 * effective_weight * (
            least(greatest(
                case when direction = 1 then new_place - lower_goalpost else upper_goalpost - new_place end
                / nullif(upper_goalpost - lower_goalpost, 0), 0
            ), 1) - normalised_value
        )) as points_won
    from on_scale
    group by region_code
),

row_counts as (
    select
        region_code,
        sum(row_count) as rejected_row_count
    from rejected
    group by region_code
),

final as (
    select
        regions.overall_rank,
        regions.name_zh,
        regions.name_en,
        row_counts.rejected_row_count,
        regions.overall_score,
        gains.points_won,
        lag(regions.overall_score) over (order by regions.overall_rank, regions.region_code) - regions.overall_score
            as points_behind_the_region_above
    from asked
    inner join marts.rank_regions as regions
        on asked.edition = regions.edition and asked.cohort_code = regions.cohort_code
    left join row_counts on regions.region_code = row_counts.region_code
    left join gains on regions.region_code = gains.region_code
)

select
    *,
    coalesce(points_won > points_behind_the_region_above, false) as rank_would_change
from final
order by overall_rank, name_en

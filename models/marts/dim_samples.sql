with final as (
    select
        edition,
        table_name,
        name_zh,
        name_en,
        -- The seeds say where the shipped rows come from; of rows read from elsewhere only that is known.
        {%- if var('sample_source') == 'seeds' %}
        origin,
        note
        {%- else %}
        'external' as origin,
        'delivered, not shipped with the project' as note
        {%- endif %}
    from {{ ref('stg_samples') }}
)

select * from final
order by edition, table_name

select
    edition,
    university_id as row_key,
    university_id,
    university_name,
    region_code,
    international_paper_count,
    patent_count
from {{ ref('base_universities') }}
where rejection_reason is null

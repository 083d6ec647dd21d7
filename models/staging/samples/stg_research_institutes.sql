select
    edition,
    institute_id as row_key,
    institute_id,
    institute_name,
    institute_type,
    region_code,
    international_paper_count,
    patent_count
from {{ ref('base_research_institutes') }}
where rejection_reason is null

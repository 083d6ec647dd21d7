select
    {{ parse('year', clean_text('edition')) }} as edition,
    {{ clean_text('node_code') }} as node_code,
    {{ clean_text('parent_node_code') }} as parent_node_code,
    {{ parse('integer', clean_text('node_level')) }} as node_level,
    {{ clean_text('name_zh') }} as name_zh,
    {{ clean_text('name_en') }} as name_en,
    {{ clean_text('unit') }} as unit,
    {{ parse('number', clean_text('printed_weight')) }} as printed_weight,
    {{ clean_text('weight_origin') }} as weight_origin,
    {{ parse('integer', clean_text('direction')) }} as direction,
    {{ clean_text('numerator') }} as numerator,
    {{ clean_text('denominator') }} as denominator,
    {{ parse('integer', clean_text('sort_order')) }} as sort_order
from {{ ref('ref_nodes') }}

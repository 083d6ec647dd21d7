select
    edition,
    sum(effective_weight) as weight
from {{ ref('dim_nodes') }}
where is_indicator
group by edition
having abs(sum(effective_weight) - 1) > 1e-12

{#
    The columns of a wide rank table are the first-level nodes of each edition that it holds: a node without its columns, or
    columns without their node, would be empty and nobody would notice.

    Example:
        - has_first_level_nodes
#}
{% test has_first_level_nodes(model) %}
{%- set codes = [] -%}
{%- for column in adapter.get_columns_in_relation(model) if execute and column.name.endswith('_score') -%}
    {%- do codes.append(column.name.removesuffix('_score')) -%}
{%- endfor %}
with editions as (
    select distinct edition
    from {{ model }}
),

nodes as (
    select
        nodes.edition,
        nodes.node_code
    from {{ ref('dim_nodes') }} as nodes
    inner join editions on nodes.edition = editions.edition
    where nodes.node_level = 1
),

columns_of_table as (
    {% for code in codes or ['overall'] -%}
    select
        edition,
        '{{ code }}' as node_code
    from editions
    where '{{ code }}' <> 'overall'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    coalesce(nodes.edition, columns_of_table.edition) as edition,
    coalesce(nodes.node_code, columns_of_table.node_code) as node_code,
    case when nodes.node_code is null then 'columns without a node' else 'node without columns' end as problem,
    'name the columns of models/marts/rank.yml after the first-level nodes of ref_nodes' as remedy
from nodes
full outer join columns_of_table
    on nodes.edition = columns_of_table.edition and nodes.node_code = columns_of_table.node_code
where nodes.node_code is null or columns_of_table.node_code is null
{% endtest %}

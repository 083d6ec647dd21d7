with
{{ typed_rows('ref_nodes', columns={
    'edition': 'edition',
    'node_code': 'text',
    'parent_node_code': 'text',
    'node_level': 'integer',
    'name_zh': 'text of name_zh or name_en',
    'name_en': 'text of name_en or name_zh',
    'unit': 'text',
    'unit_zh': 'text',
    'printed_weight': 'number',
    'weight_origin': 'text',
    'direction': 'integer',
    'numerator_measure': 'code of numerator',
    'denominator_measure': 'code of denominator',
    'group_rule': 'code',
    'group_weight_measure': 'code of group_weight',
    'sort_order': 'integer',
}, each_edition_of=['node_code']) }}

select * from typed

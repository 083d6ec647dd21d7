with
{{ typed_rows('ref_uncertainty', columns={
    'edition': 'edition',
    'setting': 'text',
    'choice': 'text',
    'amount': 'printed',
}) }}

select * from typed

{% macro explain_failures(results) %}
    {%- if execute -%}
        {%- for result in results if result.status == 'fail' and result.node.resource_type == 'test' -%}
            {%- set rows = run_query('select * from (' ~ result.node.compiled_code ~ ') as failed limit 10') -%}
            {%- do print('') -%}
            {%- do print('FAILED ' ~ result.node.name ~ ': ' ~ (result.node.description or result.message)) -%}
            {%- for row in rows -%}
                {%- set cells = [] -%}
                {%- for name in rows.column_names -%}{%- do cells.append(name ~ '=' ~ row[name]) -%}{%- endfor -%}
                {%- do print('    ' ~ cells | join(' | ')) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

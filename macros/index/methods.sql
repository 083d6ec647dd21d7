{% macro known_methods() -%}
    {{ return({
        'transform': transforms() | list,
        'normaliser': normalisers() | list,
        'aggregator': aggregators() | list,
        'missing_rule': ['zero', 'reweight', 'unknown'],
        'imputation': ['none', 'cohort_mean', 'cohort_median', 'parent_mean'],
        'treatment': ['none', 'winsorise', 'winsorise_or_log'],
    }) }}
{%- endmacro %}

{# What ref_methods may leave empty, and what it then means. #}
{% macro optional_methods() -%}
    {{ return({'imputation': 'none', 'treatment': 'none'}) }}
{%- endmacro %}

{# The columns of a method that a scenario may change, with their types; what precedes the transform is the same in all of them. #}
{% macro scenario_columns() -%}
    {{ return({
        'weight': 'number',
        'transform': 'text',
        'normaliser': 'text',
        'lower_goalpost': 'text',
        'upper_goalpost': 'text',
        'target_lower': 'double',
        'target_upper': 'double',
        'target_mean': 'double',
        'target_deviation': 'double',
        'value_floor': 'double',
        'is_clamped': 'boolean',
        'aggregator': 'text',
        'aggregator_power': 'double',
        'missing_rule': 'text',
    }) }}
{%- endmacro %}

{# The way from one edition to the next: after each step, that much is as in the later one. #}
{% macro edition_steps() -%}
    {{ return(['tree', 'method', 'goalpost', 'weight', 'data']) }}
{%- endmacro %}

{# The index in between, computed like a scenario, of which none has a colon in its code. #}
{% macro step_code(step) -%} change:{{ step }} {%- endmacro %}

{% macro is_step(scenario_code) -%} {{ scenario_code }} like '{{ step_code('%') }}' {%- endmacro %}

{% macro transforms() -%}
    {{ return({
        'identity': 'x',
        'log1p': 'case when x > -1 then ln(1 + x) end',
        'log': 'case when x > 0 then ln(x) end',
    }) }}
{%- endmacro %}

{# Of z_score the scale is target_mean and target_deviation, of range target_lower and target_upper, of points none. #}
{% macro normalisers() -%}
    {{ return({
        'min_max': {'scale': 'range', 'formula': "
            case
                when lower_goalpost < upper_goalpost
                    then
                        case
                            when direction = 1 then transformed_value - lower_goalpost
                            else upper_goalpost - transformed_value
                        end / (upper_goalpost - lower_goalpost)
                else 0
            end"},
        'z_score': {'scale': 'z', 'formula': "
            case when value_range > 0 then deviation / standard_deviation else 0 end"},
        'rank': {'scale': 'range', 'formula': "
            case when value_range > 0 then (region_count - place) / (region_count - 1) else 0 end"},
        'percentile': {'scale': 'range', 'formula': "
            (worse_count + 0.5 * place_count) / region_count"},
        'percentile_rank': {'scale': 'range', 'formula': "
            case when value_range > 0 then worse_count / (region_count - 1) else 0 end"},
        'share_of_maximum': {'scale': 'range', 'formula': "
            case
                when direction = 1 and greatest_value > 0 then transformed_value / greatest_value
                when direction = -1 and least_value > 0 then least_value / transformed_value
            end"},
        'borda': {'scale': 'points', 'formula': "
            worse_count / 100"},
        'rank_points': {'scale': 'points', 'formula': "
            (worse_count + 1) / 100"},
    }) }}
{%- endmacro %}

{# The CTEs that give the formulas of normalisers() their columns, from the CTE directed. #}
{% macro placed_in_cohort() -%}
{%- set window = 'partition by scenario_code, edition, cohort_code, indicator_code' -%}
placed as (
    select
        *,
        cast(count(directed_value) over ({{ window }}) as {{ type_double() }}) as region_count,
        cast(rank() over ({{ window }} order by directed_value desc nulls last) as {{ type_double() }}) as place,
        cast(count(*) over ({{ window }}, directed_value) as {{ type_double() }}) as place_count,
        min(transformed_value) over ({{ window }}) as least_value,
        max(transformed_value) over ({{ window }}) as greatest_value,
        min(directed_value) over ({{ window }}) as worst_value,
        max(directed_value) over ({{ window }}) - min(directed_value) over ({{ window }}) as value_range
    from directed
),

-- A z score is the same in any unit. In the cohort's range, squares neither overflow nor vanish.
positioned as (
    select
        *,
        region_count - place - place_count + 1 as worse_count,
        (directed_value - worst_value) / nullif(value_range, 0) as position_in_range
    from placed
),

deviated as (
    select
        *,
        position_in_range
        - {{ exact_sum('position_in_range', over=window) }} / nullif(region_count, 0) as deviation
    from positioned
),

spread as (
    select
        *,
        sqrt({{ exact_sum('deviation * deviation', over=window) }} / nullif(region_count - 1, 0)) as standard_deviation
    from deviated
)
{%- endmacro %}

{% macro normalisers_of_scale(scale) -%}
    {%- set names = [] -%}
    {%- for name, normaliser in normalisers().items() if normaliser.scale == scale %}{% do names.append(name) %}{% endfor -%}
    {{ return(sql_list(names)) }}
{%- endmacro %}

{# In order: what takes any number, then what has no value below zero, then what is zero as soon as one child is. #}
{% macro aggregators() -%}
    {{ return({
        'arithmetic': 'weighted_sum / whole',
        'minimum': 'least_value',
        'geometric': 'exp(weighted_log_sum / whole)',
        'harmonic': 'whole / weighted_reciprocal_sum',
        'generalised': 'power(weighted_power_sum / whole, 1 / aggregator_power)',
    }) }}
{%- endmacro %}

{% macro transformed(value, transform) -%}
    case {{ transform }}
        {%- for name, formula in transforms().items() %}
        when '{{ name }}' then {{ modules.re.sub('\\bx\\b', value, formula) }}
        {%- endfor %}
    end
{%- endmacro %}

{# Of a goalpost as it is written. #}
{% macro goalpost_number(column) -%}
    case
        when {{ column }} not in ('observed', 'observed_all_editions') and {{ column }} not like 'region:%'
            then {{ parse('number', column) }}
    end
{%- endmacro %}

{# For a table in which an empty cell means the baseline's, none is required. #}
{% macro rules_of_names_and_goalposts(required=true) -%}
    {%- set rules = [] -%}
    {%- for column, names in known_methods().items() if required or column in scenario_columns() -%}
        {%- do rules.append({
            'where': (column ~ ' is null or ' if required and column not in optional_methods() else '')
                ~ column ~ ' not in ' ~ sql_list(names),
            'problem': "'unknown " ~ column ~ " ' || " ~ shown(column),
            'remedy': 'write one of ' ~ names | join(', '),
        }) -%}
    {%- endfor -%}
    {%- for end in ['lower', 'upper'] -%}
        {%- set column = end ~ '_goalpost' -%}
        {%- do rules.append({
            'where': (column ~ ' is null or ' if required else '')
                ~ '(' ~ column ~ " not in ('observed', 'observed_all_editions') and " ~ column ~ " not like 'region:%' and "
                ~ end ~ '_number is null)',
            'problem': "'" ~ column ~ " is ' || " ~ shown(column),
            'remedy': 'write a number, observed, observed_all_editions, or region: and the code of a region that is compared',
        }) -%}
        {%- do rules.append({
            'where': end ~ '_number is not null and transform in ' ~ sql_list(transforms())
                ~ ' and ' ~ transformed(end ~ '_number', 'transform') ~ ' is null',
            'problem': "'" ~ column ~ " ' || " ~ column ~ " || ' has no ' || transform",
            'remedy': 'a goalpost under log is above 0, under log1p above -1',
        }) -%}
    {%- endfor -%}
    {%- do rules.extend([
        {
            'where': 'lower_number >= upper_number',
            'problem': "'lower_goalpost ' || lower_goalpost || ' is not below upper_goalpost ' || upper_goalpost",
            'remedy': 'the lower goalpost is the smaller number whatever the direction',
        },
        {
            'where': 'coalesce(target_lower, 0) >= coalesce(target_upper, 100) or coalesce(target_deviation, 1) <= 0',
            'problem': "'target_lower is not below target_upper, or target_deviation is not above 0'",
            'remedy': 'the target range is in points of a score, 0 to 100 if empty; a deviation is a positive number of points',
        },
        {
            'where': 'value_floor < 0',
            'problem': "'value_floor is ' || value_floor",
            'remedy': 'the least score that an indicator may have, in points, 1 say; empty for none',
        },
        {
            'where': "is_clamped and normaliser in " ~ normalisers_of_scale('points'),
            'problem': "'is_clamped is true under the normaliser ' || normaliser",
            'remedy': 'these points go beyond 100 where a cohort is large; write false',
        },
        {
            'where': "aggregator = 'generalised' and (aggregator_power is null or aggregator_power = 0 or abs(aggregator_power) > 10)",
            'problem': "'aggregator_power is ' || " ~ shown('aggregator_power') ~ " || ' under the aggregator generalised'",
            'remedy': 'write a power from -10 to 10; instead of 0, the aggregator geometric',
        },
        {
            'where': "missing_rule = 'zero' and aggregator <> 'arithmetic'",
            'problem': "'missing_rule is zero under a mean that is ' || aggregator",
            'remedy': 'a product with nothing is nothing; write unknown, or reweight',
        },
        {
            'where': 'weight < 0',
            'problem': "'weight is ' || cast(weight as decimal(20, 6))",
            'remedy': 'a weight is 0 or more; empty is the weight of ref_nodes',
        },
    ]) -%}
    {{ return(rules) }}
{%- endmacro %}

{% macro remedy(reason) -%}
    case {{ reason }}
        when 'missing' then 'fill the cell; a count of none is written 0'
        when 'unknown_edition' then 'write an edition of ref_editions'
        when 'unknown_region' then 'write a spelling of ref_region_aliases, or add it there if it means one region'
        when 'ambiguous_region' then 'write the code, or the name with its province or city in front, of the one that it means'
        when 'region_not_ranked' then 'nothing to do: the index does not rank this place'
        when 'unknown_enterprise' then 'deliver the enterprise in raw_enterprises, or mend its rejected row'
        when 'unknown_investor' then 'deliver the investor in raw_investors, or mend its rejected row'
        when 'not_a_count' then 'write a whole number from 0 of at most 15 digits, in digits alone'
        when 'not_an_amount' then 'write a number from 0 with at most 12 digits and four decimals, in digits and a point alone'
        when 'not_a_number' then 'write a decimal number, in digits and a point alone'
        when 'not_a_year' then 'write four digits'
        when 'not_a_date' then 'write a day that the calendar has as YYYY-MM-DD'
        when 'not_a_boolean' then 'write true or false'
        when 'not_a_country' then 'write a two-letter ISO 3166-1 code'
        when 'not_in_list' then 'write one of the values of the data contract'
        when 'out_of_range' then 'correct the value: it is too early, or later than the edition'
        when 'duplicate_row' then 'nothing to do: an equal row was accepted'
        when 'duplicate_key' then 'keep one of the rows with this key, or give the other its own'
    end
{%- endmacro %}

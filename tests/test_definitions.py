"""A definition that makes no sense stops the build, and says which row of which table to mend."""

import csv
import json
import shutil
from dataclasses import replace
from graphlib import TopologicalSorter

import duckdb
import pytest
from conftest import QUICK, ROOT

TABLES = "nodes", "methods", "editions", "cohorts", "cohort_members", "regions", "region_aliases", "uncertainty"

SEVERAL_SENTENCES = "claim_id is missing, or stands for several sentences, places or cohorts"
NOT_IN_EDITION = "no such node or cohort in the edition, or no such region in the cohort"

# What is done to the sound index in tests/definitions, in SQL, and all that must be said about it: table, row and problem. The rows of
# a case that are named twice have two faults.
CASES = {
    "nothing": ("select 1", []),
    # Nodes.
    "negative weight": (
        "update ref_nodes set printed_weight = '-0.0001' where node_code = 'health'",
        [
            ("ref_nodes", "2014, health", "printed_weight is -0.000100, below zero"),
            ("ref_nodes", "2014, health", "printed_weight is -0.000100, its children's weights sum to 0.333300"),
            ("ref_nodes", "2014, overall", "printed_weight is 1.000000, its children's weights sum to 0.666600"),
        ],
    ),
    "direction that is none": (
        "update ref_nodes set direction = '2' where node_code = 'life_expectancy'",
        [("ref_nodes", "2014, life_expectancy", "direction is 2")],
    ),
    "direction of a node with children": (
        "update ref_nodes set direction = '-1' where node_code = 'health'",
        [("ref_nodes", "2014, health", "direction is -1, and the node has children")],
    ),
    "weight that is no number": (
        "update ref_nodes set printed_weight = 'a third' where node_code = 'life_expectancy'",
        [
            (
                "ref_nodes",
                "2014, life_expectancy",
                "edition, node_code, printed_weight or direction is missing or no number",
            )
        ],
    ),
    "key that stands twice": (
        "update ref_nodes set node_code = 'mean_schooling' where node_code = 'expected_schooling'",
        [
            ("ref_nodes", "2014, mean_schooling", "the key stands 2 times"),
            ("ref_methods", "2014, *, expected_schooling", "no such node or cohort"),
        ],
    ),
    "edition that is nowhere": (
        "update ref_editions set edition = '2013'",
        [
            ("ref_nodes", f"2014, {code}", "edition 2014 is not in ref_editions")
            for code in (
                "overall",
                "health",
                "education",
                "income",
                "long_and_healthy_life",
                "knowledge",
                "standard_of_living",
                "life_expectancy",
                "expected_schooling",
                "mean_schooling",
                "gni_per_capita",
            )
        ],
    ),
    "orphan": (
        "update ref_nodes set parent_node_code = 'nowhere' where node_code = 'long_and_healthy_life'",
        [
            ("ref_nodes", "2014, long_and_healthy_life", "parent_node_code nowhere is no node of the edition"),
            (
                "ref_nodes",
                "2014, health",
                "the indicator has no source: an empty numerator is neither a measure of a sample table nor an"
                " indicator_code of raw_indicator_values",
            ),
            ("ref_nodes", "2014, life_expectancy", "no root within 6 steps above the node"),
        ],
    ),
    "cycle": (
        "update ref_nodes set parent_node_code = 'mean_schooling', printed_weight = '0.1667' where node_code = 'knowledge'",
        [
            ("ref_nodes", "2014, knowledge", "the node is its own ancestor, by way of mean_schooling"),
            ("ref_nodes", "2014, mean_schooling", "the node is its own ancestor, by way of knowledge"),
            ("ref_nodes", "2014, expected_schooling", "no root within 6 steps above the node"),
            ("ref_nodes", "2014, knowledge", "printed_weight is 0.166700, its children's weights sum to 0.333400"),
            ("ref_nodes", "2014, mean_schooling", "numerator mean_schooling at a node with children"),
            (
                "ref_nodes",
                "2014, education",
                "the indicator has no source: an empty numerator is neither a measure of a sample table nor an"
                " indicator_code of raw_indicator_values",
            ),
        ],
    ),
    "stated level that is another": (
        "update ref_nodes set node_level = '2' where node_code = 'mean_schooling'",
        [("ref_nodes", "2014, mean_schooling", "node_level is 2, and the root is 3 steps above")],
    ),
    "two roots": (
        "update ref_nodes set parent_node_code = null, node_level = null where node_code in ('income', 'standard_of_living', 'gni_per_capita')",
        [
            ("ref_nodes", f"2014, {code}", "the edition has 4 roots")
            for code in ("overall", "income", "standard_of_living", "gni_per_capita")
        ]
        + [
            ("ref_nodes", f"2014, {code}", "the root has no children")
            for code in ("income", "standard_of_living", "gni_per_capita")
        ]
        + [
            (
                "ref_nodes",
                f"2014, {code}",
                "the indicator has no source: an empty numerator is neither a measure of a sample"
                " table nor an indicator_code of raw_indicator_values",
            )
            for code in ("income", "standard_of_living")
        ]
        + [("ref_nodes", "2014, overall", "printed_weight is 1.000000, its children's weights sum to 0.666700")],
    ),
    "weights that do not sum": (
        "update ref_nodes set printed_weight = '0.1668' where node_code = 'mean_schooling'; "
        "update ref_nodes set printed_weight = '0.5' where node_code in ('health', 'long_and_healthy_life', 'life_expectancy')",
        # The first is explained by rounding.
        [("ref_nodes", "2014, overall", "printed_weight is 1.000000, its children's weights sum to 1.166700")],
    ),
    "weights of zero": (
        "update ref_nodes set printed_weight = '0' where node_code in ('mean_schooling', 'expected_schooling', 'knowledge')",
        [
            ("ref_nodes", "2014, knowledge", "the children's weights sum to zero"),
            ("ref_nodes", "2014, education", "printed_weight is 0.333400, its children's weights sum to 0.000000"),
            ("ref_nodes", "2014, education", "the children's weights sum to zero"),
        ],
    ),
    "weights that are relative": (
        "update ref_editions set weight_rule = 'relative', weight_decimals = null;"
        " update ref_nodes set printed_weight = '1' where node_code <> 'overall'",
        [],
    ),
    # Indicators and their values.
    "indicator without a source": (
        "update ref_nodes set numerator = 'happiness' where node_code = 'mean_schooling'",
        [
            (
                "ref_nodes",
                "2014, mean_schooling",
                "the indicator has no source: happiness is neither a measure of a sample table nor an indicator_code of"
                " raw_indicator_values",
            ),
            ("raw_indicator_values", "mean_schooling", "no node has the numerator or denominator mean_schooling"),
        ],
    ),
    "denominator without a source": (
        "update ref_nodes set denominator = 'magic' where node_code = 'mean_schooling'",
        [("ref_nodes", "2014, mean_schooling", "the indicator has no source for its denominator magic")],
    ),
    "numerator in capitals": (
        "update ref_nodes set numerator = 'Mean_Schooling' where node_code = 'mean_schooling'",
        [],
    ),
    "ready-made value with the code of a measure": (
        "update ref_nodes set numerator = 'policy_count' where node_code = 'mean_schooling'; "
        "update staging.base_indicator_values set indicator_code = 'policy_count' where indicator_code = 'mean_schooling'",
        [
            (
                "raw_indicator_values",
                "policy_count",
                "the ready-made value has the code of a measure of the sample tables, and would be added to it",
            )
        ],
    ),
    "names": (
        "update ref_nodes set name_zh = null; update ref_editions set name_en = ''; "
        "update ref_nodes set name_en = ' ' where node_code = 'health'; update ref_cohorts set name_zh = '', name_en = null",
        [
            ("ref_nodes", "2014, health", "name_zh and name_en are empty"),
            ("ref_cohorts", "country", "name_zh and name_en are empty"),
        ],
    ),
    # Uncertainty.
    "uncertainty that cannot be read": (
        "update ref_uncertainty set amount = '1.5' where setting = 'weight_noise' and choice = '1'; "
        "update ref_uncertainty set choice = '9' where setting = 'weight_noise' and choice = '2'; "
        "update ref_uncertainty set choice = 'softmax' where choice in ('z_score', 'geometric'); "
        "update ref_uncertainty set amount = '0' where setting in ('floor', 'replications'); "
        "update ref_uncertainty set setting = 'sneed' where setting = 'seed'",
        [
            ("ref_uncertainty", "2014, weight_noise, 1", "weight_noise of level 1 is 1.5000000000"),
            ("ref_uncertainty", "2014, weight_noise, 9", "weight_noise of level 9 is 0.2500000000"),
            ("ref_uncertainty", "2014, normaliser, softmax", "unknown normaliser softmax"),
            ("ref_uncertainty", "2014, aggregator, softmax", "unknown aggregator softmax"),
            ("ref_uncertainty", "2014, floor, ?", "floor is 0.0000000000"),
            ("ref_uncertainty", "2014, replications, ?", "replications is 0.0000000000"),
            ("ref_uncertainty", "2014, sneed, ?", "unknown setting sneed"),
            ("ref_uncertainty", "2014, seed", "the edition has no such setting"),
        ],
    ),
    "uncertainty of nothing": (
        "update ref_uncertainty set edition = '2015', choice = 'declared', amount = '0.5'",
        [
            *[
                ("ref_uncertainty", f"2015, {x}, declared", f"the key stands {n} times")
                for x, n in (("weight_noise", 3), ("normaliser", 4), ("aggregator", 2))
            ],
            *[
                ("ref_uncertainty", f"2015, {x}, declared", "edition 2015 has no nodes")
                for x in ("weight_noise", "normaliser", "aggregator", "floor", "seed", "replications")
            ],
            ("ref_uncertainty", "2015, weight_noise, declared", "weight_noise of level declared is 0.5000000000"),
            ("ref_uncertainty", "2015, seed, declared", "seed is 0.5000000000"),
            ("ref_uncertainty", "2015, replications, declared", "replications is 0.5000000000"),
        ],
    ),
    "rates that come together": (
        "insert into ref_cohort_members (edition, cohort_code, region_code, member_region_code)"
        " values ('*', 'country', 'NOR', 'SWE'); "
        "update ref_nodes set group_rule = 'none' where node_code = 'life_expectancy'; "
        "update ref_nodes set group_rule = 'mean', group_weight = 'mean_schooling' where node_code = 'expected_schooling'",
        [
            (
                "ref_nodes",
                f"2014, {code}",
                "group_rule is empty, and several values come together for 1 region(s), such as country, NOR",
            )
            for code in ("mean_schooling", "gni_per_capita")
        ],
        ["int_cohort_localities"],
    ),
    "groups that make no sense": (
        "update ref_nodes set group_rule = 'average' where node_code = 'life_expectancy'; "
        "update ref_nodes set group_rule = 'mean' where node_code = 'expected_schooling'; "
        "update ref_nodes set group_rule = 'mean', group_weight = 'happiness' where node_code = 'mean_schooling'; "
        "update ref_nodes set group_rule = 'none', denominator = 'mean_schooling' where node_code = 'gni_per_capita'",
        [
            ("ref_nodes", "2014, life_expectancy", "group_rule is average"),
            ("ref_nodes", "2014, expected_schooling", "group_rule is mean, and group_weight is (empty)"),
            ("ref_nodes", "2014, mean_schooling", "the indicator has no source for its group_weight happiness"),
            ("ref_nodes", "2014, gni_per_capita", "group_rule is none for what is counted or has a denominator"),
        ],
    ),
    "table that nobody reads": (
        "insert into staging.base_parks (edition) values (2014); insert into staging.base_investors (edition) values (2014)",
        [
            ("the samples", "raw_parks", "1 row(s) were accepted, and no node counts them"),
            ("the samples", "raw_investors", "1 row(s) were accepted, and no node counts them"),
        ],
        ["int_delivered_rows"],
    ),
    "values that nobody has": (
        "update staging.base_indicator_values set indicator_value = null where indicator_code = 'mean_schooling'",
        [
            ("ref_nodes", "2014, mean_schooling", "no region has a score"),
            ("ref_nodes", "2014, overall", "no region has a score"),
        ],
        [
            *("int_locality_measures", "int_indicator_values", "int_imputed_values", "int_treated_values"),
            *("int_transformed_values", "int_normalised_values", "int_node_scores"),
        ],
    ),
    # Editions.
    "edition without a year": (
        "insert into ref_editions (edition, name_en, weight_rule) values ('2014/15', 'HDI', 'relative')",
        [("ref_editions", "2014/15", "edition is 2014/15, and no whole number")],
    ),
    "tiers that cannot be read": (
        "update ref_editions set tier_last_ranks = '10, 20', weight_decimals = '12', domestic_country_codes = 'China'",
        [
            ("ref_editions", "2014", "tier_last_ranks is 10, 20"),
            ("ref_editions", "2014", "weight_decimals is 12"),
            ("ref_editions", "2014", "domestic_country_codes is China"),
        ],
    ),
    "weights without a rule": (
        "update ref_editions set weight_rule = 'rounded'",
        [("ref_editions", "2014", "weight_rule is rounded")],
    ),
    # Methods.
    "unknown methods": (
        "update ref_methods set transform = 'sqrt', normaliser = 'zscore', aggregator = null, missing_rule = null where node_code = 'overall'",
        [
            ("ref_methods", "2014, *, overall", "unknown transform sqrt"),
            ("ref_methods", "2014, *, overall", "unknown normaliser zscore"),
            ("ref_methods", "2014, *, overall", "unknown aggregator (empty)"),
            ("ref_methods", "2014, *, overall", "unknown missing_rule (empty)"),
        ],
    ),
    "goalposts that are none": (
        "update ref_methods set lower_goalpost = 'lowest', upper_goalpost = null where node_code = 'overall'",
        [
            ("ref_methods", "2014, *, overall", "lower_goalpost is lowest"),
            ("ref_methods", "2014, *, overall", "upper_goalpost is (empty)"),
        ],
    ),
    "reversed goalposts": (
        "update ref_methods set lower_goalpost = '90' where node_code = 'life_expectancy'",
        [("ref_methods", "2014, *, life_expectancy", "lower_goalpost 90 is not below upper_goalpost 85")],
    ),
    "goalposts without a logarithm": (
        "update ref_methods set lower_goalpost = '0' where node_code = 'gni_per_capita'; "
        "update ref_methods set transform = 'log1p', lower_goalpost = 'observed', upper_goalpost = '-1' where node_code = 'life_expectancy'",
        [
            ("ref_methods", "2014, *, gni_per_capita", "lower_goalpost 0 has no log"),
            ("ref_methods", "2014, *, life_expectancy", "upper_goalpost -1 has no log1p"),
        ],
    ),
    "unusable clamping and decimals": (
        "update ref_methods set is_clamped = null where node_code = 'overall'; "
        "update ref_methods set rank_decimals = '13' where node_code = 'gni_per_capita'",
        [
            ("ref_methods", "2014, *, overall", "is_clamped or rank_decimals is missing or unusable"),
            ("ref_methods", "2014, *, gni_per_capita", "is_clamped or rank_decimals is missing or unusable"),
        ],
    ),
    "missing values": (
        "update ref_methods set missing_rule = 'zero' where node_code = 'overall'; "
        "update ref_methods set missing_rule = 'ignore', least_observed_share = '65' where node_code = 'gni_per_capita'",
        [
            ("ref_methods", "2014, *, overall", "missing_rule is zero under a mean that is geometric"),
            ("ref_methods", "2014, *, gni_per_capita", "unknown missing_rule ignore"),
            ("ref_methods", "2014, *, gni_per_capita", "least_observed_share is 65.0"),
        ],
    ),
    "method of nothing": (
        "update ref_methods set node_code = 'nowhere' where node_code = 'overall'; "
        "update ref_methods set cohort_code = 'town' where node_code = 'life_expectancy'",
        [
            ("ref_methods", "2014, *, nowhere", "no such node or cohort"),
            ("ref_methods", "2014, town, life_expectancy", "no such node or cohort"),
        ],
    ),
    "method that stands twice": (
        "insert into ref_methods select * from ref_methods where node_code = 'overall'",
        [("ref_methods", "2014, *, overall", "the key stands 2 times")],
    ),
    "node without a method": (
        "update ref_methods set node_code = 'overall' where node_code = '*'; delete from ref_methods where aggregator = 'geometric'; "
        "insert into ref_methods select * replace ('health' as node_code) from ref_methods where node_code = 'overall'",
        [
            ("ref_methods", f"2014, {code}, country", "the node has no method in this cohort")
            for code in ("education", "income", "long_and_healthy_life", "knowledge", "standard_of_living")
        ],
    ),
    "treatments": (
        "update ref_methods set treatment = 'trim' where node_code = 'overall'; "
        "update ref_methods set treatment = 'winsorise', most_winsorised = '6', skewness_limit = '2' where node_code = '*'; "
        "update ref_methods set treatment = 'winsorise_or_log', most_winsorised = '5', skewness_limit = '2', kurtosis_limit = '3.5'"
        " where node_code = 'life_expectancy'; update ref_methods set imputation = 'zero' where node_code = 'gni_per_capita'",
        [
            ("ref_methods", "2014, *, overall", "unknown treatment trim"),
            (
                "ref_methods",
                "2014, *, overall",
                "most_winsorised, skewness_limit or kurtosis_limit is missing or unusable under the treatment trim",
            ),
            (
                "ref_methods",
                "2014, *, *",
                "most_winsorised, skewness_limit or kurtosis_limit is missing or unusable under the treatment winsorise",
            ),
            (
                "ref_methods",
                "2014, *, life_expectancy",
                "a goalpost in the unit of the indicator, and the treatment winsorise_or_log",
            ),
            ("ref_methods", "2014, *, gni_per_capita", "unknown imputation zero"),
        ],
    ),
    "ranges, floors and powers": (
        "update ref_methods set target_lower = '100', target_deviation = '0' where node_code = 'life_expectancy'; "
        "update ref_methods set value_floor = '-1', weight = '-2' where node_code = 'mean_schooling'; "
        "update ref_methods set normaliser = 'borda' where node_code = 'gni_per_capita'; "
        "update ref_methods set aggregator = 'generalised', aggregator_power = '0', least_ranked_share = '65' where node_code = 'overall'",
        [
            (
                "ref_methods",
                "2014, *, life_expectancy",
                "target_lower is not below target_upper, or target_deviation is not above 0",
            ),
            ("ref_methods", "2014, *, mean_schooling", "value_floor is -1.0"),
            ("ref_methods", "2014, *, mean_schooling", "weight is -2.000000"),
            ("ref_methods", "2014, *, gni_per_capita", "is_clamped is true under the normaliser borda"),
            ("ref_methods", "2014, *, overall", "aggregator_power is 0.0 under the aggregator generalised"),
            ("ref_methods", "2014, *, overall", "least_ranked_share is 65.0"),
        ],
    ),
    "goalposts beyond the values": (
        "update ref_methods set upper_goalpost = '20.5' where node_code = 'life_expectancy'; "
        "update ref_methods set lower_goalpost = '14.9' where node_code = 'mean_schooling'; "
        "update ref_methods set lower_goalpost = 'region:nowhere' where node_code = 'expected_schooling'; "
        "update ref_methods set normaliser = 'z_score', is_clamped = 'false' where node_code = 'gni_per_capita'",
        [
            ("ref_methods", "baseline, 2014, country, life_expectancy", "upper_goalpost 20.5 is not above any value"),
            ("ref_methods", "baseline, 2014, country, mean_schooling", "lower_goalpost 14.9 is not below any value"),
            (
                "ref_methods",
                "baseline, 2014, country, expected_schooling",
                "the goalposts are region:nowhere and 18, and one has no value in this cohort",
            ),
            (
                "ref_methods",
                "baseline, 2014, country, gni_per_capita",
                "z scores are below zero for some, and a mean above them is geometric",
            ),
        ],
        ["int_methods", "int_transformed_values"],
    ),
    # Scenarios.
    "scenarios": (
        "insert into ref_scenarios (scenario_code, name_en) values ('twice', ''), ('twice', ''), ('Equal weights', ''),"
        " ('without_*', 'Without')",
        [
            ("ref_scenarios", "twice", "the key stands 2 times"),
            ("ref_scenarios", "Equal weights", "scenario_code is Equal weights"),
            ("ref_scenarios", "without_*", "a code with a star, and a name without"),
        ],
    ),
    "changes of scenarios": (
        "insert into ref_scenarios (scenario_code) values ('other'); insert into ref_scenario_overrides (scenario_code, cohort_code,"
        " node_code, weight, transform, is_clamped) values ('other', '*', '*', '1', null, null), ('other', '*', '*', '1', null, null),"
        " ('nowhere', '*', '*', '1', null, null), ('baseline', '*', '*', '1', null, null), ('other', 'town', '*', '1', null, null),"
        " ('other', '*', 'nothing', null, 'sqrt', null), ('other', '*', 'health', 'a half', null, 'perhaps')",
        [
            ("ref_scenario_overrides", "other, *, *", "the key stands 2 times"),
            ("ref_scenario_overrides", "nowhere, *, *", "no such scenario"),
            ("ref_scenario_overrides", "baseline, *, *", "no such scenario"),
            ("ref_scenario_overrides", "baseline, *, *", "the scenario is not one that rows can change"),
            ("ref_scenario_overrides", "other, town, *", "no such node or cohort"),
            ("ref_scenario_overrides", "other, *, nothing", "no such node or cohort"),
            ("ref_scenario_overrides", "other, *, nothing", "unknown transform sqrt"),
            ("ref_scenario_overrides", "other, *, health", "the row changes nothing, or what it says is no number"),
        ],
    ),
    "scenario in which children weigh nothing": (
        "insert into ref_scenarios (scenario_code) values ('other'); insert into ref_scenario_overrides (scenario_code, cohort_code,"
        " node_code, weight) values ('other', '*', 'expected_schooling', '0'), ('other', '*', 'mean_schooling', '0')",
        [
            (
                "ref_scenario_overrides",
                "other",
                "in edition 2014 and the cohort country the children of knowledge weigh nothing",
            )
        ],
        ["int_scenarios", "int_methods", "int_node_weights"],
    ),
    # Sentences of the report.
    "claims": (
        "insert into published.pub_claims (edition, claim_id, sentence_zh, cohort_code, region_code, node_code, asserted, asserted_value)"
        " values ('2014', 'good', 'a', 'country', 'NOR', 'overall', 'rank', '1'),"
        " ('2014', 'good', 'a', 'country', null, 'overall', 'regions_in_first_tier', '5'),"
        " ('2014', 'two', 'a', 'country', 'NOR', 'overall', 'rank', '1'),"
        " ('2014', 'two', 'b', 'country', 'NOR', 'overall', 'rank', '1'),"
        " ('2013', 'early', 'a', 'country', 'NOR', 'overall', 'rank', '1'),"
        " ('2014', null, 'a', 'country', 'NOR', 'overall', 'rank', '1'),"
        " ('2014', 'node', 'a', 'country', 'NOR', 'nowhere', 'rank', '1'),"
        " ('2014', 'region', 'a', 'country', 'atlantis', 'overall', 'rank', '1'),"
        " ('2014', 'tier', 'a', 'country', 'NOR', 'overall', 'regions_in_first_tier', '5'),"
        " ('2014', 'what', 'a', 'country', 'NOR', 'overall', 'best', 'one'),"
        " ('2014', 'standing', 'a', 'country', 'NOR', 'overall', 'standing', '1')",
        [
            ("pub_claims", "2014, two, country, NOR, overall, rank", "the key stands 2 times"),
            ("pub_claims", "2014, two, country, NOR, overall, rank", SEVERAL_SENTENCES),
            ("pub_claims", "2013, early, country, NOR, overall, rank", "edition 2013 is not in ref_editions"),
            ("pub_claims", "2014, ?, country, NOR, overall, rank", SEVERAL_SENTENCES),
            ("pub_claims", "2014, node, country, NOR, nowhere, rank", NOT_IN_EDITION),
            ("pub_claims", "2014, region, country, atlantis, overall, rank", NOT_IN_EDITION),
            ("pub_claims", "2014, tier, country, NOR, overall, regions_in_first_tier", NOT_IN_EDITION),
            ("pub_claims", "2014, what, country, NOR, overall, best", "asserted is best"),
            ("pub_claims", "2014, what, country, NOR, overall, best", "asserted_value is one"),
            ("pub_claims", "2014, standing, country, NOR, overall, standing", "asserted_value is 1"),
        ],
    ),
    # Regions, spellings, cohorts.
    "regions": (
        "insert into ref_regions (region_code, name_zh, parent_region_code, region_level) values (null, '无码', null, 'x'),"
        " ('lost', 'a', 'nowhere', 'x'), ('ring', 'b', 'ring', 'x'), ('twice', 'c', null, 'x'), ('twice', 'd', null, 'x'),"
        " ('mute', ' ', null, null)",
        [
            ("ref_regions", "无码", "region_code is missing"),
            ("ref_regions", "lost", "parent_region_code nowhere is no region"),
            ("ref_regions", "ring", "the region is its own ancestor"),
            ("ref_regions", "twice", "the key stands 2 times"),
            ("ref_regions", "mute", "name_zh and name_en are empty"),
            ("ref_regions", "mute", "region_level is empty"),
        ],
    ),
    "regions too deep": (
        "insert into ref_regions (region_code, parent_region_code, name_en, region_level) select *, 'a', 'b' from"
        " (values ('1', 'NOR'), ('2', '1'), ('3', '2'), ('4', '3'), ('5', '4'), ('6', '5'), ('7', '6'))",
        [("ref_regions", "7", "no region without a parent within 6 steps above it")],
    ),
    "spellings": (
        "insert into ref_regions (region_code, name_en, region_level) values ('world', 'World', 'x'); insert into ref_region_aliases (alias, region_code) values"
        " ('ＣＡＮＡＤＡ', 'NOR'), ('nor way', 'NOR'), ('Mars', 'MRS'), ('World', 'world')",
        [
            ("ref_region_aliases", "CANADA", "the spelling means CAN and NOR"),
            ("ref_region_aliases", "Norway", "the spelling stands 2 times once case and blanks are ignored"),
            ("ref_region_aliases", "Mars", "region_code MRS is no region"),
            ("ref_region_aliases", "World", "the spelling means world, which is no member of a cohort nor below one"),
        ],
    ),
    "cohorts": (
        "insert into ref_cohorts (cohort_code, name_zh) values (null, '无码'), ('city', '甲'), ('city', '乙')",
        [
            ("ref_cohorts", "无码", "cohort_code is missing"),
            ("ref_cohorts", "city", "the key stands 2 times"),
        ],
    ),
    "members": (
        "insert into ref_regions (region_code, parent_region_code, name_en, region_level) values ('oslo', 'NOR', 'Oslo', 'x');"
        " insert into ref_cohort_members"
        " (edition, cohort_code, region_code, member_region_code) values ('*', 'town', 'NOR', 'NOR'),"
        " ('*', 'country', 'atlantis', 'CAN'), ('*', 'country', 'SWE', 'ATL'), ('*', null, 'SWE', 'LIE'),"
        " ('*', 'country', 'DNK', 'DNK'), ('*', 'country', 'NOR', 'oslo'), ('2031', 'country', 'SWE', 'SWE'),"
        " ('2014Q1', 'country', 'SWE', 'SWE')",
        [
            ("ref_cohort_members", "2031, country, SWE, SWE", "edition 2031 is not in ref_editions"),
            ("ref_cohort_members", "?, country, SWE, SWE", "edition (empty) is not in ref_editions"),
            ("ref_cohort_members", "2014, town, NOR, NOR", "cohort_code town does not exist"),
            ("ref_cohort_members", "2014, country, atlantis, CAN", "region_code atlantis does not exist"),
            ("ref_cohort_members", "2014, country, SWE, ATL", "member_region_code ATL does not exist"),
            ("ref_cohort_members", "2014, ?, SWE, LIE", "cohort_code (empty) does not exist"),
            ("ref_cohort_members", "2014, country, DNK, DNK", "the key stands 2 times"),
            ("ref_cohort_members", "2014, country, NOR, oslo", "the member is counted twice: NOR above it is a member, too"),
        ],
    ),
}


@pytest.fixture(scope="module")
def definitions(project, tmp_path_factory):
    """The tests of the configuration as dbt compiled them, and a copy of the warehouse with other seeds, which may be changed."""
    path = tmp_path_factory.mktemp("definitions") / project.published.name
    shutil.copyfile(project.published, path)
    manifest = json.loads((project.target / "manifest.json").read_text(encoding="utf-8"))
    nodes = manifest["nodes"].values()
    tests = [node["compiled_code"] for node in nodes if node["path"].startswith("configuration/")]
    models = {node["name"]: node for node in nodes if node["resource_type"] == "model"}
    assert len(tests) >= len(TABLES)
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute("set schema = 'reference'")
        for (table,) in warehouse.execute("select table_name from duckdb_tables() where schema_name = 'reference'").fetchall():
            warehouse.execute(f"delete from {table}")
        warehouse.execute("delete from published.pub_claims")
        for (table,) in warehouse.execute(
            "select table_name from duckdb_tables() where table_name like 'base\\_%' escape '\\'"
        ).fetchall():
            warehouse.execute(f"delete from staging.{table}")
        for seed in (ROOT / "tests" / "definitions").iterdir():
            table = "staging.base_indicator_values" if seed.stem == "raw_indicator_values" else seed.stem
            warehouse.execute(f"delete from {table}")
            warehouse.execute(f"insert into {table} by name from read_csv(?, all_varchar=true)", [str(seed)])
        between = {name: node for name, node in models.items() if node["schema"] == "intermediate"}
        parents = {name: {key.split(".")[-1] for key in node["depends_on"]["nodes"]} for name, node in between.items()}
        for name in TopologicalSorter(parents).static_order():
            if name in between:
                warehouse.execute(
                    f"create or replace table {between[name]['relation_name']} as {between[name]['compiled_code']}"
                )
        yield warehouse, tests, models


@pytest.mark.parametrize("case", CASES)
def test_bad_definition_is_named(definitions, case):
    """All that is wrong, nothing else, and what to do about it. A case names the models that its faults are seen in."""
    warehouse, tests, models = definitions
    change, expected, *computed = CASES[case]
    warehouse.execute("begin")
    try:
        warehouse.execute(change)
        for name in ["int_node_ancestors", "int_region_ancestors", *(computed[0] if computed else [])]:
            model = models[name]
            warehouse.execute(f"create or replace table {model['relation_name']} as {model['compiled_code']}")
        found = [row for test in tests for row in warehouse.execute(test).fetchall()]
    finally:
        warehouse.execute("rollback")
    assert sorted(row[:3] for row in found) == sorted(expected)
    assert all(remedy for *_, remedy in found)


# What is done to a table of the index: where it is seen, what is said, and what must not have been built.
BUILDS = {
    "weight below zero": (
        "ref_nodes",
        {"node_code": "education"},
        {"printed_weight": "-1"},
        [
            "FAILED nodes_are_sound",
            "table_name=ref_nodes",
            "row_key=2014, education",
            "below zero",
            "a weight is 0 or more",
        ],
        "fct_node_scores",
    ),
    "name of two regions": (
        "ref_regions",
        {"name_en": "New Zealand"},
        {"name_en": "ＣＡＮＡＤＡ"},
        [
            "FAILED rejected_share_base_indicator_values_",
            "column_name=region | reason=ambiguous_region | row_count=4 | example=",
        ],
        "fct_node_scores",
    ),
    "unknown method": (
        "ref_methods",
        {"node_code": "overall"},
        {"aggregator": "median"},
        ["FAILED methods_are_sound", "row_key=2014, *, overall", "unknown aggregator median", "arithmetic, minimum, geometric"],
        "fct_node_scores",
    ),
}


@pytest.mark.parametrize("case", BUILDS)
def test_bad_definition_stops_the_build(own_hdi, case):
    """Nothing is published, and nothing is computed from the bad table."""
    table, where, change, messages, not_built = BUILDS[case]
    shutil.rmtree(own_hdi.folder / "bad", ignore_errors=True)
    shutil.copytree(own_hdi.folder / "tests" / "hdi", own_hdi.folder / "bad")
    edit(own_hdi.folder / "bad" / "reference" / f"{table}.csv", where, change)
    bad = replace(own_hdi, seeds="bad")

    built = bad.build(*QUICK)

    assert built.returncode != 0
    for message in messages:
        assert message in built.stdout, built.stdout
    assert "The build failed: nothing has been published yet." in built.stdout
    assert not bad.published.exists()
    with duckdb.connect(str(bad.warehouse / "build" / bad.published.name), read_only=True) as failed:
        assert not failed.execute("select 1 from information_schema.tables where table_name = ?", [not_built]).fetchall()


def edit(path, where, change):
    """Change the one row of a CSV file that has these values."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (row,) = (row for row in rows if where.items() <= row.items())
    row.update(change)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

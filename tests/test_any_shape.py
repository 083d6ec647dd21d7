"""An index that nobody has seen: five levels, 133 indicators, 78 regions, ten editions, missing values, and the methods of COINr.

A second cohort has the groups that the regions form, and two regions leave before the last edition. Computed a second time in plain
Python, from the definition of each method.
"""

import math
import statistics
from collections import defaultdict

import duckdb
import pytest
from conftest import QUICK
from small_index import chance, write

EDITIONS = [str(edition) for edition in range(2015, 2025)]
REGIONS = [f"r{number:02}" for number in range(78)]
PARTS = [f"p{number}" for number in range(6)]
INDICATORS = [f"i{number:03}" for number in range(133)]
# How the values of its regions make up that of a part, by the indicator's number.
GROUP_RULES = [{"group_rule": "sum"}, {"group_rule": "mean", "group_weight": INDICATORS[0]}, {"group_rule": "none"}]
# What a row of ref_methods says of an indicator; every fifth indicator has the same.
OF_INDICATORS = [
    {"normaliser": "min_max", "target_lower": "1", "is_clamped": "true"},
    {"normaliser": "z_score", "target_mean": "50", "target_deviation": "10", "value_floor": "1"},
    {"normaliser": "percentile_rank", "target_lower": "1", "imputation": "cohort_median"},
    {"normaliser": "share_of_maximum", "value_floor": "1", "imputation": "parent_mean"},
    {
        "normaliser": "min_max",
        "transform": "log1p",
        "lower_goalpost": "observed_all_editions",
        "upper_goalpost": "observed_all_editions",
        "target_lower": "1",
    },
]
OF_MEANS = [
    {"aggregator": "arithmetic", "missing_rule": "reweight", "least_observed_share": "0.5"},
    {"aggregator": "geometric", "missing_rule": "reweight"},
    {"aggregator": "generalised", "aggregator_power": "2", "missing_rule": "reweight"},
    {"aggregator": "arithmetic", "missing_rule": "zero"},
    {"aggregator": "minimum", "missing_rule": "unknown"},
]
EVERYWHERE = {
    "edition": "*",
    "cohort_code": "*",
    "transform": "identity",
    "lower_goalpost": "observed",
    "upper_goalpost": "observed",
    "normaliser": "min_max",
    "aggregator": "arithmetic",
    "missing_rule": "reweight",
    "is_clamped": "false",
    "rank_decimals": "6",
}


def tree() -> list[dict]:
    """Below the root 4, 12 and 24 nodes on three levels; indicators hang on the fourth, some on the third."""
    nodes = [{"node_code": "root", "parent_node_code": "", "direction": "1"}]
    parents = ["root"]
    for level, count in ((1, 4), (2, 12), (3, 24)):
        codes = [f"n{level}_{number:02}" for number in range(count)]
        nodes += [
            {"node_code": code, "parent_node_code": parents[number % len(parents)], "direction": "1"}
            for number, code in enumerate(codes)
        ]
        if level == 2:
            higher = codes
        parents = codes
    for number, code in enumerate(INDICATORS):
        above = higher[number % 12] if number % 19 == 0 else parents[number % 24]
        direction = "-1" if number % 7 == 3 else "1"
        indicator = {"node_code": code, "parent_node_code": above, "numerator": code, "direction": direction}
        nodes.append(indicator | GROUP_RULES[number % 3])
    for number, node in enumerate(nodes):
        node |= {
            "edition": "*",
            "name_en": node["node_code"],
            "printed_weight": str(1 + number % 3),
            "sort_order": str(number),
        }
    return nodes


def methods(nodes: list[dict]) -> dict[str, dict]:
    """By node."""
    upper = [node["node_code"] for node in nodes if "numerator" not in node]
    stated = {code: OF_INDICATORS[number % 5] for number, code in enumerate(INDICATORS)}
    # The last two of OF_MEANS would leave the root without scores.
    stated |= {code: OF_MEANS[number % (3 if number < 17 else 5)] for number, code in enumerate(upper)}
    return {code: EVERYWHERE | {"node_code": code} | row for code, row in stated.items()}


def values() -> dict[tuple, float]:
    """By edition, region and indicator; seven of a hundred are missing, some are equal, all are above zero."""
    found = {}
    for edition in EDITIONS:
        for region in REGIONS:
            for number, indicator in enumerate(INDICATORS):
                if chance("missing", edition, region, indicator) >= 0.07:
                    amount = 1 + 1000 * chance("value", edition, region, indicator) ** 3
                    found[edition, region, indicator] = round(amount, 0 if number % 4 == 0 else 6)
    return found


def members(edition: str) -> list[str]:
    """The regions of an edition."""
    return REGIONS[:-2] if edition == EDITIONS[-1] else REGIONS


def inside(edition: str, part: str) -> list[str]:
    """The regions of an edition that make up a part."""
    return [region for region in members(edition) if int(region[1:]) % 6 == int(part[1:])]


def of_parts(raw: dict[tuple, float]) -> dict[tuple, float]:
    """By edition, part and indicator: the values of its regions together."""
    found = {}
    for edition in EDITIONS:
        for part in PARTS:
            for number, indicator in enumerate(INDICATORS):
                rule = GROUP_RULES[number % 3]["group_rule"]
                known = {
                    region: raw[edition, region, indicator]
                    for region in inside(edition, part)
                    if (edition, region, indicator) in raw
                }
                if rule == "sum":
                    found[edition, part, indicator] = math.fsum(known.values())
                elif rule == "mean":
                    weights = {region: raw.get((edition, region, INDICATORS[0]), 0) for region in known}
                    weighted = math.fsum(weights[region] * value for region, value in known.items())
                    found[edition, part, indicator] = weighted / math.fsum(weights.values())
    return found


def coverage(raw: dict[tuple, float], edition: str, region: str, indicator: str) -> float:
    """How many of those that make up a region have a value."""
    together = inside(edition, region) if region in PARTS else [region]
    return sum((edition, r, indicator) in raw for r in together) / len(together)


def normalised(number: int, direction: int, given: dict, all_given: list[float], regions) -> dict[str, tuple[float, bool]]:
    """Of each region with a value: its place on the scale from 0 to 1, and whether it was filled in."""
    if not given:
        return {}
    given, imputed = dict(given), set()
    for region in regions:
        if region not in given and number % 5 == 2:
            given[region] = statistics.median(value for other, value in given.items() if other not in imputed)
        elif region not in given and number % 5 == 3:
            near = [
                value for other, value in given.items() if other not in imputed and int(other[1:]) % 6 == int(region[1:]) % 6
            ]
            if not near:
                continue
            given[region] = math.fsum(near) / len(near)
        else:
            continue
        imputed.add(region)
    x = list(given.values())
    low, high, n = min(x), max(x), len(x)

    def place(value: float) -> float:
        match number % 5:
            case 0:
                share = (value - low if direction == 1 else high - value) / (high - low)
                return 0.01 + 0.99 * share
            case 1:
                mean = math.fsum(x) / n
                deviation = math.sqrt(math.fsum((other - mean) ** 2 for other in x) / (n - 1))
                return max(0.01, 0.5 + 0.1 * direction * (value - mean) / deviation)
            case 2:
                return 0.01 + 0.99 * sum(direction * other < direction * value for other in x) / (n - 1)
            case 3:
                return max(0.01, value / high if direction == 1 else low / value)
            case _:
                t, least, greatest = math.log1p(value), math.log1p(min(all_given)), math.log1p(max(all_given))
                return 0.01 + 0.99 * (t - least if direction == 1 else greatest - t) / (greatest - least)

    return {region: (place(value), region in imputed) for region, value in given.items()}


def mean(method: dict, children: list[tuple]) -> tuple[float | None, float, float]:
    """Value, observed and imputed share of a node, from share, value, observed and imputed share of its children."""
    observed = math.fsum(share * seen for share, _, seen, _ in children)
    imputed = math.fsum(share * filled for share, _, _, filled in children)
    known = [(share, value) for share, value, *_ in children if value is not None]
    if not known or observed < float(method.get("least_observed_share", 0)) - 1e-12:
        return None, observed, imputed
    whole = math.fsum(share for share, _ in known) if method["missing_rule"] == "reweight" else 1
    match method["aggregator"]:
        case "arithmetic":
            value = math.fsum(share * value for share, value in known) / whole
        case "geometric":
            value = math.exp(math.fsum(share * math.log(value) for share, value in known) / whole)
        case "generalised":
            value = math.sqrt(math.fsum(share * value**2 for share, value in known) / whole)
        case "minimum":
            value = min(value for _, value in known) if len(known) == len(children) else None
    return value, observed, imputed


@pytest.mark.slow
def test_every_score_and_rank_is_that_of_plain_python(copy_project):
    project = copy_project("tests/shape")
    index = project.folder / project.seeds / "reference"
    nodes, raw = tree(), values()
    stated = methods(nodes)
    write(index, "ref_nodes", nodes)
    write(index, "ref_methods", list(stated.values()))
    write(index, "ref_editions", [{"edition": e, "name_en": e, "weight_rule": "relative"} for e in EDITIONS])
    parts = [{"region_code": f"p{number}", "region_level": "part"} for number in range(6)]
    areas = [{"region_code": r, "region_level": "area", "parent_region_code": f"p{int(r[1:]) % 6}"} for r in REGIONS]
    write(index, "ref_regions", [place | {"name_en": place["region_code"]} for place in parts + areas])
    write(index, "ref_cohorts", [{"cohort_code": code, "name_en": f"{code}s"} for code in ("area", "part")])
    staying = [("*", region) for region in members(EDITIONS[-1])]
    leaving = [(edition, region) for edition in EDITIONS for region in REGIONS if region in members(edition)]
    leaving = [(edition, region) for edition, region in leaving if ("*", region) not in staying]
    areas_of = [{"edition": e, "cohort_code": "area", "region_code": r, "member_region_code": r} for e, r in staying + leaving]
    parts_of = [
        {"edition": e, "cohort_code": "part", "region_code": part, "member_region_code": r}
        for e in EDITIONS
        for part in PARTS
        for r in inside(e, part)
    ]
    write(index, "ref_cohort_members", areas_of + parts_of)
    # How firm the ranks are is asked of two editions; the test of the build sees to it that no replication fails.
    settings = [("weight_noise", "5", "0.25"), ("normaliser", "declared", ""), ("normaliser", "rank", "")]
    settings += [("aggregator", "declared", ""), ("aggregator", "geometric", ""), ("floor", "", "0.01")]
    settings += [("seed", "", "1"), ("replications", "", "8")]
    uncertainty = [dict(zip(("setting", "choice", "amount"), setting)) for setting in settings]
    write(index, "ref_uncertainty", [{"edition": e} | row for e in (EDITIONS[0], EDITIONS[-1]) for row in uncertainty])
    delivered = [
        {"edition": edition, "region": region, "indicator_code": indicator, "indicator_value": repr(value)}
        for (edition, region, indicator), value in raw.items()
    ]
    write(index.parent / "samples", "raw_indicator_values", delivered)

    built = project.build(*QUICK)

    assert built.returncode == 0, built.stdout
    with duckdb.connect(str(project.published), read_only=True) as warehouse:
        found = {
            (str(edition), *key): rest
            for edition, *key, rest in (
                (*row[:4], row[4:])
                for row in warehouse.execute(
                    "select edition, cohort_code, region_code, node_code, score, node_rank, observed_weight_share,"
                    " imputed_weight_share from marts.fct_node_scores"
                ).fetchall()
            )
        }
    children = defaultdict(list)
    for node in nodes:
        children[node["parent_node_code"]].append(node)
    expected = {}
    for cohort, given_values in (("area", raw), ("part", of_parts(raw))):
        by_indicator = defaultdict(list)
        for (edition, region, indicator), value in given_values.items():
            if cohort == "part" or region in members(edition):
                by_indicator[indicator].append(value)
        for edition in EDITIONS:
            regions = PARTS if cohort == "part" else members(edition)
            scores = defaultdict(dict)
            for number, indicator in enumerate(INDICATORS):
                direction = -1 if number % 7 == 3 else 1
                keys = {region: (edition, region, indicator) for region in regions}
                given = {region: given_values[key] for region, key in keys.items() if key in given_values}
                placed = normalised(number, direction, given, by_indicator[indicator], regions)
                for region in regions:
                    value, filled = placed.get(region, (None, False))
                    covered = 0.0 if value is None or filled else coverage(raw, edition, region, indicator)
                    scores[indicator][region] = (value, covered, float(filled))
            # From the leaves upwards.
            for node in reversed([node for node in nodes if "numerator" not in node]):
                below = children[node["node_code"]]
                whole = sum(int(child["printed_weight"]) for child in below)
                for region in regions:
                    parts = [(int(child["printed_weight"]) / whole, *scores[child["node_code"]][region]) for child in below]
                    scores[node["node_code"]][region] = mean(stated[node["node_code"]], parts)
            for code, of_regions in scores.items():
                ranked = [round(value, 6) for value, *_ in of_regions.values() if value is not None]
                for region, (value, observed, imputed) in of_regions.items():
                    rank = None if value is None else 1 + sum(other > round(value, 6) for other in ranked)
                    expected[edition, cohort, region, code] = (value, rank, observed, imputed)
    assert found.keys() == expected.keys()
    for key, (value, rank, *shares) in expected.items():
        score, found_rank, *found_shares = found[key]
        assert found_shares == pytest.approx(shares, abs=1e-9), key
        assert found_rank == rank, key
        assert score == (None if value is None else pytest.approx(100 * value, abs=1e-9)), key
    assert sum(score is not None for (*_, code), (score, *_) in found.items() if code == "root") > 750

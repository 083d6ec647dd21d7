"""Scenarios are computed by the same models; here a second time, from the values of fct_indicator_values and the tree alone."""

import csv
import math
import shutil
from collections import defaultdict

import duckdb
import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def marts(project):
    with duckdb.connect(str(project.published), read_only=True) as warehouse:
        yield warehouse


def rows(warehouse, sql):
    """The rows as dictionaries."""
    result = warehouse.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def equal(nodes):
    return dict.fromkeys(nodes, 1.0)


def printed(nodes):
    return {node: float(row["printed_weight"]) for node, row in nodes.items()}


def without(left_out):
    return lambda nodes: printed(nodes) | {left_out: 0.0}


def log_to_maximum(x, cohort):
    return math.log1p(x) / math.log1p(max(cohort)) if max(cohort) else 0.0


def to_maximum(x, cohort):
    return x / max(cohort) if max(cohort) else 0.0


def between_observed(x, cohort):
    low, high = min(map(math.log1p, cohort)), max(map(math.log1p, cohort))
    return (math.log1p(x) - low) / (high - low) if high > low else 0.0


def in_deviations(x, cohort):
    logs = [math.log1p(y) for y in cohort]
    mean = math.fsum(logs) / len(logs)
    deviation = math.sqrt(math.fsum((y - mean) ** 2 for y in logs) / (len(logs) - 1)) if len(logs) > 1 else 0.0
    return (math.log1p(x) - mean) / deviation if deviation else 0.0


def by_rank(x, cohort):
    return (len(cohort) - 1 - sum(y > x for y in cohort)) / (len(cohort) - 1) if max(cohort) > min(cohort) else 0.0


def by_percentile(x, cohort):
    return (sum(y < x for y in cohort) + 0.5 * sum(y == x for y in cohort)) / len(cohort)


def with_floor(x, cohort):
    return 0.01 + 0.99 * log_to_maximum(x, cohort)


def arithmetic(children):
    known = [(share, value) for share, value in children if value is not None]
    return math.fsum(share * value for share, value in known) if known else None


def geometric(children):
    known = [(share, value) for share, value in children if value is not None and share > 0]
    if not known:
        return None
    return math.prod(value**share for share, value in known) ** (1 / math.fsum(share for share, _ in known))


# Weights, what a value becomes among those of its cohort, the mean at the root, and the mean below it.
SCENARIOS = {
    "baseline": (printed, log_to_maximum, arithmetic, arithmetic),
    "equal_weights": (equal, log_to_maximum, arithmetic, arithmetic),
    "linear": (printed, to_maximum, arithmetic, arithmetic),
    "observed_minimum": (printed, between_observed, arithmetic, arithmetic),
    "z_score": (printed, in_deviations, arithmetic, arithmetic),
    "percentile": (printed, by_percentile, arithmetic, arithmetic),
    "rank": (printed, by_rank, arithmetic, arithmetic),
    "geometric_top": (printed, with_floor, geometric, arithmetic),
    "geometric": (printed, with_floor, geometric, geometric),
    "without_investment": (without("investment"), log_to_maximum, arithmetic, arithmetic),
    "without_capital_environment": (without("capital_environment"), log_to_maximum, arithmetic, arithmetic),
    "without_policy_count": (without("policy_count"), log_to_maximum, arithmetic, arithmetic),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scores_and_ranks_are_those_of_plain_python(marts, scenario):
    weigh, normalise, at_root, below = SCENARIOS[scenario]
    nodes = {row["node_code"]: row for row in rows(marts, "from marts.dim_nodes where edition = 2024")}
    weights = weigh(nodes)
    children = defaultdict(list)
    for code, row in nodes.items():
        children[row["parent_node_code"]].append(code)
    (root,) = children[None]
    raw = defaultdict(dict)
    for row in rows(marts, "from marts.fct_indicator_values where edition = 2024"):
        raw[row["cohort_code"], row["indicator_code"]][row["region_code"]] = row["raw_value"]
    found = {
        (row["cohort_code"], row["region_code"], row["node_code"]): (row["score"], row["node_rank"])
        for row in rows(marts, f"from marts.fct_scenario_ranks where scenario_code = '{scenario}' and edition = 2024")
    }

    for cohort in {cohort for cohort, _ in raw}:
        regions = {region for key, values in raw.items() if key[0] == cohort for region in values}
        values = {}
        for code in nodes:
            if not children[code]:
                known = [x for x in raw[cohort, code].values() if x is not None]
                values[code] = {r: None if x is None else normalise(x, known) for r, x in raw[cohort, code].items()}

        def value_of(code, region, values=values):
            if not children[code]:
                return values[code][region]
            whole = math.fsum(weights[child] for child in children[code])
            parts = [(weights[child] / whole, value_of(child, region)) for child in children[code]]
            return (at_root if code == root else below)(parts)

        for code in nodes:
            expected = {region: value_of(code, region) for region in regions}
            ranked = [round(value, 8) for value in expected.values() if value is not None]
            for region, value in expected.items():
                score, rank = found[cohort, region, code]
                if value is None:
                    assert score is None and rank is None
                else:
                    assert score == pytest.approx(100 * value, abs=1e-9)
                    assert rank == 1 + sum(other > round(value, 8) for other in ranked), (cohort, region, code)


def test_every_node_with_siblings_is_left_out_once(marts):
    siblings = marts.execute(
        "select node_code from marts.dim_nodes qualify count(*) over (partition by edition, parent_node_code) > 1 order by 1"
    ).fetchall()
    left_out = marts.execute(
        "select left_out_node_code from marts.dim_scenarios where left_out_node_code is not null order by 1"
    )
    assert siblings and left_out.fetchall() == siblings


def test_shifts_are_against_the_published_ranks(marts):
    differing = marts.execute(
        "select count(*) from marts.fct_scenario_ranks as s join marts.fct_node_scores as f using (edition, cohort_code, region_code,"
        " node_code) where s.rank_shift is distinct from s.node_rank - f.node_rank or s.first_ten_change is distinct from"
        " case when s.node_rank <= 10 and (f.node_rank > 10 or f.node_rank is null) then 'enters'"
        " when f.node_rank <= 10 and (s.node_rank > 10 or s.node_rank is null) then 'leaves' end"
    )
    assert differing.fetchall() == [(0,)]
    summary = marts.execute(
        "select count(*) from marts.rpt_scenario_shifts as r join (select scenario_code, edition, cohort_code,"
        " avg(abs(rank_shift)) as mean, max(abs(rank_shift)) as greatest from marts.fct_scenario_ranks where node_code = 'overall'"
        " group by all) as s using (scenario_code, edition, cohort_code)"
        " where abs(r.mean_rank_shift - s.mean) > 1e-12 or r.greatest_rank_shift <> s.greatest"
    )
    assert summary.fetchall() == [(0,)]


def test_a_file_of_weights_is_a_scenario_beside_the_published_index(own_hdi):
    """As the report's pages and the workbook write it; a bad one stops the build and is named."""
    folder = own_hdi.folder / "scenarios"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    nodes = own_hdi.folder / own_hdi.seeds / "reference" / "ref_nodes.csv"
    with nodes.open(encoding="utf-8", newline="") as file:
        root = next(row["node_code"] for row in csv.DictReader(file) if not row["parent_node_code"])
    with nodes.open(encoding="utf-8", newline="") as file:
        first = [row["node_code"] for row in csv.DictReader(file) if row["parent_node_code"] == root]
    header = "scenario_code,cohort_code,node_code,weight\n"
    (folder / "mine.csv").write_text(header + "".join(f"mine,*,{code},{i}\n" for i, code in enumerate(first)), encoding="utf-8")

    built = own_hdi.build("--exclude-resource-type", "unit_test", SCENARIOS_PATH="scenarios")

    assert built.returncode == 0, built.stdout
    with duckdb.connect(str(own_hdi.published), read_only=True) as warehouse:
        assert warehouse.execute("select name_en from marts.dim_scenarios where scenario_code = 'mine'").fetchall() == [
            ("mine",)
        ]
        (moved,) = warehouse.execute(
            "select moved_count from marts.rpt_scenario_shifts where scenario_code = 'mine'"
        ).fetchone()
        assert moved > 0

    before = own_hdi.published.read_bytes()
    for text, said in (
        (header + "mine,*,nowhere,1\n", "mine.csv: mine, *, nowhere"),
        (header + "mine,*,*,half\n", "the row changes nothing, or what it says is no number"),
        ("scenario_code;cohort_code;node_code;weight\nmine;*;*;1\n", "with commas between them"),
        ("scenario_code,cohort_code,node_code,wieght\nmine,*,*,1\n", "wieght"),
    ):
        (folder / "mine.csv").write_text(text, encoding="utf-8")
        built = own_hdi.build("--exclude-resource-type", "unit_test", SCENARIOS_PATH="scenarios")
        assert built.returncode != 0 and said in built.stdout, built.stdout
        assert own_hdi.published.read_bytes() == before
    (folder / "mine.csv").unlink()
    built = own_hdi.build(SCENARIOS_PATH="scenarios")
    assert built.returncode == 2 and "there is no .csv file in it" in built.stdout


def test_shipped_scenarios_are_explained():
    with open(ROOT / "seeds" / "reference" / "ref_scenarios.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert all(row.values()), row

"""How firm a rank is: the replications against an independent computation, and what peers get wrong."""

import json
import shutil
from collections import Counter, defaultdict
from itertools import combinations

import duckdb
import numpy as np
import pytest
from independent_replications import Replications, competition_ranks

COHORTS = {"project": ("seeds", 2024, ["province", "circle", "city"]), "hdi": ("tests/hdi", 2014, ["country"])}


def replications(project, name: str, cohort: str) -> Replications:
    seeds, edition, _ = COHORTS[name]
    return Replications(project, seeds, edition, cohort)


@pytest.mark.slow
@pytest.mark.parametrize("name", COHORTS)
def test_every_rank_of_every_replication(request, name):
    """The scores of 256 or 300 replications equal those of a recursion in NumPy, with hashlib's draws; all ranks follow from them."""
    project = request.getfixturevalue(name)
    for cohort in COHORTS[name][2]:
        ours = replications(project, name, cohort)
        (root,) = ours.children[""]
        nodes = [root, *sorted(ours.children[root])]
        scores = {
            number: np.array(columns, float)
            for number, *columns in project.query(
                f"select replication_number, {', '.join(f'list(score_{n} order by unit_number)' for n in range(len(nodes)))}"
                " from intermediate.int_replication_scores inner join intermediate.int_ranked_units using (unit_number)"
                f" where edition = {ours.edition} and cohort_code = '{cohort}' group by replication_number"
            )
        }
        assert len(scores) == int(ours.settings["replications"][""])
        for number in range(min(300, len(scores))):
            expected = ours.replication(number)
            assert np.array_equal(scores[number], [expected[node] for node in nodes], equal_nan=True), (cohort, number)
        expected = Counter(
            (region, node, int(rank))
            for columns in scores.values()
            for node, column in zip(nodes, columns)
            for region, rank in zip(ours.regions, competition_ranks(column))
            if rank
        )
        columns = "region_code, node_code, node_rank, replication_count"
        found = {tuple(row[:3]): row[3] for row in ours.query(columns, "fct_rank_distribution", "1, 2, 3")}
        assert found == expected


def compiled(project, *names: str) -> list[dict]:
    """Models and tests as dbt compiled them for the published warehouse."""
    manifest = json.loads((project.target / "manifest.json").read_text(encoding="utf-8"))
    nodes = {node["name"]: node for node in manifest["nodes"].values()}
    return [nodes[name] for name in names]


@pytest.fixture
def changeable(hdi, tmp_path):
    """A copy of the warehouse, and a function that builds a model in it again."""
    path = tmp_path / hdi.published.name
    shutil.copyfile(hdi.published, path)
    with duckdb.connect(str(path)) as warehouse:

        def build(name: str) -> None:
            (model,) = compiled(hdi, name)
            warehouse.execute(f"create or replace table {model['relation_name']} as {model['compiled_code']}")

        yield warehouse, build


def test_a_seed_reaches_every_draw(changeable):
    """ProMCDA's does not: three runs with one seed, three results."""
    warehouse, build = changeable
    build("int_weight_factors")
    draws = "select draw_number, node_code, weight_factor from intermediate.int_weight_factors order by all"
    before = warehouse.execute(draws).fetchall()
    build("int_weight_factors")
    assert warehouse.execute(draws).fetchall() == before
    warehouse.execute("update reference.ref_uncertainty set amount = '1' where setting = 'seed'")
    build("int_weight_factors")
    after = warehouse.execute(draws).fetchall()
    assert len(after) == len(before) == 256 * len({node for _, node, _ in before}) > 1000
    assert not any(one == other for one, other in zip(before, after))


def test_a_replication_that_fails_is_named(hdi, changeable):
    """In COINr it becomes a missing value, and the others go on."""
    warehouse, build = changeable
    (complete,) = compiled(hdi, "replications_are_complete")
    build("int_replication_scores")
    assert warehouse.execute(complete["compiled_code"]).fetchall() == []
    # No mean of the root, which is geometric as declared; the geometric one with a floor has none below it.
    warehouse.execute(
        "update intermediate.int_alternative_values set normalised_value = -0.2"
        " where region_code = 'NOR' and normaliser = 'z_score' and indicator_code = 'life_expectancy'"
    )
    build("int_replication_scores")
    found = warehouse.execute(complete["compiled_code"] + " order by replication_number").fetchall()
    assert [row[1] for row in found] == list(range(3, 256, 8))
    assert found[0][2:] == ("z_score", "declared", "country", "NOR", "overall", "the replication gives the region no score")
    warehouse.execute("delete from intermediate.int_replication_scores where replication_number = 5 and unit_number = 2")
    found = warehouse.execute(complete["compiled_code"]).fetchall()
    assert (5, None, "the replication lacks a region") in [(row[1], row[4], row[-1]) for row in found]


def test_mean_ranks_have_the_sum_of_all_ranks(project):
    """A rank aggregate that loses or counts a comparison twice has another sum, as COINr's Copeland scores have."""
    sums = project.query(
        "select cohort_code, node_code, sum(node_rank * replication_count), sum(replication_count) // 1000,"
        " sum(case when node_rank = 1 then replication_count end)"
        " from marts.fct_rank_distribution where cohort_code in ('province', 'circle') and node_code = 'overall' group by all"
    )
    assert {(cohort, total, count, first) for cohort, _, total, count, first in sums} == {
        ("province", 1000 * 31 * 32 / 2, 31, 1000),
        ("circle", 1000 * 4 * 5 / 2, 4, 1000),
    }


@pytest.mark.parametrize("cohort", COHORTS["project"][2])
def test_a_swap_weight_makes_neighbours_equal(project, cohort):
    """Scores computed anew with the changed weight; beyond it, the lower of the two is ahead."""
    ours = replications(project, "project", cohort)
    (root,) = ours.children[""]
    columns = "upper_region_code, lower_region_code, node_code, weight_factor"
    swaps = ours.query(columns, "fct_rank_swaps", "change_order, lower_rank, lower_region_code, node_code")[:100]
    assert swaps

    def leads(node: str, factors: list[float], pair: list[int]) -> list[float]:
        scores = [
            ours.scores(dict.fromkeys(ours.nodes, 1.0) | {node: factor}, "declared", "declared")[root] for factor in factors
        ]
        return [score[pair[0]] - score[pair[1]] for score in scores]

    for upper, lower, node, factor in swaps:
        pair = [ours.regions.index(upper), ours.regions.index(lower)]
        now, equal, beyond = leads(node, [1, factor, factor * (5 if factor > 1 else 0.2)], pair)
        # The rank's decimals round the scores.
        assert now > 0 and abs(equal) <= 1 and beyond <= min(0, equal), (upper, lower, node)


@pytest.mark.parametrize("cohort", ["province", "city"])
def test_coherence_equals_numpy(project, cohort):
    """Correlations, the standardised alpha and the shares of the variance."""
    ours = replications(project, "project", cohort)
    (root,) = ours.children[""]
    scores = defaultdict(dict)
    for node, region, score, points in ours.query("node_code, region_code, score, points", "fct_node_scores", "1, 2"):
        scores[node][region] = (score, points)
    score = {node: np.array([row[r][0] for r in ours.regions], float) for node, row in scores.items()}
    points = {node: np.nan_to_num(np.array([row[r][1] for r in ours.regions], float)) for node, row in scores.items()}
    indicators = [node for node in ours.nodes if not ours.children[node]]

    def correlation(one: str, other: str) -> float:
        both = ~np.isnan(score[one]) & ~np.isnan(score[other])
        return np.corrcoef(score[one][both], score[other][both])[0, 1]

    def group(node: str) -> str:
        parent = ours.nodes[node]["parent_node_code"]
        return node if parent == root else group(parent)

    pairs = {frozenset(pair): correlation(*pair) for pair in combinations(indicators, 2)}
    within = {pair: value for pair, value in pairs.items() if len({group(node) for node in pair}) == 1}

    def alpha(nodes: list[str]) -> float:
        mean = np.mean([value for pair, value in pairs.items() if pair <= set(nodes)])
        return len(nodes) * mean / (1 + (len(nodes) - 1) * mean)

    expected = {("mean_correlation_across", "*", "*"): np.mean([pairs[pair] for pair in pairs.keys() - within.keys()])}
    for pair, value in pairs.items():
        expected["correlation_within" if pair in within else "correlation_across", *sorted(pair)] = value
    for first in ours.children[root]:
        family = [node for node in indicators if group(node) == first]
        expected["alpha", first, "*"] = alpha(family)
        expected["mean_correlation_within", first, "*"] = np.mean([within[pair] for pair in within if pair <= set(family)])
    expected["alpha", root, "*"] = alpha(indicators)
    for node in ours.nodes.keys() - {root}:
        parent = ours.nodes[node]["parent_node_code"]
        expected["correlation_with_parent", node, parent] = correlation(node, parent)
        if parent == root or node in indicators:
            covariance = np.cov(points[node], score[root])
            expected["variance_share", node, root] = covariance[0, 1] / covariance[1, 1]
    found = ours.query("statistic, node_code, other_node_code, statistic_value", "audit_coherence", "1, 2, 3")
    assert {tuple(row[:3]): row[3] for row in found} == pytest.approx(expected, abs=1e-9)
    shares = [value for (statistic, node, _), value in expected.items() if statistic == "variance_share"]
    assert sum(shares) == pytest.approx(2)
    assert project.query("select statistic, region_count from marts.audit_coherence where cohort_code = 'circle'") == [
        ("too_few_regions", 4)
    ]


# COINr's example, "Aggregation" of its guides (bluefoxdata.eu/COINr/articles/aggregate.html): scores of eight pillars, two sub-indices and
# the index, of the first five of 51 units, to three digits. All weigh the same.
ASEM = """
ConEcFin Environ Instit P2P Physical Political Social SusEcFin Conn Sust Index
12.6 31.9 52.4 39.50 34.8 52.5 71.9 55.7 38.4 53.2 45.8
26.2 69.5 77.5 54.10 41.1 78.2 72.8 62.9 55.4 68.4 61.9
48.2 53.0 75.6 43.30 72.0 80.8 86.2 50.1 64.0 63.1 63.5
13.3 81.7 26.5 5.85 22.9 32.4 27.5 64.6 20.2 57.9 39.0
24.6 55.7 75.9 27.10 28.4 67.5 53.3 61.7 44.7 56.9 50.8
"""


def test_the_published_example_of_coinr(changeable):
    warehouse, build = changeable
    names, *units = (line.split() for line in ASEM.strip().splitlines())
    upper = {"Index": "", "Conn": "Index", "Sust": "Index"}
    parents = upper | {name: "Sust" if name in ("Environ", "Social", "SusEcFin") else "Conn" for name in names[:8]}
    for node, parent in parents.items():
        warehouse.execute(
            "insert into reference.ref_nodes by name select '2018' as edition, ? as node_code, ? as parent_node_code,"
            " '1' as printed_weight, '1' as direction",
            [node, parent],
        )
    warehouse.execute(
        "insert into reference.ref_methods by name select * replace ('2018' as edition, '*' as node_code, 'reweight' as missing_rule,"
        " 'arithmetic' as aggregator) from reference.ref_methods limit 1"
    )
    for number, unit in enumerate(units):
        for name, score in zip(names[:8], unit):
            warehouse.execute(
                "insert into intermediate.int_normalised_values by name select 'baseline' as scenario_code, 2018 as edition,"
                " 'country' as cohort_code, ? as region_code, ? as indicator_code, ? / 100 as normalised_value",
                [str(number), name, float(score)],
            )
    for model in ("int_node_ancestors", "int_nodes", "int_scenarios", "int_methods", "int_node_weights", "int_node_scores"):
        build(model)
    for number, unit in enumerate(units):
        found = dict(
            warehouse.execute(
                "select node_code, score from intermediate.int_node_scores"
                " where scenario_code = 'baseline' and edition = 2018 and region_code = ?",
                [str(number)],
            ).fetchall()
        )
        # Half a unit of the last printed digit, as much again from the digits of what is averaged.
        assert found == pytest.approx(dict(zip(names, map(float, unit))), abs=0.1)


def sobol(outputs: dict[str, np.ndarray], factors: list[str], shift: float = 0) -> dict[str, tuple[float, float]]:
    """Saltelli's first order and Jansen's total of each factor, from the outputs of the samples a, b and of each factor."""
    a, b = outputs["a"] + shift, outputs["b"] + shift
    both = np.concatenate([a, b])
    return {
        factor: (
            np.mean((b - both.mean()) * (outputs[factor] + shift - a)) / both.var(),
            np.mean((a - outputs[factor] - shift) ** 2) / 2 / both.var(),
        )
        for factor in factors
    }


# First order and total that sobol.analyze of SALib 1.6.0 gives for the outputs of test_sensitivity_equals_numpy. It centres them on the
# mean of all runs, not on that of the two samples, so its first order is a little different.
SALIB = {
    ("*", "weights_1"): (0.06206950090334233, 0.10772357723577236),
    ("*", "weights_2"): (-0.00042243353981159256, 0.01738934056007227),
    ("*", "normaliser"): (0.8755071218866951, 0.975383920505872),
    ("*", "aggregator"): (-0.010139413150083888, 0.007000903342366757),
    ("USA", "weights_1"): (0.23970315398886824, 0.21682665160926035),
    ("USA", "weights_2"): (-0.010357344518835195, 0.043365330321852066),
    ("USA", "normaliser"): (0.7392594982657095, 0.7769621682665161),
    ("USA", "aggregator"): (-0.03721868193917883, 0.018068887634105024),
}


def test_sensitivity_equals_numpy(own_hdi):
    """Every run scored by the recursion; indices and intervals from the definition. Other tests build with none."""
    draws, path = 64, "warehouse/sensitivity.duckdb"
    assert own_hdi.query("select count(*) from marts.fct_sensitivity") == [(0,)]
    shutil.copyfile(own_hdi.published, own_hdi.folder / path)
    select = "int_weight_factors int_sensitivity_scores fct_sensitivity"
    variables = ("--vars", f"{{sensitivity_runs: {draws}}}")
    done = own_hdi.run("dbt", "--quiet", "run", "--select", *select.split(), *variables, WAREHOUSE_PATH=path)
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(own_hdi.folder / path), read_only=True) as warehouse:
        rows = warehouse.execute(
            "select region_code, factor_code, first_order, total, total_low, total_high, output_variance, run_count, reason"
            " from marts.fct_sensitivity"
        ).fetchall()
    found = {tuple(row[:2]): row[2:] for row in rows}
    for key, (first, total) in SALIB.items():
        assert found[key][0] == pytest.approx(first, abs=0.001) and found[key][1] == pytest.approx(total, abs=1e-9), key

    ours = replications(own_hdi, "hdi", "country")
    (root,) = ours.children[""]
    choices = {setting: ours.choices(setting) for setting in ("normaliser", "aggregator")}
    p, q = map(len, choices.values())
    levels = {factor: factor.removeprefix("weights_") for _, factor in found if factor.startswith("weights_")}
    factors = [*levels, *choices]
    assert set(found) == {(region, factor) for region in ["*", *ours.regions] for factor in factors}
    ranks = {run: np.zeros((draws, len(ours.regions))) for run in ["a", "b", *factors]}
    for number in range(draws):
        weights = {series: ours.factors(number, series) for series in "ab"}
        digits = {
            "a": {"normaliser": number % p, "aggregator": number // p % q},
            "b": {"normaliser": number // (p * q) % p, "aggregator": number // (p * q * p) % q},
        }
        for run in ranks:
            drawn = {
                node: weights["b" if run == "b" or levels.get(run) == str(ours.level(node)) else "a"][node]
                for node in ours.nodes
            }
            chosen = {
                setting: names[digits["b" if run in ("b", setting) else "a"][setting]] for setting, names in choices.items()
            }
            ranks[run][number] = competition_ranks(ours.scores(drawn, **chosen)[root])
    intervals = ours.query("node_code, region_code, nominal_rank", "fct_rank_intervals", "1, 2")
    nominal = {region: rank for node, region, rank in intervals if node == root}
    outputs = {region: {run: table[:, i] for run, table in ranks.items()} for i, region in enumerate(ours.regions)}
    published = np.array([nominal[region] for region in ours.regions])
    outputs["*"] = {run: np.abs(table - published).mean(axis=1) for run, table in ranks.items()}
    blocks = np.arange(draws) * 16 // draws
    for region, table in outputs.items():
        variance = np.concatenate([table["a"], table["b"]]).var()
        expected = sobol(table, factors) if variance else {}
        # Computed on outputs that are not centred, first-order indices would follow the zero of the scale.
        assert not variance or np.allclose(list(expected.values()), list(sobol(table, factors, shift=1000).values()), atol=1e-6)
        for factor in factors:
            first, total, low, high, of_output, count, reason = found[region, factor]
            assert count == draws and of_output == pytest.approx(variance, abs=1e-9)
            assert (first is None) == (reason is not None) == (variance == 0)
            if variance:
                assert (first, total) == pytest.approx(expected[factor], abs=1e-9), (region, factor)
                left = [
                    sobol({run: values[blocks != block] for run, values in table.items()}, [factor])[factor][1]
                    for block in range(16)
                    if np.ptp(np.concatenate([table[run][blocks != block] for run in "ab"]))
                ]
                if len(left) == 16:
                    error = 1.96 * np.sqrt(15 / 16 * np.sum((np.array(left) - np.mean(left)) ** 2))
                    assert (low, high) == pytest.approx((total - error, total + error), abs=1e-6), (region, factor)


def test_findings_are_proved_by_their_queries(project):
    """Every query, run as it is printed, says in one row whether the sentence holds, and asks other marts than the findings."""
    findings = "select finding_code, verdict, query_sql from marts.rpt_findings"
    with duckdb.connect(str(project.published), read_only=True) as warehouse:
        proofs = warehouse.execute(findings).fetchall()
        assert len(proofs) > 1000
        for code, verdict, query in proofs:
            assert "rpt_findings" not in query
            result = warehouse.execute(query)
            assert [column[0] for column in result.description] == ["holds"], code
            assert result.fetchall() == [(verdict in ("holds", "confirmed"),)], (code, query)
    said = {code.removeprefix("published."): verdict for code, verdict, _ in proofs if verdict in ("confirmed", "contradicted")}
    tiers = {"first_tier_provinces", "first_tier_cities"}
    contradicted = {code for code, verdict in said.items() if verdict == "contradicted"}
    assert contradicted == tiers | {"cities_11_to_25", "capital_environment_ninth_and_tenth"} and len(said) == 18

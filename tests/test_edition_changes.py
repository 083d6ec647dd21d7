"""What changed from one edition to the next, and by what: one factor at a time, then all at once, on a made-up index.

The indices between two editions are computed a second time, by a recursion in plain Python over the nodes that count.
"""

import math
import sys
from itertools import pairwise

import duckdb
import pytest
from changing_index import CHANGED, EFFECTS, EVERYWHERE, REGIONS, editions, leaves, members
from conftest import ROOT

sys.path.append(str(ROOT / "scripts"))
from ask import ask, questions


@pytest.fixture(scope="module")
def made_up(changing):
    with duckdb.connect(str(changing.published), read_only=True) as warehouse:
        yield warehouse


def placed(method: dict, direction: int, goalposts: list[float], given: dict[str, float]) -> dict[str, float]:
    """Of each region with a value: its place on the scale from 0 to 1."""
    x = list(given.values())

    def place(value: float) -> float:
        worse = sum(direction * other < direction * value for other in x)
        same = x.count(value)
        match method["normaliser"]:
            case "rank":
                share = (worse + same - 1) / (len(x) - 1)
            case "percentile":
                share = (worse + same / 2) / len(x)
            case "min_max":
                low, high = goalposts
                share = (value - low if direction == 1 else high - value) / (high - low)
        least = float(method.get("target_lower", 0)) / 100
        return least + (1 - least) * min(max(share, 0), 1)

    return {region: place(value) for region, value in given.items()}


def index(tree, counted, methods, goalposts, goalpost_data, all_data, weights, data) -> dict[tuple, tuple]:
    """Points and rank of each region and node, of the indicators that count and of what stands above them."""
    values = {}
    for node in counted:
        method = EVERYWHERE | methods.get(node, {})
        transform = {"identity": float, "log": math.log, "log1p": math.log1p}[method["transform"]]
        ends = []
        for end, extreme in zip(goalposts[node], (min, max)):
            if end == "observed":
                ends.append(transform(extreme(goalpost_data[node].values())))
            elif end == "observed_all_editions":
                ends.append(transform(extreme(value for table in all_data for value in table[node].values())))
            elif end.startswith("region:"):
                ends.append(transform(goalpost_data[node][end.removeprefix("region:")]))
            else:
                ends.append(transform(float(end)) if method["normaliser"] == "min_max" else None)
        given = {region: transform(value) for region, value in data[node].items()}
        values[node] = placed(method, -1 if node == "b2" else 1, ends, given)
    kept = set(counted)
    while above := {tree[node] for node in kept if tree[node]} - kept:
        kept |= above
    shares = {"root": 1.0}

    def fill_in(node: str) -> None:
        children = [child for child in tree if tree[child] == node and child in kept]
        whole = sum(weights[child] for child in children)
        for child in children:
            shares[child] = shares[node] * weights[child] / whole
            fill_in(child)
        if not children:
            return
        values[node] = {}
        for region in REGIONS:
            parts = [(weights[child], values[child][region]) for child in children if region in values[child]]
            total = sum(weight for weight, _ in parts)
            if not parts:
                continue
            if (EVERYWHERE | methods.get(node, {}))["aggregator"] == "geometric":
                values[node][region] = math.exp(math.fsum(weight * math.log(value) for weight, value in parts) / total)
            else:
                values[node][region] = math.fsum(weight * value for weight, value in parts) / total

    fill_in("root")
    found = {}
    for node in kept:
        decimals = int((EVERYWHERE | methods.get(node, {}))["rank_decimals"])
        rounded = {region: round(value, decimals) for region, value in values[node].items()}
        for region, value in values[node].items():
            rank = 1 + sum(other > rounded[region] for other in rounded.values())
            found[region, node] = (100 * shares[node] * value, rank)
    return found


def states(earlier: dict, later: dict, all_data: list[dict]) -> list[dict[tuple, tuple]]:
    """The earlier edition, the steps of EFFECTS, and the later edition."""

    def of_edition(edition: dict) -> dict[tuple, tuple]:
        tree, data = edition["tree"], edition["data"]
        return index(tree, leaves(tree), edition["method"], edition["goalpost"], data, all_data, edition["weight"], data)

    counted = leaves(earlier["tree"]) & leaves(later["tree"])
    shared = counted | (set(earlier["tree"].values()) & set(later["tree"].values()))
    found = [of_edition(earlier)]
    for number in range(len(EFFECTS)):

        def part(name: str, of: str | None = None, number=number) -> dict:
            if number >= EFFECTS.index(of or name):
                return later[name]
            return later[name] | {
                node: earlier[name].get(node, {}) for node in shared if node in earlier[name] or name == "method"
            }

        found.append(
            index(
                later["tree"],
                counted,
                part("method"),
                part("goalpost"),
                part("data", "goalpost"),
                all_data,
                part("weight"),
                part("data"),
            )
        )
    return [*found, of_edition(later)]


def test_effects_are_those_of_plain_python(made_up):
    """Every region and node of every edition: points, ranks and the five effects of each."""
    stated = editions()
    all_data = [parts["data"] for parts in stated.values()]
    columns = [f"{effect}_{unit}" for unit in ("points", "ranks") for effect in EFFECTS]
    rows = made_up.execute(
        "select edition, previous_edition, region_code, node_code, points, previous_points, node_rank, previous_rank,"
        f" points_change, rank_change, {', '.join(columns)} from marts.fct_edition_changes"
    ).fetchall()
    found = {(row[0], row[2], row[3]): row for row in rows}
    assert len(found) == len(rows)
    compared = 0
    for previous, edition in pairwise(stated):
        path = states(stated[previous], stated[edition], all_data)
        before, *between, now = path
        for region in REGIONS:
            for node in stated[previous]["tree"].keys() | stated[edition]["tree"].keys():
                key = (region, node)
                row = found.pop((edition, *key), None)
                in_now, in_before = (region in members(year) and node in stated[year]["tree"] for year in (edition, previous))
                assert (row is None) == (not in_now and not in_before), (edition, key)
                if row is None:
                    continue
                (points, rank), (points_before, rank_before) = now.get(key, (None,) * 2), before.get(key, (None,) * 2)
                assert row[1] == previous and row[6:8] == (rank, rank_before), row
                assert row[4:6] == pytest.approx((points, points_before), abs=1e-9), row
                stays = region in members(edition) and region in members(previous)
                gone, came = node not in stated[edition]["tree"], node not in stated[previous]["tree"]
                if not stays or (points is None and not gone) or (points_before is None and not came):
                    assert row[8:] == (None,) * 12, row
                    continue
                counts = [state.get(key, (0, None))[0] for state in between]
                effects = [later - earlier for earlier, later in pairwise(counts)]
                change = (points or 0) - (points_before or 0)
                assert row[8] == pytest.approx(change, abs=1e-9), row
                assert row[10:15] == pytest.approx((change - sum(effects), *effects), abs=1e-9), (row, counts)
                compared += 1
                if gone or came:
                    assert row[9] is None and row[15:] == (None,) * 5, row
                    continue
                steps = [state.get(key, (0, rank))[1] for state in between]
                effects = [earlier - later for earlier, later in pairwise(steps)]
                assert row[9] == rank_before - rank, row
                assert row[15:] == (row[9] - sum(effects), *effects), (row, steps)
    assert not found and compared > 500


def test_effects_sum_to_the_change(made_up):
    """To the last bit; and those of children to their parent's, if its mean is arithmetic and it keeps them."""
    ranks, points = ([f"{effect}_{unit}" for effect in EFFECTS] for unit in ("ranks", "points"))
    unequal = made_up.execute(
        f"select * from marts.fct_edition_changes where points_change <> {' + '.join(points)}"
        f" or previous_points + points_change <> points or rank_change <> {' + '.join(ranks)}"
    )
    assert unequal.fetchall() == []
    counts = made_up.execute("select count(data_points), count(data_ranks) from marts.fct_edition_changes").fetchone()
    assert all(count > 300 for count in counts)
    signed = ", ".join(f"sum(case when node_code = 'root' then -1 else 1 end * {effect})" for effect in points)
    sums = made_up.execute(
        f"select edition, {signed} from marts.fct_edition_changes where region_code <> 'r7' and edition <> 2016"
        " and node_code in ('root', 'a', 'b', case when edition < 2016 then 'c' else 'd' end) group by edition"
    ).fetchall()
    assert {edition for edition, *_ in sums} == CHANGED.keys() - {2016}
    assert all(abs(value) < 1e-9 for _, *of_edition in sums for value in of_edition)


def test_one_factor_at_a_time(made_up):
    """Where one thing changed, its effect is the whole change, and no other is anything."""
    for edition, changed in CHANGED.items():
        for unit in ("points", "ranks"):
            columns = ", ".join(f"count(*) filter ({effect}_{unit} <> 0)" for effect in EFFECTS)
            counts = made_up.execute(f"select {columns} from marts.fct_edition_changes where edition = {edition}").fetchone()
            assert {effect for effect, count in zip(EFFECTS, counts) if count} == changed, (edition, unit, counts)


def test_warnings(made_up):
    """Of a node itself and of what is below it."""
    found = made_up.execute(
        "select distinct edition, node_code, is_method_broken, warning from marts.fct_edition_changes"
        " where edition in (2014, 2015, 2016)"
    ).fetchall()
    warned = {(edition, node): warning for edition, node, broken, warning in found if warning}
    assert len(found) == len({(edition, node) for edition, node, *_ in found})
    assert all(broken == (warning is not None) for *_, broken, warning in found)
    assert warned == (
        {(2015, node): "method_changed" for node in ("root", "a", "a1", "a2", "a3", "b", "c")}
        | {(2016, node): "tree_changed" for node in ("root", "a", "b", "c")}
        | {(2016, node): "node_came" for node in ("a4", "b11", "b12", "d", "d1")}
        | {(2016, "a3"): "node_went", (2016, "b1"): "tree_changed"}
    )
    regions = made_up.execute(
        "select distinct region_code, split_part(warning, ' ', 1) from marts.fct_edition_changes"
        " where warning like 'region%' and edition = 2020"
    ).fetchall()
    assert sorted(regions) == [("r8", "region_went"), ("r9", "region_came")]


def test_steps_are_no_scenarios(made_up):
    for table in ("dim_scenarios", "fct_scenario_ranks", "rpt_scenario_shifts"):
        assert made_up.execute(f"select distinct scenario_code from marts.{table}").fetchall() == [("baseline",)]


def test_the_question_of_what_changed(made_up):
    """Its answer has a row for each region of each edition, and the change where there was one before."""
    rows = made_up.execute(ask(questions()["changes_since"], cohort_code="area", node_code="root"))
    names = [column[0] for column in rows.description]
    rows = [dict(zip(names, row)) for row in rows.fetchall()]
    assert [row["edition"] for row in rows] == sorted([*CHANGED, 2010] * 9)
    for row in rows:
        assert (row["previous_edition"] is None) == (row["edition"] == 2010)
        parts = [row[f"{effect}_ranks"] for effect in EFFECTS]
        assert row["rank_change"] == (sum(parts) if None not in parts else None), row

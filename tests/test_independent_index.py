"""The warehouse against a computation that knows the report and the raw files, but not the SQL."""

import math

import independent_index
import pytest

# Both indexes have to be built, of which pytest learns only when it runs.
pytestmark = pytest.mark.slow

TOLERANCE = 1e-9


def close(ours, theirs) -> bool:
    """Equal to TOLERANCE, missing values only to missing values."""
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


@pytest.fixture(scope="module", params=["seeds", "tests/hdi"])
def both(request):
    """A built warehouse and the independent result from the same files."""
    project = request.getfixturevalue("project" if request.param == "seeds" else "hdi")
    return project, independent_index.compute(project.folder / request.param)


def test_node_scores(both):
    project, independent = both
    scores = {
        row[:4]: row[4:]
        for row in project.query(
            "select edition, cohort_code, region_code, node_code, score, points, node_rank, observed_weight_share"
            " from marts.fct_node_scores"
        )
    }
    assert scores.keys() == independent.node_scores.keys()
    for key, (score, points, rank, share) in scores.items():
        expected = independent.node_scores[key]
        assert close(score, expected.score), key
        assert close(points, expected.points), key
        assert rank == expected.rank, key
        assert close(share, expected.observed_weight_share), key


def test_indicator_values(both):
    project, independent = both
    columns = ("numerator", "denominator", "raw_value", "transformed_value", "normalised_value", "effective_weight", "points")
    values = {
        row[:4]: row[4:]
        for row in project.query(
            f"select edition, cohort_code, region_code, indicator_code, {', '.join(columns)}, indicator_rank"
            " from marts.fct_indicator_values"
        )
    }
    assert values.keys() == independent.indicator_values.keys()
    for key, (*numbers, rank) in values.items():
        expected = independent.indicator_values[key]
        for column, number in zip(columns, numbers):
            assert close(number, getattr(expected, column)), (key, column)
        assert rank == expected.rank, key


def test_accepted_rows(both):
    """The same rows survive, not only as many."""
    project, independent = both
    keys = {
        "raw_enterprises": "enterprise_id",
        "raw_investors": "investor_id",
        "raw_universities": "university_id",
        "raw_research_institutes": "institute_id",
        "raw_alliances": "alliance_id",
        "raw_conferences": "conference_id",
        "raw_policies": "policy_id",
        "raw_parks": "park_id",
        "raw_technology_relations": "relation_id",
        "raw_investment_relations": "relation_id",
        "raw_indicator_values": "region_code, indicator_code",
    }
    for table, key in keys.items():
        staging = table.replace("raw_", "staging.stg_")
        assert set(project.query(f"select edition, {key} from {staging}")) == set(independent.accepted_keys[table]), table

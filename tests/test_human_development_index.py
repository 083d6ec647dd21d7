"""Another index through the same models: the UNDP's Human Development Index, by INDEX_SEEDS alone."""

import pytest


def test_published_values_come_out(hdi):
    """The UNDP's printed index values and the order of the countries."""
    verdicts = hdi.query("select verdict, count(*) from marts.audit_published_figures group by verdict")
    assert verdicts == [("reproduced", 20)]


def test_norway_by_hand(hdi):
    """2014: 81.6 years of life, 17.5 of expected and 12.6 of mean schooling, an income of 64992 dollars."""
    from math import log

    health = (81.6 - 20) / (85 - 20)
    education = (17.5 / 18 + 12.6 / 15) / 2
    income = (log(64992) - log(100)) / (log(75000) - log(100))
    ((score, rank),) = hdi.query(
        "select score, node_rank from marts.fct_node_scores where region_code = 'NOR' and node_code = 'overall'"
    )
    assert score == pytest.approx(100 * (health * education * income) ** (1 / 3), abs=1e-12)
    assert rank == 1


def test_rank_tables_of_the_report_stay_empty(hdi):
    for table in ("rank_provinces", "rank_circles", "rank_cities"):
        assert hdi.query(f"select count(*) from marts.{table}") == [(0,)]

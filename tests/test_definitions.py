"""A definition that makes no sense stops the build before any mart, and says which row of which table to mend."""

import csv
import shutil

import duckdb
import pytest
from conftest import QUICK

NODES, METHODS, MEMBERS, ALIASES, REGIONS = (
    f"reference/{name}.csv" for name in ("ref_nodes", "ref_methods", "ref_cohort_members", "ref_region_aliases", "ref_regions")
)

# What is done to a table of the sound index in tests/hdi, and what must be said about it.
CASES = {
    "weights that do not sum": (
        NODES,
        {"node_code": "health"},
        {"printed_weight": "0.5"},
        ["table_name=ref_nodes", "row_key=2014, overall", "children's weights sum to 1.1667", "correct the weights"],
    ),
    "orphan node": (
        NODES,
        {"node_code": "education"},
        {"parent_node_code": "nowhere"},
        ["table_name=ref_nodes", "row_key=2014, education", "nowhere is no node", "add the parent"],
    ),
    "cycle": (
        NODES,
        {"node_code": "education"},
        {"parent_node_code": "expected_schooling"},
        ["table_name=ref_nodes", "row_key=2014, education", "its own ancestor", "towards the root"],
    ),
    "duplicate key": (
        NODES,
        {"node_code": "health"},
        {"node_code": "education"},
        ["table_name=ref_nodes", "row_key=2014, education", "stands 2 times", "keep one"],
    ),
    "unknown method": (
        METHODS,
        {"node_code": "overall"},
        {"aggregator": "median"},
        ["table_name=ref_methods", "row_key=2014, *, overall", "unknown aggregator median", "arithmetic, geometric"],
    ),
    "negative weight": (
        NODES,
        {"node_code": "health"},
        {"printed_weight": "-0.3333"},
        ["table_name=ref_nodes", "row_key=2014, health", "below zero", "direction -1"],
    ),
    "weight that is no number": (
        NODES,
        {"node_code": "health"},
        {"printed_weight": "a third"},
        ["table_name=ref_nodes", "row_key=2014, health", "no number", "a decimal number"],
    ),
    "alias of two regions": (
        ALIASES,
        {"alias": "Norway"},
        {"alias": "ＣＡＮＡＤＡ"},
        ["table_name=ref_region_aliases", "means CAN and NOR", "keep only spellings that mean one region"],
    ),
    "member that does not exist": (
        MEMBERS,
        {"region_code": "NOR"},
        {"member_region_code": "ATL"},
        ["table_name=ref_cohort_members", "row_key=country, NOR, ATL", "ATL does not exist", "add it to ref_regions"],
    ),
    "indicator without source": (
        NODES,
        {"node_code": "gni_per_capita"},
        {"numerator": "happiness"},
        ["table_name=ref_nodes", "row_key=2014, gni_per_capita", "no source: happiness", "raw_indicator_values"],
    ),
    "reversed goalposts": (
        METHODS,
        {"node_code": "life_expectancy"},
        {"lower_goalpost": "90"},
        ["table_name=ref_methods", "row_key=2014, *, life_expectancy", "90 is not below", "the smaller number"],
    ),
    "region without parent": (
        REGIONS,
        {"region_code": "NOR"},
        {"parent_region_code": "EUR"},
        ["table_name=ref_regions", "row_key=NOR", "EUR is no region", "add the parent"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_definition(hdi, case):
    table, where, change, messages = CASES[case]
    shutil.rmtree(hdi.folder / "bad", ignore_errors=True)
    shutil.copytree(hdi.folder / "tests" / "hdi", hdi.folder / "bad")
    edit(hdi.folder / "bad" / table, where, change)
    before = hdi.published.read_bytes()

    built = hdi.build(*QUICK, INDEX_SEEDS="bad")

    assert built.returncode != 0
    for message in messages:
        assert message in built.stdout, built.stdout
    assert "is what it was before" in built.stdout
    assert hdi.published.read_bytes() == before
    with duckdb.connect(str(hdi.folder / "warehouse" / "build" / hdi.published.name), read_only=True) as failed:
        assert failed.execute("select * from information_schema.tables where table_schema = 'marts'").fetchall() == []


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

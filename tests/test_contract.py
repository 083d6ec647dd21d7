"""The data contract for other tools, docs/datapackage.json, checked with the tool of its standard, frictionless."""

import sys

import pytest
import yaml
from conftest import ROOT
from frictionless import Package
from small_index import COLUMNS, clean_cell, clean_samples, write_csv
from test_bad_input import ROWS, key_column

sys.path.append(str(ROOT / "scripts"))
import write_contract

# What no schema of a table can know: the editions and regions there are, and what depends on another row's fate.
ONLY_THE_BUILD_SEES = {
    "unknown_edition",
    "unknown_region",
    "ambiguous_region",
    "region_not_ranked",
    "unknown_enterprise",
    "unknown_investor",
    "out_of_range",
}


def test_contract_is_that_of_the_models():
    assert write_contract.CONTRACT.read_text(encoding="utf-8") == write_contract.as_text(), (
        "docs/datapackage.json disagrees with the base models: run python scripts/write_contract.py"
    )
    assert write_contract.SOURCES.read_text(encoding="utf-8") == write_contract.sources_as_text(), (
        "the sources disagree with the seeds: run python scripts/write_contract.py"
    )


def test_every_list_of_columns_is_the_contract():
    """The shipped files and their documentation, from which Spark's tables are made, have the columns of the base models."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    typed = project["seeds"][project["name"]]["+column_types"]
    for resource in write_contract.contract()["resources"]:
        columns = [field["name"] for field in resource["schema"]["fields"]]
        path = ROOT / "seeds" / "samples" / resource["path"]
        assert columns == path.open(encoding="utf-8").readline().strip().split(",")
        (seed,) = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))["seeds"]
        assert columns == [column["name"] for column in seed["columns"]]
        assert set(columns) <= set(typed.split())


def test_every_seed_is_read_as_text():
    """A column that dbt_project.yml does not name would be typed by whatever happens to be in it, on engines but DuckDB."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    typed = set(project["seeds"][project["name"]]["+column_types"].split())
    for path in ROOT.glob("seeds/*/*.csv"):
        assert set(path.open(encoding="utf-8").readline().strip().split(",")) <= typed, path.name


@pytest.fixture
def validate(tmp_path):
    """A function that validates samples against the contract: row numbers with an error, per table."""

    def run(samples):
        for table, rows in samples.items():
            write_csv(tmp_path / f"{table}.csv", rows, COLUMNS[table])
        (tmp_path / "datapackage.json").write_bytes(write_contract.CONTRACT.read_bytes())
        report = Package(str(tmp_path / "datapackage.json")).validate(limit_errors=1_000_000)
        assert not report.errors, report.errors
        return {task.name: {error.row_number for error in task.errors} for task in report.tasks}

    return run


def test_clean_samples_are_valid(validate):
    assert validate(clean_samples()) == {table: set() for table in COLUMNS}


def test_what_the_contract_allows_is_accepted(validate):
    """A row without an error is rejected only for what no schema can know."""
    samples = clean_samples()
    expected = {}
    for kind, (table, rows) in ROWS.items():
        for changes, outcome in rows:
            clean = {column: clean_cell(table, column, 1) for column in COLUMNS[table]}
            samples[table].append(clean | {key_column(table): kind} | changes)
            # The header is line 1.
            expected[kind, table, len(samples[table]) + 1] = outcome
    found = validate(samples)
    for (kind, table, row), outcome in expected.items():
        # Table Schema can say nothing of the number of decimals.
        if kind == "five decimals":
            continue
        if isinstance(outcome, str) and outcome.split(": ")[1] not in ONLY_THE_BUILD_SEES and "duplicate" not in kind:
            assert row in found[table], kind

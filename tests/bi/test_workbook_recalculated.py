"""The workbook is alive: LibreOffice computes from other weights what the warehouse computes from the file that it exports."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from conftest import QUICK, install, leave_out

# None as shipped; equal ones on the first level; one that weighs nothing; leaves and their parents.
SETS = {
    "as_shipped": {},
    "all_equal": dict.fromkeys(
        (
            "enterprise_capability",
            "academic_ecosystem",
            "capital_environment",
            "international_openness",
            "linkage_capability",
            "government_response",
        ),
        1,
    ),
    "no_capital": {"capital_environment": 0, "conference_count": 0},
    "deep": {"enterprise_patent_count": 0.9, "financing": 0.011, "institute_papers_average": 0.2, "government_response": 0.3},
}
EVERY_SHEET_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def soffice() -> str:
    if not shutil.which("soffice"):
        install("libreoffice-calc-nogui", "LibreOffice's look at the workbook")
    if not shutil.which("soffice"):
        leave_out("LibreOffice's look at the workbook, for want of LibreOffice Calc. Install it.")
    return shutil.which("soffice")


def rows_of(book, sheet: str, first: int) -> dict[str, tuple]:
    return {row[0]: row for row in book[sheet].iter_rows(min_row=first, values_only=True) if row[0]}


@pytest.fixture(scope="module")
def recalculated(own_project, soffice, tmp_path_factory):
    """For each set of weights the workbook as LibreOffice computes it, and the warehouse built with what it exported."""
    folder: Path = tmp_path_factory.mktemp("workbooks")
    for name, weights in SETS.items():
        book = openpyxl.load_workbook(own_project.published.with_name("workbook.xlsx"))
        sheet = book["权重 Weights"]
        rows = {sheet.cell(row, 3).value: row for row in range(6, sheet.max_row + 1)}
        for code, weight in weights.items():
            sheet.cell(rows[code], 6).value = weight
        sheet["F3"] = name
        # Without values, so that LibreOffice must compute them.
        book.save(folder / f"{name}.xlsx")
    scenarios = folder / "scenarios"
    scenarios.mkdir()
    for kind in ("xlsx:Calc MS Excel 2007 XML", EVERY_SHEET_AS_CSV):
        converted = subprocess.run(
            [
                soffice,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(folder / "out"),
                *(str(folder / f"{name}.xlsx") for name in SETS),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert converted.returncode == 0, converted.stdout
    for name in SETS:
        shutil.copy(folder / "out" / f"{name}-weights_csv.csv", scenarios / f"{name}.csv")
    built = own_project.build(*QUICK, SCENARIOS_PATH=str(scenarios))
    assert built.returncode == 0, built.stdout
    return {name: openpyxl.load_workbook(folder / "out" / f"{name}.xlsx", data_only=True) for name in SETS}


@pytest.mark.parametrize("name", SETS)
def test_scores_and_ranks_are_those_of_the_warehouse(recalculated, own_project, name):
    """Scores to 1e-9, ranks exactly, of all regions and first-level nodes."""
    book = recalculated[name]
    effective = {row[2]: row[8] for row in book["权重 Weights"].iter_rows(min_row=6, values_only=True) if row[2]}
    first_level = [
        code for (code,) in own_project.query("select node_code from marts.dim_nodes where node_level = 1 order by sort_order")
    ]
    cells = 0
    for sheet, cohort in (("省份 Provinces", "province"), ("经济圈 Economic circles", "circle"), ("城市 Cities", "city")):
        found = rows_of(book, f"试算 What if {sheet}", 5)
        expected = own_project.query(
            "select region_code, node_code, score, node_rank, node_rank - rank_shift from marts.fct_scenario_ranks"
            f" where scenario_code = '{name}' and cohort_code = '{cohort}'"
        )
        for region, node, score, rank, rank_today in expected:
            row = found[region]
            if node == "overall":
                assert row[3] == rank_today and row[4] == rank and row[5] == rank_today - rank
                assert row[7] == pytest.approx(score, abs=1e-9)
            elif node in first_level:
                column = 8 + 2 * first_level.index(node)
                assert row[column] == pytest.approx(score * effective[node], abs=1e-9)
                assert row[column + 1] == rank, (region, node)
            else:
                continue
            cells += 1
    assert cells == (31 + 4 + 337) * 7


def test_weights_as_shipped_change_nothing(recalculated):
    book = recalculated["as_shipped"]
    rows = rows_of(book, "试算 What if 城市 Cities", 5)
    assert len(rows) == 337 and all(row[3] == row[4] and row[5] == 0 for row in rows.values())
    moved = rows_of(recalculated["no_capital"], "试算 What if 城市 Cities", 5)
    assert sum(row[5] != 0 for row in moved.values()) > 30

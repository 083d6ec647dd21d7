"""The workbook of a release: what is in it, and that nothing of the data can become a formula."""

import json
import shutil
import subprocess
import sys

import duckdb
import openpyxl
import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "report"))
from workbook_sheets import write_workbook

STRANGE = ("=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(1)")


def cells(book) -> dict[str, list[tuple]]:
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


@pytest.fixture(scope="module")
def sheets(project) -> dict[str, list[tuple]]:
    """Cells of the released workbook by sheet, formulas as what they gave when it was written."""
    return cells(openpyxl.load_workbook(project.published.with_name("workbook.xlsx"), data_only=True))


def test_it_is_in_the_release(project, hdi, tmp_path):
    """The same bytes when it is written again, and for another index without its names."""
    for index in (project, hdi):
        released = index.published.with_name("workbook.xlsx")
        write_workbook(index.published.resolve(), tmp_path)
        assert released.read_bytes() == (tmp_path / "workbook.xlsx").read_bytes()
    book = cells(openpyxl.load_workbook(released, data_only=True))
    assert "Norway" in str(book["国家 Countries"]) and "企业" not in str(book)


def test_tables_are_as_printed(sheets, project):
    """All regions, with ranks as they are and scores that round to what the report prints."""
    for sheet, cohort, count in (
        ("省份 Provinces", "province", 31),
        ("经济圈 Economic circles", "circle", 4),
        ("城市 Cities", "city", 337),
    ):
        rows = [row for row in sheets[sheet][4:] if row[0] and row[5]]
        assert len(rows) == count
        expected = project.query(
            f"select region_code, overall_score, overall_rank from marts.rank_regions where cohort_code = '{cohort}'"
            " order by overall_rank, region_code"
        )
        assert [(row[0], row[4], row[5]) for row in rows] == [
            (code, pytest.approx(score), rank) for code, score, rank in expected
        ]
        points = {row[0]: sum(row[6:18:2]) for row in rows}
        assert all(points[code] == pytest.approx(score, abs=1e-9) for code, score, _ in expected)


def test_bi_tools_find_the_marts_alone(project):
    """Each with its rows and comments, in files that DuckDB 1.4 can read."""
    stored = "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
    comments = "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' order by all"
    with duckdb.connect(str(project.published.with_name("bi.duckdb")), read_only=True) as bi:
        tables = [table for (table,) in bi.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        counts = [bi.execute(f"select count(*) from marts.{table}").fetchone() for table in tables]
        described, version = bi.execute(comments).fetchall(), bi.execute(stored).fetchall()
    manifest = json.loads((project.warehouse / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert tables == sorted(manifest["marts"]) and counts == [(manifest["marts"][table]["rows"],) for table in tables]
    assert described == [row for row in project.query(comments) if row[0] in tables]
    assert version == project.query(stored) == [("v1.4.0+",)]


def test_cover_says_what_it_is(sheets, project):
    cover = [cell for row in sheets["封面 Cover"] for cell in row if cell]
    summed = "cd marts && sha256sum *.parquet | sha256sum"
    release = project.published.resolve().parent
    checksum = subprocess.run(summed, shell=True, cwd=release, env={"LC_ALL": "C"}, capture_output=True, text=True).stdout[:64]
    assert checksum in cover and checksum == json.loads((release / "manifest.json").read_text(encoding="utf-8"))["checksum"]
    assert 2024 in cover and any("样本为重建数据" in str(cell) for cell in cover)
    assert len(sheets) == 1 + sum(cell in sheets or str(cell) == "导出 weights_csv" for cell in cover)


def test_names_are_never_formulas(project, tmp_path):
    """Every text of the marts begins like a formula. Those of the workbook are its own, and name sheets and numbers only."""
    folder = tmp_path / "release"
    folder.mkdir()
    shutil.copy(project.published.resolve(), folder / "w.duckdb")
    with duckdb.connect(str(folder / "w.duckdb")) as warehouse:
        for number, column in enumerate(("name_zh", "name_en")):
            for table in ("rank_regions", "dim_cohorts", "dim_editions", "dim_samples"):
                warehouse.execute(f"update marts.{table} set {column} = ? || {column}", [STRANGE[number]])
        for column in ("label_zh", "label_en", "unit_zh", "unit_en"):
            warehouse.execute(f"update marts.dim_nodes set {column} = ? || {column}", [STRANGE[3]])
        warehouse.execute("update marts.audit_published_figures set locator = ? || locator", [STRANGE[4]])
        warehouse.execute("update marts.dq_rejected_rows set remedy = ? || remedy", [STRANGE[2]])
    write_workbook(folder / "w.duckdb", tmp_path)
    book = openpyxl.load_workbook(tmp_path / "workbook.xlsx")
    formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    texts = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert formulas and not [formula for formula in formulas if formula.startswith(STRANGE) or "HYPERLINK" in formula]
    for strange in STRANGE:
        assert any(text.startswith(strange) for text in texts), strange


def test_what_stands_in_its_way_is_said(own_project, tmp_path):
    """No release, one of another version, a folder that cannot be written to: a sentence, and nothing half-written."""
    command = ("python", "report/workbook_sheets.py")
    target = tmp_path / "target"
    assert own_project.run(*command, str(target)).returncode == 0
    written = (target / "workbook.xlsx").read_bytes()
    (tmp_path / "file").touch()
    for folder, said in ((tmp_path / "file", "cannot be written"), (target, "")):
        run = own_project.run(*command, str(folder))
        assert (run.returncode, run.stdout.count("\n")) == (2 if said else 0, 1) and said in run.stdout, run.stdout
    mart = own_project.folder / "models" / "marts" / "rank_regions.sql"
    sound = mart.read_bytes()
    mart.write_bytes(sound + b"-- another version")
    for script in (
        command,
        ("python", "report/pages.py"),
        ("python", "scripts/ask.py", "why_ahead"),
        ("python", "scripts/release.py"),
    ):
        run = own_project.run(*script, *([str(target)] if script is command else []))
        assert run.returncode and "another version of the project: run make build." in run.stdout, run.stdout
        assert run.stdout.count("\n") == 1
    mart.write_bytes(sound)
    with duckdb.connect(str(own_project.published.resolve())) as warehouse:
        warehouse.execute("drop table marts.dim_methods")
    run = own_project.run(*command, str(target))
    assert run.returncode == 2 and "run make build" in run.stdout and run.stdout.count("\n") == 1, run.stdout
    empty = own_project.run(*command, str(target), INDEX_SEEDS="nowhere")
    assert empty.returncode == 2 and "run make build" in empty.stdout
    assert (target / "workbook.xlsx").read_bytes() == written and [path.name for path in target.iterdir()] == ["workbook.xlsx"]

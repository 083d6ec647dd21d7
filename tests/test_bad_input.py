"""Every kind of bad input: what the user sees, that every good row survives, and that accepted + rejected = raw."""

import datetime
import gzip
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace

import duckdb
import independent_index
import openpyxl
import pytest
from conftest import ROOT
from small_index import COLUMNS, EXTERNAL, Pipeline, clean_cell, clean_samples, write_csv, write_small_index

sys.path.append(str(ROOT / "scripts"))
import check_data
import csv_file

LARGE = "x" * 1_000_000
HTML, FORMULA = "<script>alert('名')</script>", "=cmd|'/c calc'!A1"

# Kind -> table, then each row that it adds: what its cells say instead of clean ones, and what becomes of it. That is the
# typed cells of an accepted row, or `column: reason` of a rejected one. A row has the kind's name as its key.
ROWS = {
    # Numbers.
    "full-width numerals": ("raw_enterprises", [({"patent_count": "３８", "edition": "２０２４"}, {"patent_count": 38})]),
    "Chinese numerals": ("raw_enterprises", [({"patent_count": "三十八"}, "patent_count: not_a_count")]),
    "thousands separators": ("raw_enterprises", [({"patent_count": "1,234"}, "patent_count: not_a_count")]),
    "thousands separators in an amount": (
        "raw_enterprises",
        [({"sales_revenue_cny_10k": "1，234.5"}, "sales_revenue_cny_10k: not_an_amount")],
    ),
    "negative count": ("raw_universities", [({"patent_count": "-3"}, "patent_count: not_a_count")]),
    "fractional count": ("raw_universities", [({"patent_count": "12.5"}, "patent_count: not_a_count")]),
    "NaN": ("raw_enterprises", [({"patent_count": "NaN"}, "patent_count: not_a_count")]),
    "infinity": ("raw_enterprises", [({"sales_revenue_cny_10k": "-inf"}, "sales_revenue_cny_10k: not_an_amount")]),
    "infinity in Chinese": ("raw_enterprises", [({"sales_revenue_cny_10k": "∞"}, "sales_revenue_cny_10k: not_an_amount")]),
    "10^30 as a power": ("raw_enterprises", [({"patent_count": "1e30"}, "patent_count: not_a_count")]),
    "10^30 in digits": ("raw_enterprises", [({"patent_count": "1" + "0" * 30}, "patent_count: not_a_count")]),
    "10^15 - 1": ("raw_universities", [({"patent_count": "9" * 15}, {"patent_count": 10**15 - 1})]),
    "five decimals": ("raw_enterprises", [({"sales_revenue_cny_10k": "12.34567"}, "sales_revenue_cny_10k: not_an_amount")]),
    "yes in Chinese": ("raw_enterprises", [({"is_backbone": "是"}, {"is_backbone": True})]),
    "maybe": ("raw_enterprises", [({"is_backbone": "可能"}, "is_backbone: not_a_boolean")]),
    # Dates and years.
    "impossible day": ("raw_conferences", [({"held_on": "2023-02-29"}, "held_on: not_a_date")]),
    "impossible month": ("raw_conferences", [({"held_on": "2022年13月1日"}, "held_on: not_a_date")]),
    "ambiguous date": ("raw_conferences", [({"held_on": "05/06/2023"}, "held_on: not_a_date")]),
    "two-digit year": ("raw_conferences", [({"held_on": "23-06-05"}, "held_on: not_a_date")]),
    "two separators": ("raw_conferences", [({"held_on": "2023-06/05"}, "held_on: not_a_date")]),
    "serial number of a table tool": ("raw_conferences", [({"held_on": "45082"}, "held_on: not_a_date")]),
    "date after the edition": ("raw_conferences", [({"held_on": "2025-01-01"}, "held_on: out_of_range")]),
    "year 0": ("raw_conferences", [({"held_on": "0000-01-01"}, "held_on: out_of_range")]),
    "Chinese date": ("raw_conferences", [({"held_on": "２０２３年６月５日"}, {"held_on": "2023-06-05"})]),
    "founded in the future": ("raw_enterprises", [({"founded_year": "3021"}, "founded_year: out_of_range")]),
    # Editions.
    "edition that is no year": ("raw_parks", [({"edition": "20x4"}, "edition: unknown_edition")]),
    "edition in Chinese numerals": ("raw_parks", [({"edition": "二〇二四"}, "edition: unknown_edition")]),
    "edition without an index": ("raw_parks", [({"edition": "1999"}, "edition: unknown_edition")]),
    "no edition": ("raw_parks", [({"edition": " "}, "edition: missing")]),
    "two editions of one key": (
        "raw_parks",
        [({}, {"edition": 2024}), ({"edition": "2025", "region": "河北"}, {"edition": 2025})],
    ),
    # Regions.
    "unknown region": ("raw_policies", [({"region": "亚特兰蒂斯"}, "region: unknown_region")]),
    "ambiguous region": ("raw_policies", [({"region": "吉林"}, "region: ambiguous_region")]),
    "county": ("raw_policies", [({"region": "广东省 深圳市 南山区"}, {"region_code": "440300"})]),
    "region of another country": ("raw_policies", [({"region": "東京"}, "region: unknown_region")]),
    "region that is not ranked": ("raw_policies", [({"region": "臺灣省"}, "region: region_not_ranked")]),
    "region that is not ranked, as a code": ("raw_policies", [({"region": "810000"}, "region: region_not_ranked")]),
    "no region": ("raw_policies", [({"region": "　"}, "region: missing")]),
    "region with odd blanks": ("raw_policies", [({"region": "\u200b 广 州\u2003市\u00a0"}, {"region_code": "440100"})]),
    # Lists.
    "unknown layer": ("raw_enterprises", [({"technology_layer": "平台层"}, "technology_layer: not_in_list")]),
    "unknown direction": ("raw_technology_relations", [({"direction": "sideways"}, "direction: not_in_list")]),
    "direction in capitals": ("raw_technology_relations", [({"direction": "ENABLING"}, {"direction": "enabling"})]),
    "unknown country": ("raw_technology_relations", [({"partner_country": "USA"}, "partner_country: not_a_country")]),
    "unknown type": ("raw_investors", [({"investor_type": "个人"}, "investor_type: not_in_list")]),
    "unknown level": ("raw_alliances", [({"alliance_level": "世界级"}, "alliance_level: not_in_list")]),
    # Keys and references.
    "no key": ("raw_investors", [({"investor_id": ""}, "investor_id: missing")]),
    "duplicate key, same content": ("raw_investors", [({}, {}), ({}, "investor_id: duplicate_row")]),
    "duplicate key, different content": (
        "raw_investors",
        [({"investor_name": "甲"}, "investor_id: duplicate_key"), ({"investor_name": "one"}, {"investor_name": "one"})],
    ),
    "duplicate key, one cell being the other's beginning": (
        "raw_investors",
        [({"investor_name": "a\tb"}, "investor_id: duplicate_key"), ({"investor_name": "a"}, {"investor_name": "a"})],
    ),
    "unusable row before a usable one of its key": (
        "raw_investors",
        [({"investor_name": "a", "region": "?"}, "region: unknown_region"), ({"investor_name": "b"}, {"investor_name": "b"})],
    ),
    "relation to no enterprise": (
        "raw_technology_relations",
        [({"enterprise_id": "E-none"}, "enterprise_id: unknown_enterprise")],
    ),
    "relation to no investor": ("raw_investment_relations", [({"investor_id": "V-none"}, "investor_id: unknown_investor")]),
    "relation to a rejected enterprise": (
        "raw_technology_relations",
        [({"enterprise_id": "unknown layer"}, "enterprise_id: unknown_enterprise")],
    ),
    "relation to an enterprise of another edition": (
        "raw_technology_relations",
        [({"edition": "2025", "enterprise_id": "enterprise_id-1"}, "enterprise_id: unknown_enterprise")],
    ),
    # Text. It is data, whatever it holds: stored as it is, and never executed.
    "cell of 1 MB": ("raw_universities", [({"university_name": LARGE}, {"university_name": LARGE})]),
    "cell of 1 MB where a count should be": ("raw_universities", [({"patent_count": LARGE}, "patent_count: not_a_count")]),
    "control characters": ("raw_universities", [({"university_name": "大\x07学\x1b\x7f\x85"}, {"university_name": "大学"})]),
    "line break in a name": ("raw_universities", [({"university_name": "大\r\n学"}, {"university_name": "大  学"})]),
    "formula": ("raw_universities", [({"university_name": FORMULA}, {"university_name": FORMULA})]),
    "HTML": ("raw_universities", [({"university_name": HTML}, {"university_name": HTML})]),
    "SQL": ("raw_universities", [({"university_name": "'; drop table x; --"}, {"university_name": "'; drop table x; --"})]),
    "quotes and commas": ("raw_universities", [({"university_name": 'a "b", c'}, {"university_name": 'a "b", c'})]),
    "line that looks like a comment": ("raw_universities", [({"edition": "#2024"}, "edition: unknown_edition")]),
}


def delivered_samples() -> dict[str, list[dict]]:
    """Clean rows, some with values that a type other than theirs would change."""
    samples = clean_samples()
    samples["raw_enterprises"][0] |= {"sales_revenue_cny_10k": "12345678.9012", "patent_count": "123456789"}
    samples["raw_enterprises"][2] |= {"sales_revenue_cny_10k": "0.1"}
    samples["raw_enterprises"][5] |= {"sales_revenue_cny_10k": "7"}
    samples["raw_investors"][0] |= {"investor_name": "007"}
    samples["raw_indicator_values"][1] |= {"indicator_value": "123456.789"}
    return samples


@pytest.fixture(scope="module")
def small(copy_project):
    """A project with the small index in small/ and a clean delivery in delivery/, in a folder that could be a pattern."""
    project = copy_project("small")
    project.folder = project.folder.rename(project.folder.with_name(f"{project.folder.name} [1]"))
    write_small_index(project, "small")
    for table, rows in delivered_samples().items():
        write_csv(project.folder / "delivery" / f"{table}.csv", rows, COLUMNS[table])
    return project


def key_column(table: str) -> str:
    return independent_index.CONTRACT[table][0][-1]


@pytest.fixture(scope="module")
def dirty(small):
    """The small index with every kind of bad row at once."""
    shutil.copytree(small.folder / "delivery", small.folder / "dirty")
    pipeline = Pipeline(small, "small", "dirty")
    samples = clean_samples()
    for kind, (table, rows) in ROWS.items():
        for changes, _ in rows:
            clean = {column: clean_cell(table, column, 1) for column in COLUMNS[table]}
            samples[table].append(clean | {key_column(table): kind} | changes)
    pipeline.run(samples)
    yield pipeline, samples
    pipeline.connection.close()


@pytest.mark.parametrize("kind", ROWS)
def test_bad_row(dirty, kind):
    pipeline, _ = dirty
    table, rows = ROWS[kind]
    accepted, rejected = [], []
    for changes, outcome in rows:
        if isinstance(outcome, str):
            column, reason = outcome.split(": ")
            value = None if reason == "missing" else changes.get(column, kind)
            rejected.append((column, reason, value))
        else:
            accepted.append(outcome)
    key = "" if kind == "no key" else kind
    found = pipeline.query(
        "select column_name, reason, if(reason = 'missing', null, rejected_value), remedy from marts.dq_rejected_rows"
        " where table_name = ? and coalesce(row_key, '') = ?",
        [table, key],
    )
    assert sorted(row[:3] for row in found) == sorted(rejected)
    assert all(remedy for *_, remedy in found)
    # Nothing is to be added for a place that the index does not rank.
    assert all(("does not rank" in remedy) == ("not ranked" in kind) for *_, remedy in found)
    staged = pipeline.query(
        f"select {{{', '.join(f'{column!r}: {column}' for column in sorted({'edition'}.union(*accepted)))}}}"
        f" from staging.stg_{table.removeprefix('raw_')} where {key_column(table)} = ? order by edition",
        [kind],
    )
    assert len(staged) == len(accepted)
    for (row,), expected in zip(staged, accepted):
        assert expected == {column: str(row[column]) if column.endswith("_on") else row[column] for column in expected}


def test_good_rows_survive(dirty):
    """All of them, and nothing is lost or counted twice."""
    pipeline, samples = dirty
    assert pipeline.failed_tests() == {}
    for table, rows in clean_samples().items():
        key = key_column(table)
        kept = {row[0] for row in pipeline.query(f"select {key} from staging.stg_{table.removeprefix('raw_')}")}
        assert {row[key] for row in rows} <= kept
    sizes = pipeline.query("select table_name, sum(row_count) from intermediate.int_delivered_rows group by all")
    assert dict(sizes) == {table: len(rows) for table, rows in samples.items()}


def as_csv(table: str, rows: list[dict], columns: list[str] | None = None) -> bytes:
    """The rows as bytes of a CSV file."""
    path = ROOT / "target" / "test_bad_input.csv"
    write_csv(path, rows, columns or COLUMNS[table])
    return path.read_bytes()


def parquet(path, rows: list[dict], casts: dict[str, str], options: str = "") -> None:
    """The rows as a Parquet file, with these types, all else being text."""
    source = path.with_name(f"{path.stem.removeprefix('raw_')}_as_text.csv")
    write_csv(source, rows, list(rows[0]))
    cells = ", ".join(
        (f"encode({name})" if casts.get(name) == "blob" else f"cast({name} as {casts.get(name, 'varchar')})") + f" as {name}"
        for name in rows[0]
    )
    duckdb.execute(f"copy (select {cells} from read_csv('{source}', all_varchar=true)) to '{path}' (format parquet{options})")
    source.unlink()


def other_form(folder, rows, form: str, table: str) -> None:
    """Deliver a table in another form than one clean CSV file per table."""
    columns, text = COLUMNS[table], as_csv(table, rows)
    path = folder / f"{table}.csv"
    if form == "other order, one column more":
        write_csv(path, [{"note": "x"} | row for row in rows], ["note", *reversed(columns)])
    elif form == "BOM":
        path.write_bytes(b"\xef\xbb\xbf" + text)
    elif form == "CRLF":
        path.write_bytes(text.replace(b"\n", b"\r\n"))
    elif form == "compressed":
        (folder / f"{table}.csv.gz").write_bytes(gzip.compress(text))
    elif form == "capitals and blanks in the header, blank lines":
        header, body = text.split(b"\n", 1)
        path.write_bytes(header.upper().replace(b",", b" , ") + b"\n\n" + body.replace(b"\n", b"\n\n"))
    elif form == "header only beside another file":
        (folder / table).mkdir()
        (folder / table / "1.csv").write_bytes(text.split(b"\n")[0] + b"\n")
        (folder / table / "2.csv").write_bytes(text)
        (folder / table / "_SUCCESS").touch()
    elif form == "many files, in many forms and orders":
        write_csv(folder / table / "north" / "1.CSV", rows[:2], columns[::-1])
        parquet(folder / table / "2.parquet", rows[2:4], {})
        (folder / table / "3.csv.gz").write_bytes(gzip.compress(as_csv(table, rows[4:], ["extra", *columns])))
    elif form == "folders by edition":
        (folder / table).mkdir()
        parquet(folder / table, rows, {}, ", partition_by (edition)")
    elif form == "typed Parquet":
        parquet(
            folder / f"{table}.parquet",
            rows,
            {
                "edition": "smallint",
                "founded_year": "double",
                "is_backbone": "boolean",
                "sales_revenue_cny_10k": "decimal(18, 6)",
                "patent_count": "bigint",
                "founded_on": "timestamp",
            },
        )
    else:
        assert form == "no file of an optional table"


# Form -> the table that comes in it; all in one delivery.
FORMS = {
    "other order, one column more": "raw_investors",
    "BOM": "raw_universities",
    "CRLF": "raw_research_institutes",
    "compressed": "raw_conferences",
    "capitals and blanks in the header, blank lines": "raw_policies",
    "header only beside another file": "raw_parks",
    "many files, in many forms and orders": "raw_technology_relations",
    "folders by edition": "raw_investment_relations",
    "typed Parquet": "raw_enterprises",
    "no file of an optional table": "raw_indicator_values",
}


# A machine of which Python believes that it knows no letters but ASCII.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ACCEPTED = "select * from staging.base_{} where rejection_reason is null order by all"


@pytest.fixture(scope="module")
def published(small):
    """The small index, built and published from the clean delivery, in a folder whose name asks for care; and its rows."""
    folder = small.folder / "it's; drop table x --"
    shutil.copytree(small.folder / "delivery", folder)
    built = small.build(*EXTERNAL, SAMPLES_PATH=folder.name)
    assert built.returncode == 0, built.stdout
    return small, {table: small.query(ACCEPTED.format(table.removeprefix("raw_"))) for table in COLUMNS}


def test_forms_of_files(published):
    """One form or another, the rows are the same; the user is told which columns are not read and which rows rejected."""
    project, expected = published
    project = replace(project, seeds="small_without_gdp")
    samples = delivered_samples()
    folder = project.folder / "forms"
    folder.mkdir()
    for form, table in FORMS.items():
        other_form(folder, samples[table], form, table)
    (folder / "raw_alliances").mkdir()
    parquet(folder / "raw_alliances" / "typed.parquet", samples["raw_alliances"], {"edition": "bigint", "founded_on": "date"})
    expected = expected | {"raw_indicator_values": []}
    with open(folder / "raw_universities.csv", "a", encoding="utf-8") as file:
        file.write("2024,bad,,亚特兰蒂斯,1,1\n")

    # Nothing may ask for the values of the table that is not there.
    shutil.copytree(project.folder / "small", project.folder / "small_without_gdp")
    nodes = project.folder / "small_without_gdp" / "reference" / "ref_nodes.csv"
    lines = nodes.read_text(encoding="utf-8").splitlines(keepends=True)
    nodes.write_text("".join(line for line in lines if ",gdp," not in line), encoding="utf-8")

    built = project.build(
        *("--vars", "{sample_source: external, largest_rejected_share: 0.2}"),
        SAMPLES_PATH="forms",
        **ASCII,
    )

    assert built.returncode == 0, built.stdout
    # 北京, in a terminal that has no letters for it.
    assert "\\u5317\\u4eac" in built.stdout, built.stdout
    for table, rows in expected.items():
        assert project.query(ACCEPTED.format(table.removeprefix("raw_"))) == rows, table
    assert "raw_universities                    6          1  1 unknown_region" in built.stdout, built.stdout
    assert "raw_investors: ignored, being no columns of the contract: note" in built.stdout
    assert "raw_technology_relations: ignored, being no columns of the contract: extra" in built.stdout


def workbook(path, sheets: dict[str, list[list]], formats: dict[str, str] | None = None, merged: str = "") -> None:
    """An Excel workbook with these rows, and number formats of these cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cell, number_format in (formats or {}).items():
            sheet[cell].number_format = number_format
        if merged:
            sheet.merge_cells(merged)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def as_typed(rows: list[dict]) -> list[list]:
    """Rows as somebody types them into a spreadsheet: numbers, days, truths, and cells that are formatted but empty."""

    def typed(name: str, cell: str):
        if name.endswith("_on"):
            return datetime.datetime.fromisoformat(cell)
        if name == "edition" or name.endswith(("_count", "_value", "_10k")):
            return float(cell) if cell else None
        return {"true": True, "false": False}.get(cell, cell)

    blank = [None, "", " "]
    return [list(rows[0]), *([typed(*cell) for cell in row.items()] + [None] for row in rows), blank, blank]


def as_people_send_them(folder, samples: dict[str, list[dict]], elsewhere) -> None:
    """A delivery in which every table comes in a way that asks for care."""

    def columns_as(table: str, name: str, rows: list[dict], casts: dict[str, str]) -> None:
        parquet(folder / table / name, rows, casts)

    for table in ("raw_enterprises", "raw_conferences", "raw_universities", "raw_technology_relations.parquet"):
        (folder / table).mkdir(parents=True)
    # One table, its columns in every type.
    rows = samples["raw_enterprises"]
    amount, count = "sales_revenue_cny_10k", "patent_count"
    columns_as("raw_enterprises", "1.parquet", rows[:2], {amount: "decimal(18, 4)", count: "decimal(18, 0)"})
    columns_as("raw_enterprises", "2.parquet", rows[2:4], {amount: "float", count: "float", "founded_year": "float"})
    columns_as("raw_enterprises", "3.parquet", rows[4:5], {amount: "double", count: "hugeint", "is_backbone": "boolean"})
    columns_as("raw_enterprises", "4.parquet", rows[5:], {amount: "bigint", count: "utinyint"})
    rows = samples["raw_conferences"]
    columns_as("raw_conferences", "1.parquet", rows[:1], {"held_on": "date"})
    columns_as("raw_conferences", "2.parquet", rows[1:2], {"held_on": "timestamp"})
    columns_as(
        "raw_conferences", "3.parquet", [rows[2] | {"held_on": rows[2]["held_on"] + " 00:00+00"}], {"held_on": "timestamptz"}
    )
    columns_as(
        "raw_conferences", "4.parquet", [rows[3] | {"held_on": rows[3]["held_on"].replace("-", "")}], {"held_on": "integer"}
    )
    columns_as("raw_conferences", "5.parquet", rows[4:], {"held_on": "timestamp_ns", "edition": "double"})
    columns_as("raw_universities", "1.parquet", samples["raw_universities"], {"university_name": "blob", "region": "blob"})
    columns_as("raw_technology_relations.parquet", "part-0.parquet", samples["raw_technology_relations"], {})
    # Names that could be patterns, each beside one that it would fit, too.
    names = ["part[1].csv", "part1.csv", "a*.csv", "ab.csv", "q?.csv", "{x,y}.csv"]
    for name, row in zip(names, samples["raw_policies"], strict=True):
        write_csv(folder / "raw_policies" / name, [row], COLUMNS["raw_policies"])
    # Links, and what tools and people leave beside the data.
    rows = samples["raw_parks"]
    write_csv(elsewhere / "file.csv", rows[:2], COLUMNS["raw_parks"])
    write_csv(elsewhere / "snapshots" / "2.csv", rows[2:4], COLUMNS["raw_parks"])
    write_csv(folder / "raw_parks" / "3.csv", rows[4:], COLUMNS["raw_parks"])
    (folder / "raw_parks" / "1.csv").symlink_to(elsewhere / "file.csv")
    (folder / "raw_parks" / "latest").symlink_to(elsewhere / "snapshots")
    for left in (
        ".ipynb_checkpoints/3.csv",
        "_temporary/0/task/3.csv",
        "~$3.xlsx",
        "_SUCCESS",
        "README.md",
        "../datapackage.json",
    ):
        write_csv(folder / "raw_parks" / left, [rows[0] | {"park_id": "left behind"}], COLUMNS["raw_parks"])
    # A column called like one of DuckDB's own, and the rows that a spreadsheet saves of cells that are formatted and empty.
    rows = samples["raw_investment_relations"]
    path = folder / "raw_investment_relations.csv"
    write_csv(path, [row | {"filename": "x", 'a "b"': "y"} for row in rows], [*rows[0], "filename", 'a "b"'])
    path.write_text(path.read_text(encoding="utf-8") + "," * (len(rows[0]) + 1) + "\n", encoding="utf-8")
    workbook(folder / "raw_investors.xlsx", {"Sheet1": as_typed(samples["raw_investors"]), "_notes": [["anything"]]})
    workbook(
        folder / "其他.xlsx",
        {table: as_typed(samples[table]) for table in ("raw_alliances", "raw_research_institutes")} | {"Sheet3": []},
    )
    values = [{name: cell for name, cell in row.items() if name != "edition"} for row in samples["raw_indicator_values"]]
    workbook(folder / "raw_indicator_values" / "edition=2024" / "values.xlsx", {"Sheet1": as_typed(values)})


def test_as_people_send_them(published, tmp_path):
    """Every row is read once and as it is, by plain dbt, from another folder and time zone, from a path that asks for care."""
    project, expected = published
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    (elsewhere / "warehouse").mkdir(parents=True)
    as_people_send_them(home / "delivery [1]", delivered_samples(), elsewhere)
    built = project.run(
        *("env", "-C", str(elsewhere), "dbt", "--quiet", "build", *EXTERNAL, "--select", "+int_delivered_rows"),
        *("--indirect-selection", "empty", "--exclude-resource-type", "unit_test"),
        *("--project-dir", str(project.folder), "--profiles-dir", str(project.folder)),
        WAREHOUSE_PATH="warehouse/sent.duckdb",
        HOME=str(home),
        SAMPLES_PATH="~/delivery [1]",
        TZ="Asia/Shanghai",
    )
    assert built.returncode == 0, built.stdout
    with duckdb.connect(str(project.folder / "warehouse" / "sent.duckdb"), read_only=True) as sent:
        for table, rows in expected.items():
            base = table.removeprefix("raw_")
            assert sent.execute(ACCEPTED.format(base)).fetchall() == rows, table
            assert sent.execute(f"from staging.base_{base} where rejection_reason is not null").fetchall() == [], table
    assert list((elsewhere / "warehouse").iterdir()) == []


# What is delivered beside sound files -> what is said of it.
STRANGERS = {
    "raw_enterprise.csv": "belongs to no table. Name the file or its folder after one of raw_alliances, ",
    "RAW_INDICATOR_VALUES.csv": "belongs to no table. Name the file",
    "indicator_values.csv": "(is it raw_indicator_values?)",
    "raw_alliances.bak.csv": "(is it raw_alliances?)",
    "raw_parks_old/1.csv": "belongs to no table",
    "2023/raw_parks.csv": "belongs to no table",
    "notes.csv": "belongs to no table",
    "delivery.zip": "belongs to no table",
    "raw_parks.xls": "is no file of a known kind. Deliver .csv, .csv.gz, .parquet or .xlsx",
    "raw_parks.json": "is no file of a known kind",
    "raw_parks/1.csv.tmp": "is no file of a known kind",
    "raw_parks/1.txt": "is no file of a known kind",
    "parks.txt": "belongs to no table",
    "raw_policies.md": "is no file of a known kind",
    "policies.md": "belongs to no table",
    "raw_parks/a\\b.csv": "has a backslash in its path, which DuckDB takes for a folder. Rename it",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_file_that_would_not_be_read(tmp_path, monkeypatch, name):
    """It is named, so that nobody thinks it has been read."""
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    write_csv(tmp_path / "raw_investors.csv", clean_samples()["raw_investors"], COLUMNS["raw_investors"])
    (tmp_path / "README.md").touch()
    assert check_data.broken_files(check_data.delivered_files()) == []
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("edition\n")
    (problem,) = check_data.broken_files(check_data.delivered_files())
    top = name.split("/")[0] if "belongs" in STRANGERS[name] else name
    assert problem.startswith(f"{tmp_path / top}: ") and STRANGERS[name] in problem


def test_links_that_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    (tmp_path / "raw_parks").mkdir()
    (tmp_path / "raw_parks" / "again").symlink_to(tmp_path / "raw_parks")
    (tmp_path / "raw_policies.csv").symlink_to(tmp_path / "gone.csv")
    os.mkfifo(tmp_path / "raw_investors.csv")
    pipe, again, gone = check_data.broken_files(check_data.delivered_files())
    assert "raw_parks/again: is a link to a folder in which it is. Remove the link." in again
    assert "raw_investors.csv: is no file." in pipe
    assert "raw_policies.csv: is a link to" in gone and "gone.csv, which is not there" in gone


PARKS = COLUMNS["raw_parks"]
# What is wrong with a workbook -> its sheets, what else, and the message.
WORKBOOKS = {
    "value not stored": ({"a": [PARKS, [2024, "=1+1"]]}, {}, "sheet a, cell B2 is a formula whose value is not stored"),
    "error": ({"a": [PARKS, [2024, "x"], [2024, "#N/A"]]}, {}, "sheet a, cell B3 holds the error #N/A"),
    "digits lost": ({"a": [PARKS, [2024, 123456789012345678]]}, {}, "sheet a, cell B2 holds a number of more than 15 digits"),
    "digits lost behind the point": ({"a": [PARKS, [2024, 123456789012.3456]]}, {}, "sheet a, cell B2 holds a number of more"),
    "merged": ({"a": [PARKS, [2024, "x", "n", "", "北京"]]}, {"merged": "E2:E5"}, "sheet a, cells E2:E5 are merged. Unmerge"),
    "title": (
        {"a": [["名单"], [], PARKS, [2024, "x"]]},
        {},
        "row 1 is '名单', and the header is in row 3. Delete what is above",
    ),
    "blank row above": ({"a": [[], PARKS, [2024, "x"]]}, {}, "row 1 is blank, and the header is in row 2"),
    "cells beside": (
        {"a": [PARKS, [2024, "x", *[None] * 6, "!"]]},
        {},
        "its header is blank in column G, H, I (as Excel counts",
    ),
    "several sheets": ({"raw_parks": [PARKS], "b": [[1]]}, {}, "has several sheets with cells (raw_parks, b). Leave one"),
    "sheet of another table": ({"raw_policies": [PARKS]}, {}, "has a sheet called raw_policies, but is named after raw_parks"),
    "no cells": ({"a": []}, {}, "has no sheet with cells"),
}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_workbook_that_cannot_be_read_as_it_stands(tmp_path, monkeypatch, kind):
    sheets, more, message = WORKBOOKS[kind]
    workbook(tmp_path / "raw_parks.xlsx", sheets, **more)
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    (problem,) = check_data.broken_files(check_data.delivered_files())
    assert problem.startswith(f"{tmp_path / 'raw_parks.xlsx'}: {message}"), problem


def test_workbooks_of_other_kinds(tmp_path, monkeypatch):
    (tmp_path / "raw_parks.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 with a password")
    workbook(tmp_path / "all.xlsx", {"raw_policies": [COLUMNS["raw_policies"]], "说明": [["n"]]})
    workbook(tmp_path / "raw_policies.xlsx", {"a": [COLUMNS["raw_policies"], *([2024, f"p{n}"] for n in range(999))]})
    damaged = bytearray((tmp_path / "raw_policies.xlsx").read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 40] = bytes(40)
    (tmp_path / "raw_policies.xlsx").write_bytes(damaged)
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    sheet, locked, damage = check_data.broken_files(check_data.delivered_files())
    assert "raw_policies.xlsx: is no workbook that can be read" in damage
    assert "all.xlsx: has a sheet that belongs to no table: 说明. Name each sheet after one of raw_alliances, " in sheet
    assert "raw_parks.xlsx: is no workbook that can be read" in locked and "without a password" in locked


def test_cells_of_a_workbook(tmp_path, monkeypatch):
    """They say what the sheet shows, but for what only adorns it."""
    shown = {7: "0007", 1234567.5: "1234567.5", 0.1 + 0.2: "0.3", 10.0: "10", 1e-7: "0.0000001", True: "true", "007": "007"}
    shown |= {datetime.datetime(2020, 1, 2): "2020-01-02", datetime.datetime(2020, 1, 2, 3, 4): "2020-01-02 03:04:00"}
    shown |= {"a\nb": "a\nb", "=x": "=x", 123456789012.5: "123456789012.5", datetime.date(1999, 12, 31): "1999-12-31"}
    rows = [PARKS, *([2024, cell] for cell in shown)]
    workbook(tmp_path / "raw_parks.xlsx", {"a": rows}, {"B2": "0000", "B3": "#,##0.00", "A3": "General"})
    book = openpyxl.load_workbook(tmp_path / "raw_parks.xlsx")
    # A text that looks like a formula, which Excel keeps with an apostrophe.
    (formula,) = [cell for (cell,) in book["a"]["B2:B20"] if cell.value == "=x"]
    formula.data_type = "s"
    book.save(tmp_path / "raw_parks.xlsx")
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    (file,) = check_data.delivered_files()
    assert not file.problem, file.problem
    read = duckdb.execute(
        "select park_id from read_csv(?, all_varchar=true, header=true, quote='\"')", [file.scanned]
    ).fetchall()
    assert [cell for (cell,) in read] == list(shown.values())


def test_rows_beyond_the_size_that_a_workbook_states(tmp_path, monkeypatch):
    """Some programs write a wrong one; whoever believes it loses rows."""
    workbook(tmp_path / "right.xlsx", {"a": [PARKS, [2024, "x"], [2024, "y"]]})
    with zipfile.ZipFile(tmp_path / "right.xlsx") as right, zipfile.ZipFile(tmp_path / "raw_parks.xlsx", "w") as wrong:
        for name in right.namelist():
            content = right.read(name)
            wrong.writestr(name, content.replace(b'<dimension ref="A1:F3"', b'<dimension ref="A1:A2"'))
            assert b"<dimension" not in content or b"A1:F3" in content
    (tmp_path / "right.xlsx").unlink()
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    (file,) = check_data.delivered_files()
    keys = duckdb.execute("select park_id from read_csv(?, all_varchar=true)", [file.scanned]).fetchall()
    assert keys == [("x",), ("y",)]


def test_parquet_with_bytes_that_are_no_text(tmp_path, monkeypatch):
    duckdb.execute(f"copy (select 2024 as edition, '\\xE5\\xB9'::blob as park_id) to '{tmp_path}/raw_parks.parquet'")
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    (problem,) = check_data.broken_files(check_data.delivered_files())
    assert "raw_parks.parquet: its column park_id holds bytes that are not text in UTF-8, in 1 row(s)" in problem


TRADITIONAL = "edition,investor_id,investor_name,investor_type,region\n2024,x,臺北內湖科技園區,投資機構,廣東省\n"
UNREADABLE = {
    "empty file": (lambda text: b"", "is empty. Write at least its header"),
    "GB18030": (lambda text: text.decode().encode("gb18030"), "line 2 is not text in UTF-8. It seems to be GB18030: iconv"),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), "line 1 is not text in UTF-8. It seems to be UTF-16: iconv"),
    "UTF-16 without a mark": (
        lambda text: text.decode().encode("utf-16-le"),
        "line 1 is not text in UTF-8. It seems to be UTF-16LE",
    ),
    "Big5 in one line": (
        lambda text: text + "2024,x,臺北內湖科技園區,,廣東省\n".encode("big5"),
        "line 8 has a broken character after '2024,x,' (bytes BB 4F A5). The rest is UTF-8",
    ),
    "Big5": (lambda text: TRADITIONAL.encode("big5"), "line 2 is not text in UTF-8. It seems to be BIG5: iconv -f BIG5"),
    "Shift_JIS": (
        lambda text: TRADITIONAL.replace("臺北內湖科技園區", "東京テクノパーク").encode("shift_jis", "ignore"),
        "line 2 is not text in UTF-8. It seems to be SHIFT_JIS",
    ),
    "a few letters of Europe": (
        lambda text: TRADITIONAL.encode("ascii", "ignore") + b"2024,x,Z\xfcrich,,\n",
        "line 3 is not text",
    ),
    "text in any of several encodings": (
        lambda text: text.split(b"\n")[0] + "\n2024,x,n,,北京\n".encode("gb18030"),
        "line 2 is not text in UTF-8 after '2024,x,n,,' (bytes B1 B1 BE). Save the file as UTF-8",
    ),
    "broken character": (
        lambda text: text + "2024,x,广州".encode()[:-1] + b",,\n",
        "line 8 has a broken character after '2024,x,广' (bytes E5 B7 2C). The rest is UTF-8: write this cell anew",
    ),
    "zero bytes": (lambda text: text + b"2024,\0,x,\n", "line 8 has a zero byte after '2024,'. Remove it there"),
    "short line": (lambda text: text + b"2024,x\n", "line 8 has 2 cells, the header 5. Put a cell with a comma"),
    "long line": (lambda text: text + b"2024,x,a,b,c,d\n", "line 8 has 6 cells, the header 5"),
    "unbalanced quote": (lambda text: text.replace(b"investor_name-2", b'"investor'), "line 4: unexpected end of data. Close"),
    "quote closed too late": (
        lambda text: text.replace(b"investor_name-2", b'"x').replace(b"investor_name-4", b'y"z'),
        "line 4: ",
    ),
    "two kinds of line ends": (lambda text: text + b"2024,x,,,\r\n", "line 8 ends in another way than the first. Run dos2unix"),
    "line ends of old": (lambda text: text.replace(b"\n", b"\r"), "line 1: new-line character"),
    "column twice": (
        lambda text: text.replace(b"investor_name", b" REGION", 1),
        "its header has region twice (columns C, E). Rename",
    ),
    "columns without a name": (
        lambda text: text.replace(b"\n", b",,\n"),
        "its header is blank in column F, G (as Excel counts them). Delete what else is in such a column",
    ),
    "title": (
        lambda text: "2024年名单,,,,\n".encode() + text,
        "line 1 is '2024年名单', and the header is in line 2. Delete what is",
    ),
    "separator for Excel": (
        lambda text: b"\xef\xbb\xbfsep=,\n" + text,
        "line 1 is 'sep=', which is a note to Excel. Delete this",
    ),
    "blank first line": (lambda text: b"\n" + text, "line 1 is blank, and the header is in line 2. Delete what is above"),
    "commas above": (lambda text: b",,,,\n,,,,\n" + text, "line 1 is blank, and the header is in line 3"),
    "semicolons": (lambda text: text.replace(b",", b";"), "line 1 has no commas between its cells. Save the file as CSV with"),
    "tabs": (lambda text: text.replace(b",", b"\t"), "line 1 has no commas between its cells"),
    "no header": (
        lambda text: text.split(b"\n", 1)[1],
        "line 1 is '2024, investor_id-0, investor_name-0, 投资', which names no",
    ),
}


@pytest.mark.parametrize("kind", UNREADABLE)
@pytest.mark.parametrize("name", ["raw_investors.csv", "raw_investors/part.csv.gz"])
def test_unreadable_file(tmp_path, monkeypatch, kind, name):
    """It is named before anything is built, with its line and what to do."""
    change, message = UNREADABLE[kind]
    rows = clean_samples()["raw_investors"]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    content = change(as_csv("raw_investors", rows))
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    write_csv(tmp_path / "raw_parks.csv", [], COLUMNS["raw_parks"])
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    (problem,) = check_data.broken_files(check_data.delivered_files())
    assert problem.startswith(f"{tmp_path / name}: {message}"), problem


def test_unreadable_files_of_other_kinds(tmp_path, monkeypatch):
    (tmp_path / "raw_parks.csv.gz").write_bytes(gzip.compress(b"edition\n" * 9999)[:-20])
    (tmp_path / "raw_policies.parquet").write_bytes(b"PAR1")
    # Called something else than they are.
    (tmp_path / "raw_alliances.csv").write_bytes(gzip.compress(b"edition\n"))
    (tmp_path / "raw_conferences.csv").write_bytes(b"PK\x03\x04\x14\0\x06\0")
    (tmp_path / "raw_enterprises.csv").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1"))
    (tmp_path / "raw_investors.csv").write_bytes(b"PAR1\0")
    (tmp_path / "raw_universities.csv.gz").write_bytes(b"edition\n")
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    problems = check_data.broken_files(check_data.delivered_files())
    for problem, told in zip(
        problems,
        (
            "raw_alliances.csv: is gzipped. Let its name end in .csv.gz.",
            "raw_conferences.csv: is a workbook or a zip archive. Let",
            "raw_enterprises.csv: is a workbook of an old Excel. Save it as .xlsx.",
            "raw_investors.csv: is a Parquet file. Let its name end in .parquet.",
            "raw_parks.csv.gz: cannot be read (",
            "raw_policies.parquet: cannot be read (",
            "raw_universities.csv.gz: is not gzipped. Let its name end in .csv.",
        ),
        strict=True,
    ):
        assert told in problem


def test_stopped_by_an_unreadable_file(published):
    project, _ = published
    shutil.copytree(project.folder / "delivery", project.folder / "unreadable")
    (project.folder / "unreadable" / "raw_parks.csv").write_bytes("edition,名\n".encode("gb18030"))
    assert_stopped(project, "unreadable", "unreadable/raw_parks.csv: line 1 is not text in UTF-8", "Nothing was built.")


def test_stopped_by_missing_tables_and_columns(published):
    """All that is missing is named at once."""
    project, _ = published
    folder = project.folder / "missing"
    shutil.copytree(project.folder / "delivery", folder)
    (folder / "raw_parks.csv").unlink()
    for table, old, new in (("raw_investors", "region", "place"), ("raw_enterprises", "patent_count", "patents")):
        header, body = (folder / f"{table}.csv").read_text(encoding="utf-8").split("\n", 1)
        (folder / f"{table}.csv").write_text(f"{header.replace(old, new)}\n{body}", encoding="utf-8")
    assert_stopped(
        project,
        "missing",
        "raw_parks is missing: there is no missing/raw_parks.csv, .csv.gz, .parquet or .xlsx",
        "raw_investors has no column region in missing/raw_investors.csv, which has edition, investor_id, investor_name,"
        " investor_type, place. Rename or add the column",
        "raw_enterprises has no column patent_count in missing/raw_enterprises.csv",
        "is what it was before",
    )


def test_stopped_by_too_many_rejected_rows(published):
    """One bad row in seven is more than 0.05."""
    project, _ = published
    samples = clean_samples()["raw_conferences"]
    shutil.copytree(project.folder / "delivery", project.folder / "too_many")
    samples.append(samples[0] | {"conference_id": "C", "held_on": "05/06/2023"})
    write_csv(project.folder / "too_many" / "raw_conferences.csv", samples, COLUMNS["raw_conferences"])
    assert_stopped(
        project,
        "too_many",
        "FAILED rejected_share_base_conferences_: No more than",
        "table_name=raw_conferences | rejected_share=0.1429 |",
        "column_name=held_on | reason=not_a_date | row_count=1 | example=05/06/2023 | remedy=write a day",
    )
    with duckdb.connect(str(project.warehouse / "build" / project.published.name), read_only=True) as failed:
        assert not failed.execute("select 1 from information_schema.tables where table_name = 'fct_node_scores'").fetchall()

    checked = project.run("python", "scripts/check_data.py", *EXTERNAL, SAMPLES_PATH=str(project.folder / "too_many"))
    assert checked.returncode != 0 and "A build would stop here" in checked.stdout
    assert "raw_conferences                     6          1" in checked.stdout
    assert "1  held_on: not_a_date, as in '05/06/2023'" in checked.stdout


@pytest.mark.parametrize(
    "value, message",
    {
        "s3://bucket/samples": "SAMPLES_PATH is 's3://bucket/samples': Set it to the folder of this machine",
        "a\nb": "Set it to the folder of this machine",
        "~nobody_here/delivery": "there is no such folder",
        "gone": "SAMPLES_PATH is 'gone': there is no such folder",
        "tests/*.py": "there is no such folder",
        "docs": "SAMPLES_PATH is 'docs': there is no file of a table in it",
    }.items(),
)
def test_refused_paths(monkeypatch, value, message):
    monkeypatch.setenv("SAMPLES_PATH", value)
    (problem,) = check_data.broken_files(check_data.delivered_files())
    assert message in problem


@pytest.mark.parametrize(
    "value, message",
    {
        "": "the environment variable SAMPLES_PATH is ''. Set it to the folder",
        "') union select 1 --": """SAMPLES_PATH is "') union select 1 --": there is no such folder""",
    }.items(),
)
def test_paths_that_dbt_refuses(small, value, message):
    compiled = small.run("dbt", "--quiet", "compile", "--select", "base_enterprises", *EXTERNAL, SAMPLES_PATH=value)
    assert compiled.returncode != 0 and message in compiled.stdout, compiled.stdout


def test_paths_of_many_folders(tmp_path, monkeypatch):
    """A pattern stands for several, unless a folder is called just so; names in the manifest begin where it does."""
    for name in ("2024", "2025", "20[2]4", ".hidden"):
        write_csv(tmp_path / name / "raw_parks.csv", clean_samples()["raw_parks"], COLUMNS["raw_parks"])

    def keys(path: str) -> list[str]:
        monkeypatch.setenv("SAMPLES_PATH", f"{tmp_path}/{path}")
        files = check_data.delivered_files()
        assert check_data.broken_files(files) == []
        return [file.key for file in files]

    assert keys("202?") == ["2024/raw_parks.csv", "2025/raw_parks.csv"]
    assert keys("*") == ["2024/raw_parks.csv", "2025/raw_parks.csv", "20[2]4/raw_parks.csv"]
    assert keys("20[2]4") == keys("2024/") == ["raw_parks.csv"]


def test_path_without_external(small):
    """Somebody who sets a path and forgets the variable does not get the scores of the shipped sample."""
    compiled = replace(small, seeds="seeds").run("dbt", "--quiet", "parse", SAMPLES_PATH="delivery")
    assert compiled.returncode != 0 and "SAMPLES_PATH is set, but sample_source is 'seeds'" in compiled.stdout


def test_printing_never_fails():
    """Neither for want of a letter nor of a reader."""
    printing = "import printing; printing.keep_printing(); print('\\u5317' * 1_000_000, flush=True); print('x')"
    process = subprocess.Popen(
        [sys.executable, "-c", printing],
        cwd=ROOT / "scripts",
        env={**os.environ, **ASCII},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    assert (process.wait(), process.stderr.read()) == (0, b"")


def assert_stopped(project, folder, *messages):
    before = project.published.read_bytes()
    built = project.build(*EXTERNAL, SAMPLES_PATH=folder)
    assert built.returncode != 0
    for message in messages:
        assert message in built.stdout, built.stdout
    assert project.published.read_bytes() == before


def test_what_is_read_at_once_has_no_line_with_a_fault(tmp_path):
    """Of random small files, most of them with a fault."""
    chance, path, columns = random.Random(1), tmp_path / "any.csv", ["a", "b", "c"]
    cells = [b"x", b"", b'"x"', b'"x,y"', b'"x""y"', b'"x\ny"', b'"x\r\ny"', "北京".encode(), b' "x"', b'x"x']
    faults = [b'"', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xe5\x8c", b"\xef\xbb\xbf", b""]
    found = Counter()
    for _ in range(1500):
        line_end = chance.choice([b"\n", b"\n", b"\r\n", b"\r"])
        widths = [3 if chance.random() < 0.9 else chance.choice([0, 1, 2, 4]) for _ in range(chance.randint(0, 6))]
        lines = [b"a,b,c", *(b",".join(chance.choices(cells, k=width)) for width in widths)]
        content = line_end.join(lines) + chance.choice([line_end, b""])
        for _ in range(chance.choice([0, 0, 1, 2])):
            at = chance.randrange(len(content) + 1)
            content = content[:at] + chance.choice(faults) + content[at + chance.randint(0, 1) :]
        path.write_bytes(content)
        try:
            csv_file.look_at_lines(path, columns)
            fault = None
        except csv_file.Broken as problem:
            fault = problem
        plain = csv_file.is_plain(path, columns)
        assert not (plain and fault), (content, fault)
        found[plain, fault is None] += 1
    assert found[True, True] > 300 and found[False, False] > 300, found

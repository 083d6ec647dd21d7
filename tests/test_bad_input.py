"""Every kind of bad input: what the user sees, that every good row survives, and that accepted + rejected = raw."""

import gzip
import shutil
import sys

import duckdb
import independent_index
import pytest
from conftest import ROOT
from small_index import COLUMNS, EXTERNAL, Pipeline, clean_cell, clean_samples, write_csv, write_small_index

sys.path.append(str(ROOT / "scripts"))
import check_data

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
        [({"sales_revenue_cny_10k": "1，234.5"}, "sales_revenue_cny_10k: not_a_amount")],
    ),
    "negative count": ("raw_universities", [({"patent_count": "-3"}, "patent_count: not_a_count")]),
    "fractional count": ("raw_universities", [({"patent_count": "12.5"}, "patent_count: not_a_count")]),
    "NaN": ("raw_enterprises", [({"patent_count": "NaN"}, "patent_count: not_a_count")]),
    "infinity": ("raw_enterprises", [({"sales_revenue_cny_10k": "-inf"}, "sales_revenue_cny_10k: not_a_amount")]),
    "infinity in Chinese": ("raw_enterprises", [({"sales_revenue_cny_10k": "∞"}, "sales_revenue_cny_10k: not_a_amount")]),
    "10^30 as a power": ("raw_enterprises", [({"patent_count": "1e30"}, "patent_count: not_a_count")]),
    "10^30 in digits": ("raw_enterprises", [({"patent_count": "1" + "0" * 30}, "patent_count: not_a_count")]),
    "10^15 - 1": ("raw_universities", [({"patent_count": "9" * 15}, {"patent_count": 10**15 - 1})]),
    "five decimals": ("raw_enterprises", [({"sales_revenue_cny_10k": "12.34567"}, "sales_revenue_cny_10k: not_a_amount")]),
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
    "region that the index does not rank": ("raw_policies", [({"region": "臺灣省"}, "region: region_not_ranked")]),
    "county": ("raw_policies", [({"region": "广东省 深圳市 南山区"}, {"region_code": "440300"})]),
    "region of another country": ("raw_policies", [({"region": "東京"}, "region: unknown_region")]),
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


@pytest.fixture(scope="module")
def small(copy_project):
    """A project with the small index in small/ and a clean delivery in delivery/."""
    project = copy_project()
    write_small_index(project, "small")
    for table, rows in clean_samples().items():
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
        "select column_name, reason, if(reason = 'missing', null, raw_value), remedy from marts.dq_rejected_rows"
        " where table_name = ? and coalesce(row_key, '') = ?",
        [table, key],
    )
    assert sorted(row[:3] for row in found) == sorted(rejected)
    assert all(remedy for *_, remedy in found)
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
    cells = ", ".join(f"cast({name} as {casts.get(name, 'varchar')}) as {name}" for name in rows[0])
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


@pytest.fixture(scope="module")
def published(small):
    """The small index, built and published from the clean delivery, in a folder whose name asks for care."""
    folder = small.folder / "it's; drop table x --"
    shutil.copytree(small.folder / "delivery", folder)
    built = small.build(*EXTERNAL, INDEX_SEEDS="small", SAMPLES_PATH=folder.name)
    assert built.returncode == 0, built.stdout
    return small, built.stdout


ACCEPTED = "select * from staging.base_{} where rejection_reason is null order by all"


def test_forms_of_files(published):
    """One form or another, the rows are the same; the user is told which columns are not read and which rows rejected."""
    project, _ = published
    samples = clean_samples()
    folder = project.folder / "forms"
    folder.mkdir()
    for form, table in FORMS.items():
        other_form(folder, samples[table], form, table)
    (folder / "raw_alliances").mkdir()
    parquet(folder / "raw_alliances" / "typed.parquet", samples["raw_alliances"], {"edition": "bigint", "founded_on": "date"})
    expected = {table: project.query(ACCEPTED.format(table.removeprefix("raw_"))) for table in COLUMNS}
    expected["raw_indicator_values"] = []
    with open(folder / "raw_universities.csv", "a", encoding="utf-8") as file:
        file.write("2024,bad,,吉林,1,1\n")

    built = project.build(
        "--vars", "{sample_source: external, largest_rejected_share: 0.2}", INDEX_SEEDS="small", SAMPLES_PATH="forms"
    )

    assert built.returncode == 0, built.stdout
    for table, rows in expected.items():
        assert project.query(ACCEPTED.format(table.removeprefix("raw_"))) == rows, table
    assert "raw_universities                    6          1  1 unknown_region" in built.stdout, built.stdout
    assert "raw_investors: ignored, being no columns of the contract: note" in built.stdout
    assert "raw_technology_relations: ignored, being no columns of the contract: extra" in built.stdout


UNREADABLE = {
    "empty file": (lambda text: b"", "is empty. Write at least its header"),
    "GB18030": (lambda text: text.decode().encode("gb18030"), "line 2 is not text in UTF-8. It seems to be GB18030: iconv"),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), "line 1 is not text in UTF-8. It seems to be UTF-16: iconv"),
    "zero bytes": (lambda text: text + b"2024,\0,x,\n", "line 8 is not text in UTF-8"),
    "short line": (lambda text: text + b"2024,x\n", "line 8 has 2 cells, the header 5. Put a cell with a comma"),
    "long line": (lambda text: text + b"2024,x,a,b,c,d\n", "line 8 has 6 cells, the header 5"),
    "unbalanced quote": (lambda text: text.replace(b"investor_name-2", b'"investor'), "line 4: unexpected end of data. Close"),
    "quote closed too late": (
        lambda text: text.replace(b"investor_name-2", b'"x').replace(b"investor_name-4", b'y"z'),
        "line 4: ",
    ),
    "two kinds of line ends": (lambda text: text + b"2024,x,,,\r\n", "line 8 ends in another way than the first. Run dos2unix"),
    "line ends of old": (lambda text: text.replace(b"\n", b"\r"), "line 1: new-line character"),
    "column twice": (lambda text: text.replace(b"investor_name", b" REGION", 1), "its header has region twice"),
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
    (tmp_path / "raw_enterprise.csv").write_text("edition\n")
    monkeypatch.setenv("SAMPLES_PATH", str(tmp_path))
    one, two, three = check_data.broken_files(check_data.delivered_files())
    assert "raw_enterprise.csv: belongs to no table. Name the file or its folder after one of raw_alliances, " in one
    assert "raw_parks.csv.gz: cannot be read (" in two and "raw_policies.parquet: cannot be read (" in three


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
    (folder / "raw_policies.csv").rename(folder / "raw_policies.xlsx")
    for table, old, new in (("raw_investors", "region", "place"), ("raw_enterprises", ",patent_count", ",")):
        header, body = (folder / f"{table}.csv").read_text(encoding="utf-8").split("\n", 1)
        (folder / f"{table}.csv").write_text(f"{header.replace(old, new)}\n{body}", encoding="utf-8")
    assert_stopped(
        project,
        "missing",
        "raw_parks is missing: there is no missing/raw_parks.csv, .csv.gz or .parquet",
        "raw_policies: missing/raw_policies.xlsx is no file of a known kind. Deliver .csv, .csv.gz or .parquet",
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
        "FAILED rejected_shares_are_small: ",
        "table_name=raw_conferences | rejected_share=0.1429 |",
        "column_name=held_on | reason=not_a_date | row_count=1 | example=05/06/2023 | remedy=write a day",
    )
    with duckdb.connect(str(project.folder / "warehouse" / "build" / project.published.name), read_only=True) as failed:
        assert failed.execute("select * from information_schema.tables where table_schema = 'marts'").fetchall() == []

    checked = project.run(
        "python", "scripts/check_data.py", *EXTERNAL, INDEX_SEEDS="small", SAMPLES_PATH=str(project.folder / "too_many")
    )
    assert checked.returncode != 0 and "A build would stop here" in checked.stdout
    assert "raw_conferences                     6          1" in checked.stdout
    assert "1  held_on: not_a_date, as in '05/06/2023'" in checked.stdout


@pytest.mark.parametrize(
    "value, message",
    {
        "": "the environment variable SAMPLES_PATH is ''. Set it to the folder",
        "s3://bucket/samples": "SAMPLES_PATH is 's3://bucket/samples'. Set it to the folder of this machine",
        "a\nb": "Set it to the folder of this machine",
        "') union select 1 --": "raw_enterprises is missing: there is no ') union select 1 --/raw_enterprises.csv",
    }.items(),
)
def test_refused_paths(small, value, message):
    compiled = small.run(
        "dbt", "--quiet", "compile", "--select", "base_enterprises", *EXTERNAL, INDEX_SEEDS="small", SAMPLES_PATH=value
    )
    assert compiled.returncode != 0 and message in compiled.stdout, compiled.stdout


def test_path_without_external(small):
    """Somebody who sets a path and forgets the variable does not get the scores of the shipped sample."""
    compiled = small.run("dbt", "--quiet", "parse", SAMPLES_PATH="delivery")
    assert compiled.returncode != 0 and "SAMPLES_PATH is set, but sample_source is 'seeds'" in compiled.stdout


def assert_stopped(project, folder, *messages):
    before = project.published.read_bytes()
    built = project.build(*EXTERNAL, INDEX_SEEDS="small", SAMPLES_PATH=folder)
    assert built.returncode != 0
    for message in messages:
        assert message in built.stdout, built.stdout
    assert project.published.read_bytes() == before

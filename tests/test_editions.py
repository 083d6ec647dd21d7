"""Several editions side by side: what is new is read, the rest stays, and nobody can tell it from a full build."""

import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from conftest import QUICK
from small_index import COLUMNS, EDITIONS, clean_samples, write_csv, write_small_index

# One of few parks is of no edition.
ARGUMENTS = (*QUICK, "--vars", "{sample_source: external, largest_rejected_share: 1}")
DELIVERY = {"SAMPLES_PATH": "delivery"}


def write_edition(project, edition: str, row_count: int, **cells: str) -> None:
    """Deliver an edition in folders of its own: most tables as Parquet, the enterprises as CSV. No file has its column."""
    for table, rows in clean_samples(row_count).items():
        folder = project.folder / "delivery" / table / f"edition={edition}"
        columns = COLUMNS[table][1:]
        rows = [{column: row[column] for column in columns} | {c: v for c, v in cells.items() if c in columns} for row in rows]
        write_csv(folder / "part.csv", rows, columns)
        if table != "raw_enterprises":
            duckdb.read_csv(str(folder / "part.csv"), all_varchar=True, hive_partitioning=False).write_parquet(
                str(folder / "part.parquet")
            )
            (folder / "part.csv").unlink()


@pytest.fixture(scope="module")
def yearly(copy_project):
    """The small index with 2024 published, and a file without an edition in its name, which has an unusable one in it."""
    project = copy_project("small")
    write_small_index(project, "small")
    write_edition(project, "2024", 6)
    parks = clean_samples(3)["raw_parks"]
    parks[0] |= {"edition": "20x4", "park_id": "late-0"}
    parks[1] |= {"edition": "2025", "park_id": "late-1"}
    parks[2] |= {"edition": "2024", "park_id": "late-2"}
    write_csv(project.folder / "delivery" / "raw_parks" / "late.csv", parks, COLUMNS["raw_parks"])
    built = project.build(*ARGUMENTS, **DELIVERY)
    assert built.returncode == 0, built.stdout
    return project


def marts(project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.warehouse / "marts").iterdir()}


def build(project, kept: str | None) -> dict[str, bytes]:
    """Build, and see which editions were kept."""
    built = project.build(*ARGUMENTS, **DELIVERY)
    assert built.returncode == 0, built.stdout
    message = "Rows kept from the published release, whose inputs have not changed: edition "
    assert (f"{message}{kept}.\n" in built.stdout) if kept else (message not in built.stdout), built.stdout
    ((judged,),) = project.query("select sum(row_count) from intermediate.int_delivered_rows")
    assert re.search(rf"^samples, read and judged +\d+ +{judged:,} rows ", built.stdout, re.M), built.stdout
    return marts(project)


def assert_like_a_full_build(project) -> None:
    """A build that keeps nothing publishes the same bytes."""
    found = marts(project)
    full = project.build(*ARGUMENTS, "--full-refresh", **DELIVERY)
    assert full.returncode == 0 and "Rows kept" not in full.stdout, full.stdout
    assert not [name for name, content in marts(project).items() if content != found[name]]


def rows_of(project, edition: str) -> dict[str, list[tuple]]:
    tables = project.query(
        "select table_name from information_schema.columns where table_schema = 'marts' and column_name = 'edition'"
    )
    return {
        name: project.query(f"select * from marts.{name} where edition = {edition} order by all")
        for (name,) in tables
        if name != "dim_samples"
    }


def test_a_new_edition_touches_nothing_of_the_old(yearly):
    before = rows_of(yearly, "2024")
    write_edition(yearly, "2025", 9)
    build(yearly, "2024")
    assert_like_a_full_build(yearly)
    assert rows_of(yearly, "2024") == before
    sizes = "select edition, accepted_row_count, rejected_row_count from marts.dq_sample_sizes where table_name = 'raw_parks'"
    # The park of 2025 in the other file was there before; so was the one of no edition.
    assert sorted(yearly.query(sizes), key=str) == [(2024, 7, 0), (2025, 10, 0), (None, 0, 1)]


def test_a_changed_edition_is_read_again_and_no_other(yearly):
    """All enterprises of 2024 move: their relations, in files that nobody touched, move with them."""
    relations = (
        "select edition, enterprise_region_code, count(*) from staging.stg_technology_relations group by all order by all"
    )
    before = yearly.query(relations)
    write_csv(
        yearly.folder / "delivery" / "raw_enterprises" / "edition=2024" / "part.csv",
        [{c: v for c, v in row.items() if c != "edition"} | {"region": "深圳"} for row in clean_samples(6)["raw_enterprises"]],
        COLUMNS["raw_enterprises"][1:],
    )
    build(yearly, "2025")
    assert_like_a_full_build(yearly)
    after = yearly.query(relations)
    assert [row for row in after if row[0] == 2024] == [(2024, "440300", 6)]
    assert [row for row in after if row[0] == 2025] == [row for row in before if row[0] == 2025]


def test_other_weights_read_nothing(yearly):
    methods = yearly.folder / "small" / "reference" / "ref_methods.csv"
    text = methods.read_text(encoding="utf-8")
    methods.write_text(text.replace("log1p", "identity"), encoding="utf-8")
    before = marts(yearly)
    assert build(yearly, "2024, 2025") != before
    assert_like_a_full_build(yearly)
    methods.write_text(text, encoding="utf-8")
    assert build(yearly, "2024, 2025") == before


@pytest.mark.parametrize(
    "path", ["small/reference/ref_region_aliases.csv", "delivery/raw_parks/late.csv", "macros/checking/clean_text.sql"]
)
def test_what_may_concern_any_edition_reads_all(yearly, path):
    file = yearly.folder / path
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    build(yearly, None)


def test_an_edition_without_an_index_is_not_kept(yearly):
    """Its rows were good; without nodes they are of no edition."""
    reference = yearly.folder / "small" / "reference"
    shutil.copytree(reference, yearly.folder / "reference_before")
    for name in ("ref_editions", "ref_nodes", "ref_methods", "ref_samples", "ref_uncertainty"):
        lines = (reference / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        (reference / f"{name}.csv").write_text("".join(x for x in lines if not x.startswith(EDITIONS[1])), encoding="utf-8")
    assert len(reference.joinpath("ref_nodes.csv").read_text(encoding="utf-8")) > 100
    built = yearly.build(*ARGUMENTS, **DELIVERY)
    assert built.returncode == 0, built.stdout
    (reference / "ref_methods.csv").write_text(
        (reference / "ref_methods.csv").read_text(encoding="utf-8") + "\n", encoding="utf-8"
    )
    again = yearly.build(*ARGUMENTS, **DELIVERY)
    assert again.returncode == 0 and "edition 2024.\n" in again.stdout, again.stdout
    assert yearly.query("select count(*) from marts.dq_rejected_rows where reason = 'unknown_edition'")[0][0] > 50
    shutil.rmtree(reference)
    shutil.move(yearly.folder / "reference_before", reference)


def test_a_file_says_its_edition_once(yearly):
    path = yearly.folder / "delivery" / "raw_policies" / "edition=2024" / "more.csv"
    write_csv(path, clean_samples(1)["raw_policies"], COLUMNS["raw_policies"])
    built = yearly.build(*ARGUMENTS, **DELIVERY)
    path.unlink()
    assert built.returncode != 0 and "more.csv has a column edition, and its folder names the edition, too" in built.stdout


def test_a_file_that_was_tampered_with_is_no_ground(yearly):
    assert yearly.build(*ARGUMENTS, **DELIVERY).returncode == 0
    with duckdb.connect(str(yearly.published)) as warehouse:
        warehouse.execute("delete from staging.base_enterprises")
    verified = yearly.run("python", "scripts/build.py", "--verify", **DELIVERY)
    assert verified.returncode == 1 and "small.duckdb is not what was published" in verified.stdout
    built = yearly.build(*ARGUMENTS, **DELIVERY)
    assert built.returncode == 0 and "Rows kept" not in built.stdout
    assert yearly.query("select count(*) > 0 from staging.base_enterprises") == [(True,)]


@pytest.mark.parametrize("source", ["external", "schema"])
def test_lineage_and_freshness_begin_at_what_was_delivered(yearly, source):
    """All of 2024 is two years old; of 2025, all but the parks."""
    now, warehouse = datetime.now(UTC), yearly.folder / "warehouse" / f"{source}.duckdb"
    ages = {"2024": now - timedelta(days=730), "2025": now - timedelta(hours=1)}
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema delivered; set timezone = 'UTC'")
        for table in COLUMNS:
            files = sorted(yearly.folder.glob(f"delivery/{table}/edition=202?/part.*"))
            connection.execute(f"create table delivered.{table} (edition varchar, written timestamptz)")
            for file in files:
                edition = file.parent.name.removeprefix("edition=")
                age = ages["2025" if (edition, table) == ("2025", "raw_parks") else "2024"]
                os.utime(file, (age.timestamp(), age.timestamp()))
                connection.execute(f"insert into delivered.{table} values (?, ?)", [f"{edition}.0", age])
    os.utime(yearly.folder / "delivery" / "raw_parks" / "late.csv", (ages["2024"].timestamp(),) * 2)
    environment = DELIVERY if source == "external" else {"INDEX_SEEDS": "small"}

    def freshness(edition: str) -> tuple[dict[str, str], str]:
        variables = f"{{sample_source: {source}, edition: '{edition}', loaded_at_column: written}}"
        asked = ("dbt", "--quiet", "source", "freshness", "--vars", variables)
        done = yearly.run(*asked, **environment, WAREHOUSE_PATH=f"warehouse/{source}.duckdb")
        assert done.returncode == 0, done.stdout
        results = json.loads((yearly.folder / "target" / "sources.json").read_text(encoding="utf-8"))["results"]
        return {result["unique_id"].split(".")[-1]: result["status"] for result in results}, done.stdout

    found, output = freshness("")
    assert found == {table: "pass" if table == "raw_parks" else "warn" for table in COLUMNS}
    assert f"raw_parks, edition 2024: {ages['2024']:%Y-%m-%d %H:%M:%S}" in output, output
    assert f"raw_parks, edition 2025: {ages['2025']:%Y-%m-%d %H:%M:%S}" in output, output
    if source == "external":
        assert set(freshness("2024")[0].values()) == {"warn"}
    manifest = json.loads((yearly.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
    sources = {key: described["columns"] for key, described in manifest["sources"].items()}
    assert all(set(COLUMNS[key.split(".")[-1]]) == set(columns) for key, columns in sources.items()) and len(sources) == len(
        COLUMNS
    )
    assert [key for key in manifest["parent_map"]["model.ai_competitiveness_index.base_parks"] if key in sources] == [
        "source.ai_competitiveness_index.delivered.raw_parks"
    ]


def test_dbt_alone(yearly):
    """KEEP_EDITIONS for who builds with dbt: neither read nor lost nor tested again."""
    environment = DELIVERY | {"WAREHOUSE_PATH": "warehouse/alone.duckdb"}

    def run(command: str, *arguments: str, **more: str) -> tuple[bool, str]:
        done = yearly.run("dbt", "--quiet", command, *arguments, *ARGUMENTS[-2:], **environment, **more)
        return done.returncode == 0, done.stdout

    def counts() -> list[tuple]:
        with duckdb.connect(str(yearly.folder / "warehouse" / "alone.duckdb"), read_only=True) as warehouse:
            return warehouse.execute("select edition, count(*) from staging.base_policies group by all order by all").fetchall()

    passed, output = run("build", *QUICK, KEEP_EDITIONS="2024,2025")
    assert not passed and "KEEP_EDITIONS names 2024, for which this warehouse has not been built" in output
    passed, output = run("build", *QUICK)
    assert passed, output
    assert counts() == [(2024, 6), (2025, 9)]
    write_edition(yearly, "2024", 7)
    for kept, expected in (("2024", 6), ("2025", 7)):
        passed, output = run("build", *QUICK, "--select", "base_policies", KEEP_EDITIONS=kept)
        assert passed, output
        assert counts() == [(2024, expected), (2025, 9)]
    with duckdb.connect(str(yearly.folder / "warehouse" / "alone.duckdb")) as warehouse:
        warehouse.execute("insert into staging.base_policies from staging.base_policies where edition = 2024 limit 1")
    grain = ("--select", "stg_policies,test_name:unique_grain")
    assert run("test", *grain, KEEP_EDITIONS="2024")[0]
    assert not run("test", *grain, KEEP_EDITIONS="2025")[0]
    for wrong in ("2024;drop table x", "all"):
        passed, output = run("test", KEEP_EDITIONS=wrong)
        assert not passed and "Write the editions whose rows are to stay" in output
    refused = yearly.build(**DELIVERY, KEEP_EDITIONS="2024")
    assert refused.returncode == 2 and "Unset it" in refused.stdout

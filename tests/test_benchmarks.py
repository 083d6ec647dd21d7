"""The benchmark runs, at the size of the shipped sample, and notices a peer that computes something else."""

import subprocess
import sys

import duckdb
import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "benchmarks"))
import bench
from generate import generate


@pytest.mark.slow
def test_every_peer_has_the_totals_of_the_warehouse(tmp_path):
    """It stops if one has not; with the shipped rows, and with harder ones as they come most seldom."""
    ran = subprocess.run(
        [
            sys.executable,
            ROOT / "benchmarks" / "bench.py",
            "scale",
            "--sizes",
            "5e4",
            "--samples",
            "shipped",
            "hard.csv.gz",
            "--repetitions",
            "1",
            "--folder",
            tmp_path,
        ],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert ran.returncode == 0, ran.stdout
    for row in ("| bare scan", "| floor", "| `dbt run`", "| polars", "| pandas", "| the same SQL", "| reading", "| dbt itself"):
        assert ran.stdout.count(row) == 2


@pytest.mark.slow
def test_copies_are_whole_and_the_same_each_time(tmp_path):
    for folder in ("first", "second"):
        assert generate(100_000, tmp_path / folder) == 2 * 44_781
    for path in tmp_path.glob("first/**/*.parquet"):
        assert path.read_bytes() == (tmp_path / "second" / path.relative_to(tmp_path / "first")).read_bytes()
    generate(50_000, tmp_path / "first", edition=2025)
    copied = duckdb.sql(
        f"select edition, count(*), count(distinct relation_id) from '{tmp_path}/first/raw_technology_relations/*/*.parquet'"
        " group by all order by all"
    ).fetchall()
    ((rows, keys),) = duckdb.sql(
        f"select count(*), count(distinct relation_id) from '{ROOT}/seeds/samples/raw_technology_relations.csv' where edition = '2024'"
    ).fetchall()
    assert copied == [(2024, 2 * rows, 2 * keys), (2025, rows, keys)]


@pytest.mark.slow
def test_the_harder_sample_is_hard(tmp_path):
    for form in ("parquet", "csv", "csv.gz"):
        generate(90_000, tmp_path / form, hard=True, form=form)
    files = f"{tmp_path}/%s/raw_enterprises/edition=2024/rows.%s"
    found = [
        duckdb.sql(
            f"""
            select
                count(*) = count(distinct translate(trim(enterprise_id), '０１２３４５６７８９　', '0123456789')),
                count(*) = count(distinct enterprise_name),
                round(avg(case when enterprise_id like '　% ' then 1 else 0 end), 1),
                min(length(trim(enterprise_id))),
                bit_xor(hash(columns))
            from (select *, concat_ws('|', *columns(* exclude edition)) as columns from {read.format(files % (form, form))})
            """
        ).fetchall()
        for form, read in (
            ("parquet", "read_parquet('{}')"),
            ("csv", "read_csv('{}', all_varchar = true)"),
            ("csv.gz", "read_csv('{}', all_varchar = true)"),
        )
    ]
    assert found[0] == found[1] == found[2]
    assert found[0][0][:4] == (True, True, 0.2, 30)


def test_other_totals_are_refused(project, tmp_path):
    peers = {
        "same": "*",
        "changed": "* replace (case when rowid = 7 then amount + 1 else amount end as amount)",
        "missing": "* replace (case when rowid = 7 then 'none' else measure_code end as measure_code)",
    }
    with duckdb.connect(str(project.published), read_only=True) as warehouse:
        for peer, columns in peers.items():
            rows = warehouse.sql(f"select {columns} from intermediate.int_locality_measures")
            rows.write_parquet(str(tmp_path / f"{peer}.parquet"))
    bench.refuse_other_totals(project.published, tmp_path / "same.parquet", "same")
    for peer, cases in (("changed", 1), ("missing", 2)):
        with pytest.raises(bench.Failed, match=f"{peer} has other totals than the warehouse in {cases} cases"):
            bench.refuse_other_totals(project.published, tmp_path / f"{peer}.parquet", peer)


def test_a_peer_that_needs_too_much_memory_is_reported():
    runs = bench.Runs()
    runs.add([sys.executable, "-c", "bytearray(2 ** 30)"], limit=0.5)
    assert "out of memory at 0.5 GB" in runs.cells()[0]
    with pytest.raises(bench.Failed, match="ended with 3"):
        runs.add([sys.executable, "-c", "raise SystemExit(3)"], limit=0.5)

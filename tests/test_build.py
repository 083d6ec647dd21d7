"""The commands of the README, and what a build promises."""

import re
import sys

from conftest import ROOT
from parity import JOINED

sys.path.append(str(ROOT / "scripts"))
import release

MARTS = f"""
    select table_name from information_schema.tables where table_schema = 'marts' and table_name <> '{JOINED}' order by table_name
"""


def export(project) -> dict[str, bytes]:
    """Every mart as the bytes of a CSV file, in the order in which the rows are stored."""
    marts = [name for (name,) in project.query(MARTS)]
    for mart in marts:
        # The one view stores no rows, so it has no order of its own.
        order = " order by all" if mart == "audit_indicator_evidence" else ""
        project.query(f"copy (select * from marts.{mart}{order}) to '{project.folder}/{mart}.csv'")
    return {mart: (project.folder / f"{mart}.csv").read_bytes() for mart in marts}


def test_fresh_clone_builds(copy_project):
    """With nothing but Python: environment, warehouse, and the output that the README shows; then again."""
    clone = copy_project()
    built = clone.run("make", "build")
    assert built.returncode == 0, built.stdout
    promised = (clone.folder / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    assert promised in built.stdout
    assert re.search(r"^raw_enterprises +12283 +172  35 duplicate_key", built.stdout, re.M)
    rebuilt = clone.run("make", "build")
    assert rebuilt.returncode == 0 and "Installing" not in rebuilt.stdout, rebuilt.stdout


def test_threads_and_repetition_change_no_byte(project, copy_project):
    """A build with one thread, one with four, and a second one with four: the same bytes in every mart."""
    expected = export(project)
    assert len(expected) > 30
    other = copy_project()
    for more in ((), ("--full-refresh",)):
        built = other.build("--threads", "4", *more)
        assert built.returncode == 0
        assert export(other) == expected
    # How far it was, as it went along.
    layers = re.findall(r"^(\S.*?) +\d+ +(?:([\d,]+) rows)? +\d+\.\d s$", built.stdout, re.M)
    assert {"seeds", "samples, read and judged", "staging", "intermediate", "marts", "tests", "unit tests"} == {
        n for n, _ in layers
    }
    ((read,),) = other.query("select sum(row_count) from intermediate.int_delivered_rows")
    assert dict(layers)["samples, read and judged"] == f"{read:,}"


def test_a_large_file_is_announced(tmp_path, capfd):
    """Nobody waits in silence for its checksum."""
    for name, size in (("small", 1), ("large", 60_000_000)):
        with open(tmp_path / name, "wb") as file:
            file.truncate(size)
        release.sha256(tmp_path / name)
    assert capfd.readouterr() == ("", "Checksum of large (60 MB) ...\n")


def test_printed_figures_are_as_many_as_the_readme_says(project):
    verdicts = project.query("select verdict, count(*) from marts.audit_published_figures group by verdict")
    assert dict(verdicts) == {"reproduced": 962, "contradicted": 20}


def test_plain_dbt_leaves_the_published_file_alone(own_project):
    """dbt commands work in the root, on a file of their own."""
    before = own_project.published.read_bytes()
    run = own_project.run("dbt", "build", "--select", "+dim_nodes", "--indirect-selection", "cautious")
    assert run.returncode == 0, run.stdout
    assert (own_project.folder / "warehouse" / "development.duckdb").exists()
    assert own_project.published.read_bytes() == before


def test_help_lists_the_targets(own_project):
    assert re.findall(r"^([\w-]+) ", own_project.run("make", "help").stdout, re.M) == [
        "help",
        "build",
        "verify",
        "new-index",
        "report",
        "check-data",
        "ask",
        "workbook",
        "check",
        "test",
        "test-postgres",
        "test-bi",
        "test-spark",
        "test-report",
        "bench",
        "lint",
        "docs",
        "dashboard",
        "sample",
        "clean",
    ]


def test_absolute_index_seeds_are_refused(own_project):
    """dbt would overwrite them with what it compiles."""
    parsed = own_project.run("dbt", "parse", INDEX_SEEDS=str(own_project.folder / "seeds"))
    assert parsed.returncode != 0
    assert "relative to the project" in parsed.stdout

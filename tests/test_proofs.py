"""What README and docs/methodology.md rest on: the analyses, and the reconstruction's own commands."""

import re

import duckdb
import pytest

REFUTATIONS = ("refuted_normalisers", "refuted_goalposts")


@pytest.fixture(scope="module")
def analysis(own_project):
    """A function that gives the rows of an analysis, computed on the published file, as dictionaries."""
    compiled = own_project.run(
        "dbt",
        "compile",
        "--no-populate-cache",
        "--select",
        *REFUTATIONS,
        WAREHOUSE_PATH=f"warehouse/{own_project.published.name}",
    )
    assert compiled.returncode == 0, compiled.stdout

    def rows(name: str) -> list[dict]:
        (path,) = own_project.folder.glob(f"target/compiled/*/analyses/{name}.sql")
        with duckdb.connect(str(own_project.published), read_only=True) as warehouse:
            result = warehouse.execute(path.read_text(encoding="utf-8"))
            return [dict(zip((column[0] for column in result.description), row)) for row in result.fetchall()]

    return rows


def test_methods_are_refuted_as_published(analysis, own_project):
    """What the mart holds of each method is what its inequalities give."""
    columns = (
        "inequality_count",
        "violated_count",
        "refuted_score_count",
        "unrefuted_score_count",
        "refuted_rank_count",
        "unrefuted_rank_count",
    )
    published = own_project.query(f"select method_name_en, {', '.join(columns)} from marts.audit_refuted_methods")
    computed = [tuple(row[column] for column in ("method_name", *columns)) for name in REFUTATIONS for row in analysis(name)]
    assert sorted(published) == sorted(computed) and len(published) == 16


def test_reconstruction_meets_every_printed_figure(own_project):
    checked = own_project.run("python", "-m", "reconstruction", "check")
    assert checked.returncode == 0, checked.stdout
    documented = (own_project.folder / "reconstruction" / "README.md").read_text(encoding="utf-8")
    promised = re.search(r"(\d+ printed figures met, \d+ not met, \d+ contradicted)", documented)[1]
    assert promised in checked.stdout


def test_sample_is_what_the_reconstruction_writes(own_project, tmp_path):
    written = own_project.run("python", "-m", "reconstruction", "write", "--output", str(tmp_path))
    assert written.returncode == 0, written.stdout
    expected = {path.name: path for path in (own_project.folder / "seeds" / "samples").glob("*.csv")}
    assert {path.name for path in tmp_path.iterdir()} == expected.keys()
    for path in tmp_path.iterdir():
        assert path.read_bytes() == expected[path.name].read_bytes(), path.name

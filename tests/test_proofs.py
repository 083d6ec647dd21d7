"""What README and docs/methodology.md rest on: the analyses, and the reconstruction's own commands."""

import re

import duckdb
import pytest
from conftest import ROOT

REFUTATIONS = ("refuted_normalisers", "refuted_goalposts")
METHODOLOGY = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def analysis(own_project):
    """A function that gives the rows of an analysis, computed on the published file, as dictionaries."""
    names = (*REFUTATIONS, "explain_score")
    compiled = own_project.run(
        "dbt", "compile", "--no-populate-cache", "--select", *names, WAREHOUSE_PATH=f"warehouse/{own_project.published.name}"
    )
    assert compiled.returncode == 0, compiled.stdout

    def rows(name: str) -> list[dict]:
        (path,) = own_project.folder.glob(f"target/compiled/*/analyses/{name}.sql")
        with duckdb.connect(str(own_project.published), read_only=True) as warehouse:
            result = warehouse.execute(path.read_text(encoding="utf-8"))
            return [dict(zip((column[0] for column in result.description), row)) for row in result.fetchall()]

    return rows


def test_methods_are_refuted_as_the_methodology_says(analysis):
    table = METHODOLOGY.split("| method | inequalities |")[1].split("\n\n")[0].splitlines()[2:]
    documented = {}
    for line in table:
        method, *numbers = (cell.strip() for cell in line.replace("*", "").strip("|").split("|"))
        documented[method] = [int(number) for number in numbers]
    columns = (
        "inequality_count",
        "violated_count",
        "refuted_score_count",
        "unrefuted_score_count",
        "refuted_rank_count",
        "unrefuted_rank_count",
    )
    computed = {row["method_name"]: [row[column] for column in columns] for name in REFUTATIONS for row in analysis(name)}
    assert documented == computed
    assert len(table) == len(documented)


def test_a_score_is_explained_in_the_order_of_table_2(analysis):
    rows = analysis("explain_score")
    explained = {row["node_code"]: row for row in rows}
    assert len(rows) == len(explained) and {row["region_name_zh"] for row in rows} == {"深圳市"}
    first_level = re.findall(r"^\| [^|]*? (\w+) \| 0\.\d+ \| ([^|]+) \|", METHODOLOGY, re.M)
    assert [row["node_code"] for row in rows if row["node_level"] == 1] == [code for code, _ in first_level]
    third_level = [name.strip() for _, names in first_level for name in re.split("[,;]", names)]
    assert [row["name_zh"] for row in rows if row["node_level"] == 3] == third_level

    ancestors, children = [], {}
    for row in rows:
        level = row["node_level"]
        assert level <= len(ancestors), f"{row['node_code']} stands before its parent"
        ancestors[level:] = [row["node_code"]]
        if level:
            children.setdefault(ancestors[level - 1], []).append(row["points"])
        if level == 3:
            assert row["points"] == pytest.approx(100 * row["effective_weight"] * row["normalised_value"], abs=1e-9)
    assert {code for code, row in explained.items() if row["node_level"] < 3} == set(children)
    for code, points in children.items():
        assert explained[code]["points"] == pytest.approx(sum(points), abs=1e-9), code


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

"""The questions of analyses/: each runs as it is printed, and its answer is right."""

import re
import sys

import duckdb
import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "scripts"))
from ask import ask, questions

METHODOLOGY = (ROOT / "docs" / "methodology.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def answer(project):
    """A function that gives the rows of an answer as dictionaries."""

    def rows(name: str, **values: str) -> list[dict]:
        with duckdb.connect(str(project.published), read_only=True) as warehouse:
            result = warehouse.execute(ask(questions()[name], **values))
            return [dict(zip((column[0] for column in result.description), row)) for row in result.fetchall()]

    return rows


@pytest.mark.parametrize("name", questions())
def test_question_runs_as_printed(project, name):
    """Alone, in any client; and nothing is asked of another schema than marts."""
    with duckdb.connect(str(project.published), read_only=True) as warehouse:
        sql = questions()[name]
        assert warehouse.execute(sql).fetchone()
        assert set(re.findall(r"(?:from|join)\s+(\w+)[.]", sql)) == {"marts"}


def test_dbt_and_the_command_show_them(own_project):
    each = "import sys; from dbt.cli.main import dbtRunner; dbt = dbtRunner();"
    each += " sys.exit(not all(dbt.invoke(['show', '--select', name]).success for name in sys.argv[1:]))"
    shown = own_project.run("python", "-c", each, *questions(), WAREHOUSE_PATH=f"warehouse/{own_project.published.name}")
    assert shown.returncode == 0, shown.stdout
    for name in questions():
        assert f"Previewing node '{name}'" in shown.stdout
    whole = own_project.run("python", "scripts/ask.py", "weight_up", "cohort_code=city", PYTHONIOENCODING="utf-8")
    assert whole.returncode == 0 and len(whole.stdout.splitlines()) == 338 and "黔西南布依族苗族自治州" in whole.stdout
    for mistake, said in (
        ("weight_up city=1", "The question has no city"),
        ("goalposts edition=x", "invalid literal"),
        ("how", "Which rows make this value?"),
    ):
        failed = own_project.run("python", "scripts/ask.py", *mistake.split(), PYTHONIOENCODING="utf-8")
        assert failed.returncode == 2 and said in failed.stdout, failed.stdout


def test_a_score_is_explained_in_the_order_of_table_2(answer):
    rows = answer("explain_score")
    explained = {row["node_code"]: row for row in rows}
    assert len(rows) == len(explained) and {row["region_name_zh"] for row in rows} == {"深圳市"}
    first_level = re.findall(r"^\| [^|]*? (\w+) \| 0\.\d+ \| ([^|]+) \|", METHODOLOGY, re.M)
    assert [row["node_code"] for row in rows if row["node_level"] == 1] == [code for code, _ in first_level]
    third_level = [name.strip() for _, names in first_level for name in re.split("[,;]", names)]
    assert [row["label_zh"].split(" · ")[-1] for row in rows if row["node_level"] == 3] == third_level

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


def test_what_puts_one_ahead_sums_up(answer):
    rows = {row["node_code"]: row for row in answer("why_ahead", region_code="110000", other_region_code="440300")}
    for code, row in rows.items():
        children = [child["difference"] for child in rows.values() if child["parent_node_code"] == code]
        assert not children or row["difference"] == pytest.approx(sum(children), abs=1e-9)
    assert rows["overall"]["difference"] == pytest.approx(97.95 - 79.63, abs=0.01)


@pytest.mark.parametrize("cohort, region", [("city", "440300"), ("province", "440000"), ("circle", "pearl_river_delta")])
def test_rows_sum_to_the_value(answer, project, cohort, region):
    ((numerator, denominator),) = project.query(
        "select numerator, denominator from marts.fct_indicator_values where indicator_code = 'university_papers_average'"
        f" and cohort_code = '{cohort}' and region_code = '{region}'"
    )
    rows = answer("rows_of_value", cohort_code=cohort, region_code=region)
    assert sum(row["adds_to_numerator"] or 0 for row in rows) == numerator > 0
    assert sum(row["adds_to_denominator"] or 0 for row in rows) == denominator > 0
    assert all(row["row_name"] and row["locality_name_zh"] for row in rows)


def test_rejected_rows_that_would_count(answer, project):
    """None is lost: those of provinces are all that would count for one. Two ranks hang on them."""
    rows = answer("rejected_rows_that_count")
    ((count,),) = project.query("select count(*) from marts.dq_rejected_rows where would_count")
    assert sum(row["rejected_row_count"] or 0 for row in rows) == count
    assert [row["name_zh"] for row in rows if row["rank_would_change"]] == ["辽宁省", "贵州省"]


def test_a_rejected_row_is_as_delivered(project):
    """It stands in the file, at the line that is named."""
    for table in ("raw_investors", "raw_investment_relations"):
        name = f"seeds/samples/{table}.csv"
        lines = (project.folder / name).read_text(encoding="utf-8").splitlines()
        rejected = project.query(f"select delivered_row, found_at from marts.dq_rejected_rows where table_name = '{table}'")
        assert len(rejected) > 100
        for row, places in rejected:
            found = [f"{name}:{number}" for number, line in enumerate(lines, start=1) if line == row]
            assert found and ", ".join(found) == places


def test_goalposts_are_held_by_somebody(answer):
    for cohort in ("province", "circle", "city"):
        rows = answer("goalposts", cohort_code=cohort)
        assert len(rows) == 19 and all(row["regions_at_the_upper_goalpost"] and row["at_the_upper_goalpost"] for row in rows)


def test_contradicted_figures_have_what_contradicts_them(answer):
    rows = answer("contradicted_figures")
    assert len(rows) == 20 and all(row["other_locator"] and row["other_verdict"] == "reproduced" for row in rows)


def test_a_weight_that_is_raised_and_lowered(answer):
    """As it was under a factor of 1; under a factor of a million the node alone counts."""
    assert not any(row["places_won"] for row in answer("weight_up", factor="1"))
    alone = answer("weight_up", factor="1000000.0", node_code="capital_environment", cohort_code="circle")
    scores = answer("explain_score", cohort_code="circle", region_code="sichuan_chongqing")
    (expected,) = [row for row in scores if row["node_code"] == "capital_environment"]
    (found,) = [row for row in alone if row["region_name_en"] == "Sichuan-Chongqing"]
    assert found["new_score"] == pytest.approx(expected["points"] / expected["effective_weight"], abs=1e-3)
    assert found["new_rank"] == expected["node_rank"]


def test_source_of_rows(answer):
    assert (
        sum(row["accepted_row_count"] + row["rejected_row_count"] - row["raw_row_count"] for row in answer("source_of_rows"))
        == 0
    )
    assert len(answer("source_of_rows")) == 11

"""The semantic layer, through MetricFlow's own command."""

import csv
import os
import subprocess

import duckdb
import pytest
import yaml
from conftest import ROOT

METRICS = ROOT / ".venv-metrics" / "bin"
OF_NO_SUM = ("score", "points", "rank", "share", "normalised_value", "weight", "average")


@pytest.fixture(scope="module")
def mf(own_project):
    """A function that runs mf beside somebody who reads the published file."""
    environment = {
        **os.environ,
        "PATH": f"{METRICS}{os.pathsep}{os.environ['PATH']}",
        "WAREHOUSE_PATH": str(own_project.published.relative_to(own_project.folder)),
        "WAREHOUSE_ACCESS": "read_only",
    }

    def run(*command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            command, cwd=own_project.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    assert run(str(METRICS / "dbt"), "--quiet", "parse").returncode == 0
    with duckdb.connect(str(own_project.published), read_only=True):
        yield run


def test_models_and_metrics_are_sound(mf):
    checked = mf(str(METRICS / "mf"), "validate-configs")
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("ERRORS: 0") > 5 and "(ERRORS: 1" not in checked.stdout


@pytest.mark.parametrize(
    "metrics, group, where, sql",
    [
        (
            "score,best_rank",
            "node_score__region_name_zh",
            "{{ Dimension('node_score__cohort_code') }} = 'circle' and {{ Dimension('node_score__node_code') }} = 'overall'",
            "select region_name_zh, score, node_rank from marts.fct_node_scores where cohort_code = 'circle' and node_code = 'overall'",
        ),
        (
            "indicator_amount",
            "evidence_row__indicator_code",
            "{{ Dimension('evidence_row__indicator_code') }} = 'policy_count'",
            "select 'policy_count', sum(adds_to_numerator) from marts.audit_indicator_evidence where indicator_code = 'policy_count'",
        ),
        (
            "rows_used,rejected_share",
            "sample_size__table_name",
            "{{ Dimension('sample_size__table_name') }} = 'raw_parks'",
            "select table_name, sum(accepted_row_count), sum(rejected_row_count) / sum(raw_row_count) from marts.dq_sample_sizes"
            " where table_name = 'raw_parks' group by table_name",
        ),
    ],
)
def test_a_query_gives_what_sql_gives(mf, own_project, tmp_path, metrics, group, where, sql):
    answer = tmp_path / "answer.csv"
    asked = mf(str(METRICS / "mf"), "query", "--metrics", metrics, "--group-by", group, "--where", where, "--csv", str(answer))
    assert asked.returncode == 0, asked.stdout
    with answer.open(encoding="utf-8", newline="") as file:
        rows = sorted(list(csv.reader(file))[1:])
    expected = sorted(own_project.query(sql))
    assert [row[0] for row in rows] == [row[0] for row in expected]
    for found, row in zip(rows, expected):
        assert [float(cell) for cell in found[1:]] == pytest.approx([float(cell) for cell in row[1:]])


def test_what_has_no_sum_is_not_summed():
    models = yaml.safe_load((ROOT / "models" / "marts" / "semantic_models.yml").read_text(encoding="utf-8"))["semantic_models"]
    measures = [measure for model in models for measure in model["measures"]]
    assert {measure["agg"] for measure in measures if any(word in measure["expr"] for word in OF_NO_SUM)} == {
        "average",
        "median",
        "max",
        "min",
        "count_distinct",
    }

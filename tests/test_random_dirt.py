"""Random dirt in small samples: whatever it is, no row is lost, and the scores are those of the independent computation."""

import copy

import independent_index
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_index import COLUMNS, SPELLINGS, Pipeline, clean_samples, write_csv, write_small_index
from test_independent_index import close

ROW_COUNT = 4
# What may stand around or within a good value, and what may stand in its place.
MARKS = [
    " ",
    "　",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\t",
    "\r\n",
    "\u001f",
    "\u0001",
    "\u2028",
    ",",
    '"',
    "'",
    "-",
    ".",
    "#",
    "０",
    "{{ x }}",
]
NUMBERS = [
    "",
    "NaN",
    "inf",
    "-1",
    "0",
    "1.5",
    "12.34567",
    "1e30",
    "1.5e-1",
    "2E+03",
    "0.12345678901234567",
    "9" * 12,
    "9" * 15,
    "9" * 16,
    "1,234",
    "１２",
    "十二",
    "007",
    "+5",
    "٣",
    "²",
    "38.0",
    "1.50000",
    "1e3",
]
DATES = [
    "2024-02-30",
    "2024-02-29",
    "2023-02-29",
    "20230501",
    "2023/5-1",
    "2023.5.1",
    "２０２３年５月１日",
    "2023-5-1日",
    "05/06/2023",
    "0000-01-01",
    "2025-01-01",
    "1979-12-31",
    "1980/1/1",
    "2023-05-01T00:00",
    "2023/5/1 0:00:00.0",
    "2023-05-01 01:00",
    "20230501.0",
    "45000",
]
WORDS = [
    "吉林",
    "東京",
    "广 州",
    "ＳＨＥＮＺＨＥＮ",
    "国家级 ",
    "ENABLING",
    "是",
    "No",
    "us",
    "tw",
    "=cmd()",
    "<b>",
    "'; --",
    "2025",
    "2024.0",
    "220100.0",
    "1.0",
    "2023",
    "24",
    "enterprise_id-1",
    "investor_id-2",
    "enterprise_count",
    "平台层",
    *SPELLINGS,
]
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
CELLS = st.sampled_from([(table, column) for table, columns in COLUMNS.items() for column in columns])
ROWS = st.integers(0, 2 * ROW_COUNT)


@st.composite
def changes(draw):
    """What is done to one row: a cell is written or marked, or the row is delivered again or left out."""
    table, column = draw(CELLS)
    actions = ["write"] * 6 + ["mark"] * 6 + ["repeat"] * 3 + ["omit"]
    if column.endswith(("_count", "_value", "_10k", "_year")):
        texts = st.sampled_from(NUMBERS)
    elif column.endswith("_on"):
        texts = st.sampled_from(DATES)
    else:
        texts = st.sampled_from(WORDS)
    action = draw(st.sampled_from(actions))
    text = draw(st.sampled_from(MARKS) if action == "mark" else texts | ANYTHING)
    return action, table, column, draw(ROWS), draw(st.integers(0, 6)), text


def dirty_samples(all_changes) -> dict[str, list[dict]]:
    samples = copy.deepcopy(clean_samples(ROW_COUNT))
    for action, table, column, number, place, text in all_changes:
        rows = samples[table]
        if not rows:
            continue
        row = rows[number % len(rows)]
        if action == "write":
            row[column] = text
        elif action == "mark":
            row[column] = row[column][:place] + text + row[column][place:]
        elif action == "repeat":
            # Often not quite the same again, so that it matters which of the two is accepted.
            name = next(name for name in COLUMNS[table] if name.endswith(("_name", "_title", "_value", "_on")))
            rows.append(row | {name: row[name][:place] + text[:1] + row[name][place:]})
        else:
            rows.remove(row)
    return samples


@pytest.fixture(scope="module")
def pipeline(copy_project):
    project = copy_project()
    write_small_index(project, "small")
    for table in COLUMNS:
        write_csv(project.folder / "delivery" / f"{table}.csv", [], COLUMNS[table])
    (project.folder / "small" / "samples").symlink_to(project.folder / "delivery")
    pipeline = Pipeline(project, "small", "delivery")
    yield pipeline
    pipeline.connection.close()


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(all_changes=st.lists(changes(), min_size=10, max_size=80))
def test_random_dirt(pipeline, all_changes):
    samples = dirty_samples(all_changes)
    pipeline.run(samples)

    assert pipeline.failed_tests() == {}
    counts = dict(pipeline.query("select table_name, sum(row_count) from intermediate.int_delivered_rows group by all"))
    assert counts == {table: len(rows) for table, rows in samples.items() if rows}

    expected = independent_index.compute(pipeline.index)
    for table, keys in expected.accepted_keys.items():
        key = ", ".join({"region": "region_code"}.get(column, column) for column in independent_index.CONTRACT[table][0])
        assert set(pipeline.query(f"select edition, {key} from staging.stg_{table.removeprefix('raw_')}")) == keys, table
    scores = pipeline.query("select edition, cohort_code, region_code, node_code, score, node_rank from marts.fct_node_scores")
    assert {row[:4] for row in scores} == expected.node_scores.keys()
    for *key, score, rank in scores:
        assert close(score, expected.node_scores[tuple(key)].score), key
        assert rank == expected.node_scores[tuple(key)].rank, key

"""Equal marts on two engines: keys, ranks, exact numbers and text as they are, doubles to TOLERANCE."""

import csv
import math
import re

TOLERANCE = 1e-9
# Of marts on DuckDB and their columns; those of a mart itself stand beside an empty name.
COMMENTS = """
    select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' union all
    select table_name, '', comment from duckdb_tables() where schema_name = 'marts' union all
    select view_name, '', comment from duckdb_views() where schema_name = 'marts'
"""


# A view that joins two marts, several times as long as the samples. The test evidence_sums_to_values adds it up on each engine.
JOINED = "audit_region_evidence"


def add_awkward_rows(project) -> None:
    """Rows that engines read differently if they can, by the order of text, by kinds of blanks, by what escapes what."""
    # Enough replications and scenarios for engines to differ in.
    for table, written, instead in (
        ("ref_uncertainty", r"replications,,\d+", "replications,,64"),
        ("ref_scenarios", r"without_\*.*\n", ""),
    ):
        path = project.folder / "seeds" / "reference" / f"{table}.csv"
        text, changes = re.subn(written, instead, path.read_text(encoding="utf-8"))
        assert changes == 1
        path.write_text(text, encoding="utf-8")
    path = project.folder / "seeds" / "samples" / "raw_enterprises.csv"
    with open(path, encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    with open(path, "a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, first, lineterminator="\n")
        # B before a by bytes, after it in a dictionary; the copy of the one accepted is called a duplicate row.
        for name in ("a", "B", "a"):
            writer.writerow({**first, "enterprise_name": name})
        writer.writerow({**first, "enterprise_name": "\u2003z", "region": f"\u2003\u0085{first['region']}\u2009"})
        for number, text in enumerate(["O'Brien", "''", "\\", "\\'", "two\nlines", "😀", "null", "None", "%s"]):
            writer.writerow({**first, "enterprise_id": f"awkward {number} {text}", "region": text})


def read_marts(project) -> dict[str, tuple[list[str], list[tuple]]]:
    """Columns and rows of every mart but JOINED in the published DuckDB warehouse."""
    marts = project.query(
        f"select table_name from information_schema.tables where table_schema = 'marts' and table_name <> '{JOINED}'"
    )
    assert marts
    columns = "select column_name from information_schema.columns where table_schema = 'marts' and table_name = '{}'"
    return {
        mart: (
            [name for (name,) in project.query(columns.format(mart) + " order by ordinal_position")],
            project.query(f"select {'* replace (null as found_at)' if mart == 'dq_rejected_rows' else '*'} from marts.{mart}"),
        )
        for (mart,) in marts
    }


def assert_equal(ours: tuple[list[str], list[tuple]], theirs: tuple[list[str], list[tuple]], mart: str) -> int:
    """Compare two tables whatever the order of their rows; return the number of cells."""
    names, rows = ours
    assert theirs[0] == names, f"{mart}: columns"
    assert len(theirs[1]) == len(rows), f"{mart}: number of rows"
    doubles = {i for row in rows for i, cell in enumerate(row) if isinstance(cell, float)}

    def in_order(table):
        """Rows by their exact cells, then by their doubles."""
        return sorted(table, key=lambda row: [(cell is not None, i in doubles, str(cell)) for i, cell in parts(row)])

    def parts(row):
        return sorted(enumerate(row), key=lambda part: part[0] in doubles)

    for expected, found in zip(in_order(rows), in_order(theirs[1])):
        for i, (one, other) in enumerate(zip(expected, found)):
            equal = one == other
            if i in doubles and one is not None and other is not None:
                equal = math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
            assert equal, f"{mart}.{names[i]}: {one!r} on DuckDB, {other!r} here, in {expected}"
    return len(rows) * len(names)

"""Say what a build would accept and reject of a delivery, table by table and reason by reason, without building it.

Usage: python scripts/check_data.py [arguments of `dbt build`, as for scripts/build.py]

First the files of SAMPLES_PATH are read byte by byte, independently of DuckDB, so that a broken one is reported with the
line that breaks it. Then the tables of the samples, and no others, are built in a scratch file.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from csv_file import Broken, check_csv
from delivery import TABLES, File, delivered_files
from printing import announce, keep_printing

PROJECT = Path(__file__).resolve().parent.parent


def broken_files(files: list[File]) -> list[str]:
    """One line on each delivered file that cannot be read as it stands."""
    problems = []
    for file in files:
        try:
            if file.problem:
                raise Broken(file.problem)
            announce("Checking", file.source)
            if file.kind == "parquet":
                check_parquet(file)
            # A workbook was looked at when its sheets became CSV.
            elif not file.source.name.lower().endswith(".xlsx"):
                check_csv(file.source, TABLES[file.table])
        except Broken as problem:
            problems.append(f"{file.name}: {problem}.")
        except (OSError, EOFError, duckdb.Error) as error:
            problems.append(f"{file.name}: cannot be read ({error}). Deliver it again.")
    return problems


def check_parquet(file: File) -> None:
    """Raise Broken if bytes that stand for text are none in UTF-8; DuckDB raises what else is wrong."""
    described = duckdb.execute("describe select * from read_parquet(?)", [file.scanned]).fetchall()
    for name, type, *_ in described:
        if type == "BLOB" and name.lower() in TABLES[file.table]:
            column = '"' + name.replace('"', '""') + '"'
            (count,) = duckdb.execute(
                f"select count(*) from read_parquet(?) where {column} is not null and try(decode({column})) is null",
                [file.scanned],
            ).fetchone()
            if count:
                raise Broken(f"its column {name} holds bytes that are not text in UTF-8, in {count} row(s). Write it as text")


def show_verdicts(warehouse: duckdb.DuckDBPyConnection, in_full: bool) -> None:
    """Print how many rows of each table were accepted, and how many rejected and why; in full with column and example."""
    print(f"\n{'table':<26} {'accepted':>10} {'rejected':>10}")
    for table in sorted(TABLES):
        verdicts = warehouse.execute(
            f"select reason, {'column_name' if in_full else 'null'}, sum(row_count) as row_count, min(example)"
            " from intermediate.int_delivered_rows where table_name = ? group by all order by row_count desc, 1, 2",
            [table],
        ).fetchall()
        rejected = [verdict for verdict in verdicts if verdict[0]]
        accepted = sum(count for reason, _, count, _ in verdicts if not reason)
        print(f"{table:<26} {accepted:>10} {sum(count for _, _, count, _ in rejected):>10}", end="")
        if not in_full:
            print("  " + ", ".join(f"{count} {reason}" for reason, _, count, _ in rejected))
            continue
        print()
        for reason, column, count, example in rejected:
            print(f"{'':37} {count:>10}  {column}: {reason}{f', as in {example!r}' if example else ''}")


def check(arguments: list[str]) -> int:
    """Print what is wrong with the files, or what would be accepted and rejected of their rows; return an exit code."""
    if problems := broken_files(delivered_files()):
        print(*problems, sep="\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "check.duckdb"

        def dbt(command: str, *selection: str) -> int:
            return subprocess.run(
                [
                    Path(sys.executable).parent / "dbt",
                    "--quiet",
                    command,
                    "--target-path",
                    "target/check",
                    *selection,
                    *arguments,
                ],
                cwd=PROJECT,
                env={**os.environ, "WAREHOUSE_PATH": str(warehouse)},
            ).returncode

        # Built first and tested then: after a failed test, dbt would not count the rows.
        failed = dbt("build", "--indirect-selection", "empty", "--select", "+int_delivered_rows") or dbt(
            "test", "--select", "test_name:rejected_share"
        )
        with duckdb.connect(str(warehouse)) as connection:
            if connection.execute("from duckdb_tables() where table_name = 'int_delivered_rows'").fetchall():
                show_verdicts(connection, in_full=True)
    print("\nA build would stop here, and publish nothing." if failed else "\nA build would accept this delivery.")
    return failed


if __name__ == "__main__":
    keep_printing()
    sys.exit(check(sys.argv[1:]))

"""Say what a build would accept and reject of a delivery, table by table and reason by reason, without building it.

Usage: python scripts/check_data.py [arguments of `dbt build`, as for scripts/build.py]

First the files of SAMPLES_PATH are read byte by byte, independently of DuckDB, so that a broken one is reported with the
line that breaks it. Then the tables of the samples, and no others, are built in a scratch file.
"""

import codecs
import csv
import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
TABLES = {f"raw_{path.stem.removeprefix('base_')}" for path in PROJECT.glob("models/staging/samples/base/base_*.sql")}
csv.field_size_limit(2**31 - 1)


class Broken(Exception):
    """What is wrong with a file, and what to do about it."""


def delivered_files() -> list[Path]:
    """The files of SAMPLES_PATH that sample_files in macros/reading/read_files.sql finds, and those whose name is slightly wrong."""
    if not os.environ.get("SAMPLES_PATH"):
        return []
    folder = PROJECT / os.environ["SAMPLES_PATH"]
    found = duckdb.execute(
        "select file from glob(?) union from glob(?) order by file", [f"{folder}/raw_*", f"{folder}/raw_*/**"]
    )
    return [Path(name) for (name,) in found.fetchall() if not Path(name).name.startswith((".", "_"))]


def broken_files(paths: list[Path]) -> list[str]:
    """One line on each delivered file that cannot be read as it stands."""
    problems = []
    for path in paths:
        try:
            if not TABLES & {path.name.split(".")[0], *(parent.name for parent in path.parents)}:
                raise Broken(f"belongs to no table. Name the file or its folder after one of {', '.join(sorted(TABLES))}")
            if path.name.lower().endswith((".csv", ".csv.gz")):
                check_csv(path)
            elif path.name.lower().endswith(".parquet"):
                duckdb.execute("select count(*) from read_parquet(?)", [str(path)])
        except Broken as problem:
            problems.append(f"{path}: {problem}.")
        except (OSError, EOFError, duckdb.Error) as error:
            problems.append(f"{path}: cannot be read ({error}). Deliver it again.")
    return problems


def check_csv(path: Path) -> None:
    """Raise Broken if it is not UTF-8, or its rows are not as wide as its header, or a quote is left open."""
    line_end = b""

    def lines():
        nonlocal line_end
        for number, line in enumerate(file, start=1):
            line_end = line[len(line.rstrip(b"\r\n")) :]
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                text = "\0"
            if "\0" in text:
                raise Broken(f"line {number} is not text in UTF-8. {how_to_convert(path)}")
            yield text

    with open_csv(path) as file:
        reader = csv.reader(lines(), strict=True)
        start = 1
        try:
            header = next(reader, [])
            if not header:
                raise Broken("is empty. Write at least its header, the columns of the contract")
            names = [name.strip().lower() for name in header]
            if twice := {name for name in names if names.count(name) > 1}:
                raise Broken(f"its header has {', '.join(sorted(twice))} twice. Rename or remove one")
            first_line_end, start = line_end, reader.line_num + 1
            for row in reader:
                if row and len(row) != len(header):
                    raise Broken(
                        f"line {start} has {len(row)} cells, the header {len(header)}."
                        " Put a cell with a comma or a quote between quotes, and close each quote"
                    )
                if line_end not in (first_line_end, b""):
                    raise Broken(f"line {reader.line_num} ends in another way than the first. Run dos2unix on the file")
                start = reader.line_num + 1
        except csv.Error as error:
            remedy = "Run mac2unix on the file" if "new-line" in str(error) else "Close each quote; write one in a cell twice"
            raise Broken(f"line {start}: {error}. {remedy}") from error


def open_csv(path: Path):
    """The file's bytes, unpacked."""
    return gzip.open(path) if path.name.lower().endswith(".gz") else open(path, "rb")


def how_to_convert(path: Path) -> str:
    """What to do about a file that is not UTF-8, as far as its beginning tells."""
    with open_csv(path) as file:
        beginning = file.read(1 << 16)
    encoding = "UTF-16" if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "GB18030"
    try:
        codecs.getincrementaldecoder(encoding)().decode(beginning)
    except UnicodeDecodeError:
        return "Save it as UTF-8"
    return f"It seems to be {encoding}: iconv -f {encoding} -t UTF-8"


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
    print("\nA build would stop here, before the marts." if failed else "\nA build would accept this delivery.")
    return failed


if __name__ == "__main__":
    sys.exit(check(sys.argv[1:]))

"""Load the raw sample tables where an engine other than DuckDB reads them: Postgres by COPY, Spark as Parquet files.

Usage: python scripts/load_samples.py --target postgres|spark [--folder seeds/samples]

dbt seed takes minutes for them outside DuckDB. This puts them where dbt seed would, so that every model, test and unit
test finds them; then dbt builds all but these seeds. Every cell stays the text that it is in the file, an empty one is
null, and columns go by their name. Postgres replaces all tables in one transaction.
"""

import argparse
import csv
import json
import os
import shlex
import shutil
import sys
from pathlib import Path

from printing import keep_printing

PROJECT = Path(__file__).resolve().parent.parent
# The schema of the sample seeds in dbt_project.yml.
SCHEMA = "samples"
PARQUET = PROJECT / "warehouse" / "samples"


def contract() -> dict[str, list[str]]:
    """The columns of every raw sample table, as the data contract lists them."""
    package = json.loads((PROJECT / "docs" / "datapackage.json").read_text(encoding="utf-8"))
    return {table["name"]: [field["name"] for field in table["schema"]["fields"]] for table in package["resources"]}


def header(path: Path, columns: list[str]) -> list[str]:
    """The column names of a file, which must hold all that the contract wants."""
    if not path.exists():
        raise ValueError(f"{path}: there is no such file, and the index has the table. One without rows has its header alone.")
    with open(path, encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    for name in columns:
        if names.count(name) != 1:
            raise ValueError(
                f"{path}: column {name} stands {names.count(name)} times in the first line, which is {','.join(names)}. "
                "Write each column of the contract once; their order does not matter."
            )
    return names


def load_postgres(files: dict[str, Path], names: dict[str, list[str]]) -> None:
    """Each file to a table of text columns, in the database of the variables of psql."""
    import psycopg2
    from psycopg2.sql import SQL, Identifier

    connection = psycopg2.connect(
        host=os.environ.get("PGHOST", "127.0.0.1"),
        user=os.environ.get("PGUSER", "postgres"),
        dbname=os.environ.get("PGDATABASE", "postgres"),
        client_encoding="UTF8",
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(SQL("create schema if not exists {}").format(Identifier(SCHEMA)))
        for table, path in files.items():
            relation = Identifier(SCHEMA, table)
            columns = SQL(", ").join(SQL("{} text").format(Identifier(name)) for name in names[table])
            cursor.execute(SQL("drop table if exists {}").format(relation))
            cursor.execute(SQL("create table {} ({})").format(relation, columns))
            with open(path, "rb") as file:
                cursor.copy_expert(SQL("copy {} from stdin (format csv, header)").format(relation), file)
            cursor.execute(SQL("analyze {}").format(relation))


def load_spark(files: dict[str, Path], names: dict[str, list[str]]) -> None:
    """Each file to a folder with a Parquet file, a block at a time."""
    import pyarrow
    from pyarrow import parquet
    from pyarrow.csv import ConvertOptions, ParseOptions, open_csv

    for table, path in files.items():
        reader = open_csv(
            path,
            parse_options=ParseOptions(newlines_in_values=True),
            convert_options=ConvertOptions(
                column_types=dict.fromkeys(names[table], pyarrow.string()), null_values=[""], strings_can_be_null=True
            ),
        )
        shutil.rmtree(PARQUET / table, ignore_errors=True)
        (PARQUET / table).mkdir(parents=True)
        with parquet.ParquetWriter(PARQUET / table / "part-0.parquet", reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)


def main() -> int:
    """Load, and say how dbt is told; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--target", required=True, choices=["postgres", "spark"])
    seeds = Path(os.environ.get("INDEX_SEEDS", PROJECT / "seeds")) / "samples"
    parser.add_argument("--folder", type=Path, default=seeds)
    arguments = parser.parse_args()
    tables = contract()
    # dbt reads the tables that the index has; the others have no rows.
    files = {table: arguments.folder / f"{table}.csv" for table in tables if (seeds / f"{table}.csv").exists()}
    command = f"dbt build --target {arguments.target} --exclude config.schema:{SCHEMA}"
    try:
        for table in tables.keys() - files.keys():
            if (path := arguments.folder / f"{table}.csv").exists():
                raise ValueError(f"{path}: the index has no such table. Write {seeds / path.name}, with its header alone.")
        names = {table: header(path, tables[table]) for table, path in files.items()}
        if arguments.target == "postgres":
            load_postgres(files, names)
        else:
            load_spark(files, names)
            command = f"SPARK_SAMPLES={shlex.quote(str(PARQUET))} {command}"
    except (ValueError, OSError) as error:
        print(error)
        return 1
    print(f"Loaded {len(files)} tables. Build with: {command}")
    return 0


if __name__ == "__main__":
    keep_printing()
    sys.exit(main())

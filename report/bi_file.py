"""The marts as a small DuckDB file of their own, for tools that show whatever a file holds: no staging, no sample rows.

Views are left out: they need the sample rows, and BI tools list tables only. DuckDB gives each file a random number, so the rows
are the same each time, the bytes are not.
"""

from pathlib import Path

import duckdb


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def write_bi_file(warehouse: Path, folder: Path) -> None:
    """Write bi.duckdb, with the comments of tables and columns, as DuckDB 1.4 can read it."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(warehouse))} as warehouse (read_only)")
        connection.execute(f"attach {quoted(str(folder / 'bi.duckdb'))} as bi (storage_version 'v1.4.0')")
        connection.execute("create schema bi.marts")
        of_marts = "where database_name = 'warehouse' and schema_name = 'marts'"
        tables = connection.execute(
            f"select table_name, comment from duckdb_tables() {of_marts} order by table_name"
        ).fetchall()
        for table, comment in tables:
            connection.execute(f"create table bi.marts.{table} as from warehouse.marts.{table}")
            connection.execute(f"comment on table bi.marts.{table} is {quoted(comment or '')}")
        columns = f"select table_name, column_name, comment from duckdb_columns() {of_marts} and comment is not null"
        for table, column, comment in connection.execute(columns).fetchall():
            if table in dict(tables):
                connection.execute(f'comment on column bi.marts.{table}."{column}" is {quoted(comment)}')
        connection.execute("detach bi")

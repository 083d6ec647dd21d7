"""The whole build on a PostgreSQL server of the tests, on loopback, and what its reader role may see."""

import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg2
import pytest
from conftest import free_port
from parity import add_awkward_rows, assert_equal, read_marts

READER = {"user": "index_reader", "password": secrets.token_urlsafe()}


@pytest.fixture(scope="module")
def server():
    """The psql variables of a fresh server. It sorts text as Chinese readers do, so that relying on byte order fails."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    assert installed, "There is no PostgreSQL server here. Install it: apt-get install postgresql"
    binaries = installed[-1].parent
    # PostgreSQL refuses to be root.
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    port = free_port()
    # Not in pytest's folder, which other users cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    password, data, log = folder / "password", folder / "data", folder / "log"
    password.write_text(secrets.token_urlsafe())

    def control(program: str, *arguments: str) -> None:
        run = subprocess.run(
            [*prefix, binaries / program, "-D", data, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert run.returncode == 0, run.stdout + (log.read_text() if log.exists() else "")

    try:
        if prefix:
            for path in (folder, password):
                shutil.chown(path, "postgres")
        control(
            "initdb",
            "--username=postgres",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=zh-Hans-CN",
            "--no-sync",
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        control("pg_ctl", "start", "-w", "-s", "-l", str(log), "-o", options)
        try:
            yield {
                "PGHOST": "127.0.0.1",
                "PGPORT": str(port),
                "PGUSER": "postgres",
                "PGPASSWORD": password.read_text(),
                "PGDATABASE": "postgres",
            }
        finally:
            control("pg_ctl", "stop", "-w", "-s", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def connect(server: dict[str, str], user: str | None = None, password: str | None = None):
    """A connection as the owner, or as a role."""
    connection = psycopg2.connect(
        host=server["PGHOST"],
        port=server["PGPORT"],
        dbname=server["PGDATABASE"],
        user=user or server["PGUSER"],
        password=password or server["PGPASSWORD"],
    )
    connection.autocommit = True
    return connection


def query(connection, sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.fixture(scope="module")
def built(server, copy_project):
    """The server with the marts in it, as the README builds them."""
    project = copy_project()
    add_awkward_rows(project)
    with connect(server).cursor() as cursor:
        cursor.execute(f'create role "{READER["user"]}" login password %s', [READER["password"]])
    loaded = project.run("python", "scripts/load_samples.py", "--target", "postgres", **server)
    assert loaded.returncode == 0, loaded.stdout
    command = loaded.stdout.split("Build with: ")[1].strip()
    run = project.run("bash", "-c", command, READER_ROLE=READER["user"], **server)
    assert run.returncode == 0, run.stdout
    return server


def test_marts_equal_those_of_duckdb(built, awkward):
    connection = connect(built)
    for mart, expected in read_marts(awkward).items():
        with connection.cursor() as cursor:
            cursor.execute(f"select * from marts.{mart}")
            found = ([column.name for column in cursor.description], cursor.fetchall())
        assert_equal(expected, found, mart)


def test_every_printed_figure_is_reproduced(built, awkward):
    verdicts = "select verdict, count(*) from marts.audit_published_figures group by verdict order by verdict"
    assert query(connect(built), verdicts) == awkward.query(verdicts)


def test_reader_sees_marts_and_nothing_else(built):
    """Tried on every relation that the build made, reading and writing."""
    reader = connect(built, **READER)
    relations = query(
        connect(built),
        "select table_schema, table_name from information_schema.tables"
        " where table_schema not in ('information_schema', 'pg_catalog')",
    )
    assert {schema for schema, _ in relations} >= {"marts", "intermediate", "staging", "reference", "published", "samples"}
    for schema, name in relations:
        if schema == "marts":
            query(reader, f"select * from marts.{name} limit 1")
        else:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                query(reader, f"select * from {schema}.{name} limit 1")
        for statement in ("delete from {}.{}", "insert into {}.{} default values", "drop table {}.{} cascade"):
            # Postgres says of a view that one cannot delete from it before it looks whether one may.
            with pytest.raises(
                (
                    psycopg2.errors.InsufficientPrivilege,
                    psycopg2.errors.ObjectNotInPrerequisiteState,
                    psycopg2.errors.WrongObjectType,
                )
            ):
                reader.cursor().execute(statement.format(schema, name))
    for statement in ("create table marts.mine (a int)", "create table public.mine (a int)", "create schema mine"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            reader.cursor().execute(statement)


def test_an_edition_may_stay(built, copy_project):
    """KEEP_EDITIONS: a row that is there no more is not missed, and one of no edition is read again."""
    connection = connect(built)
    counts = "select edition, count(*) from staging.base_policies group by edition order by edition"
    before = query(connection, counts)
    assert before[-1][0] is None
    connection.cursor().execute("delete from samples.raw_policies where edition = '2024'")
    done = copy_project().run(
        "dbt", "--quiet", "run", "--target", "postgres", "--select", "base_policies", **built, KEEP_EDITIONS="2024"
    )
    assert done.returncode == 0, done.stdout
    assert query(connection, counts) == before


def test_samples_from_a_schema_of_the_database(built, copy_project):
    """Views with typed columns in another order, without the optional table, give what the tables of text gave."""
    connection = connect(built)
    sizes = "select * from marts.dq_sample_sizes where table_name <> 'raw_policies' order by table_name, edition"
    before = query(connection, sizes)
    with connection.cursor() as cursor:
        cursor.execute("create schema delivered")
        tables = query(connection, "select table_name from information_schema.tables where table_schema = 'samples'")
        for (table,) in tables:
            columns = [
                name
                for (name,) in query(
                    connection,
                    f"select column_name from information_schema.columns where table_schema = 'samples' and table_name = '{table}'"
                    " order by ordinal_position desc",
                )
            ]
            # A count that is none is missing here, and the row rejected all the same.
            plain = "translate(btrim({0}, e' \\u3000\\t'), '０１２３４５６７８９', '0123456789')"
            count = f"case when {plain} ~ '^[0-9]{{{{1,15}}}}$' then cast({plain} as numeric(18, 2)) end as {{0}}"
            cells = [count.format(name) if name.endswith("_count") else name for name in columns]
            if table != "raw_indicator_values":
                cursor.execute(f"create view delivered.{table} as select {', '.join(cells)} from samples.{table}")
    project = copy_project()

    def run(*command: str):
        return project.run("dbt", "--quiet", *command, "--target", "postgres", "--vars", "{sample_source: schema}", **built)

    for command in (
        ("run", "--select", "+int_locality_measures", "+dq_sample_sizes", "+dq_rejected_rows"),
        ("test", "--select", "raw_rows_are_conserved"),
    ):
        done = run(*command)
        assert done.returncode == 0, done.stdout
    assert query(connection, sizes) == before
    with connection.cursor() as cursor:
        cursor.execute("drop view delivered.raw_parks")
    done = run("run", "--select", "base_parks")
    assert done.returncode != 0 and "raw_parks is missing: the schema delivered" in done.stdout, done.stdout

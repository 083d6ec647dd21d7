"""The build on Sail, on Spark in dbt's own process, and through the Thrift and the Connect server of another Spark.

Sail and the Spark in process run everything. Through Spark's Thrift server every model is built again from the same rows,
while tests would have the engine of the process judge the same SQL once more; through its Connect server, which joins
Sail's protocol to that engine, a small index without the unit tests is enough.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import jinja2
import pytest
from changing_index import write_index
from conftest import CHANGING, HDI, QUICK, ROOT, free_port
from parity import add_awkward_rows, assert_equal, read_marts
from pyarrow import parquet
from pysail.spark import SparkConnectServer
from pyspark.sql import SparkSession
from small_index import COLUMNS

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def sail():
    """The address of a Sail server on loopback."""
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    try:
        yield {"SPARK_REMOTE": "sc://{}:{}".format(*server.listening_address)}
    finally:
        server.stop()


@pytest.fixture(scope="module")
def in_process(java):
    """No address: target spark starts a Spark of its own."""
    return {}


def documented_command() -> str:
    """The command of docs/engines.md that starts Spark's servers, by which they are started here."""
    text = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^SPARK_LOCAL_IP=\S+ spark-submit (?:.*\\\n)*.*$", text, re.M)
    return command


@pytest.fixture(scope="module")
def spark_servers(java, tmp_path_factory):
    """The addresses of Spark's Thrift server and, in the same Spark, of its Connect server, both on loopback."""
    # Tables, metastore and logs are in the folder where it starts.
    folder = tmp_path_factory.mktemp("spark")
    thrift, connect = free_port(), free_port()
    command = documented_command()
    for documented, port in (("thrift.port=10000", thrift), ("grpc.binding.port=15002", connect)):
        assert command.count(documented) == 1, documented
        command = command.replace(documented, f"{documented.split('=')[0]}={port}")
    log = folder / "log"
    with open(log, "w", encoding="utf-8") as output:
        server = subprocess.Popen(
            # The shell makes way for Spark, which is ended by its number.
            ["bash", "-c", command.replace("spark-submit", "exec spark-submit", 1)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        )
    try:
        deadline = time.monotonic() + 300
        while not (listens(thrift) and listens(connect)):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.5)
        yield {"SPARK_REMOTE": f"sc://127.0.0.1:{connect}", "SPARK_THRIFT_PORT": str(thrift)}
    finally:
        server.terminate()
        server.wait()


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module", params=["sail", "spark", "thrift", "connect"])
def built(request, copy_project):
    """The marts as the engine built them, and as DuckDB did.

    The samples are Parquet files; in the small index of Connect, tables of Spark's catalog, partitioned by edition.
    """
    small = request.param == "connect"
    copy = copy_project(HDI) if small else copy_project()
    options = {"connect": QUICK, "thrift": (*QUICK, "test")}.get(request.param, ())
    if not small:
        add_awkward_rows(copy)
    environment = request.getfixturevalue({"sail": "sail", "spark": "in_process"}.get(request.param, "spark_servers"))
    loaded = copy.run("python", "scripts/load_samples.py", "--target", "spark")
    assert loaded.returncode == 0, loaded.stdout
    samples = copy.folder / "warehouse" / "samples"
    if small:
        session = SparkSession.builder.remote(environment["SPARK_REMOTE"]).create()
        session.sql("create schema delivered")
        for table in samples.iterdir():
            session.read.parquet(str(table)).write.partitionBy("edition").saveAsTable(f"delivered.{table.name}")
        session.stop()
        absent = ", ".join(COLUMNS.keys() - {table.name for table in samples.iterdir()})
        options += ("--vars", f"{{sample_source: schema, sample_schema: delivered, optional_tables: [{absent}]}}")
    else:
        environment["SPARK_SAMPLES"] = str(samples)
    marts = copy.folder / "marts"
    marts.mkdir()
    target = "spark_thrift" if request.param == "thrift" else "spark"
    run = copy.run("python", "tests/build_on_spark.py", str(marts), "--target", target, *options, **environment)
    assert run.returncode == 0, run.stdout
    expected = read_marts(request.getfixturevalue("hdi" if small else "awkward"))
    if small:
        # It says where the samples are from.
        del expected["dim_samples"]
    return {mart: parquet.read_table(marts / f"{mart}.parquet") for mart in expected}, expected


def test_marts_equal_those_of_duckdb(built):
    for mart, expected in built[1].items():
        table = built[0][mart]
        assert_equal(expected, (table.column_names, list(zip(*(column.to_pylist() for column in table.columns)))), mart)


def test_changes_between_editions_equal_those_of_duckdb(sail, copy_project, changing):
    """Of a small index of several editions; the awkward one has one."""
    copy = copy_project(CHANGING)
    write_index(copy)
    table, mart = "raw_indicator_values", "fct_edition_changes"
    shutil.copy(copy.folder / "seeds" / "samples" / f"{table}.yml", copy.folder / CHANGING / "samples")
    loaded = copy.run("python", "scripts/load_samples.py", "--target", "spark")
    assert loaded.returncode == 0, loaded.stdout
    options = ("--target", "spark", "--exclude-resource-type", "test", *QUICK, "--select", f"+{mart}")
    environment = {**sail, "SPARK_SAMPLES": str(copy.folder / "warehouse" / "samples")}
    run = copy.run("python", "tests/build_on_spark.py", str(copy.folder), *options, **environment)
    assert run.returncode == 0, run.stdout
    found = parquet.read_table(copy.folder / f"{mart}.parquet")
    rows = [tuple(row.values()) for row in found.to_pylist()]
    assert assert_equal(read_marts(changing)[mart], (found.column_names, rows), mart) > 1000


def test_columns_have_their_comments(built, request):
    """Not on Sail, which keeps none."""
    for table in built[0].values():
        commented = table.schema.metadata[b"commented"].decode().split()
        assert commented == ([] if request.node.callspec.params["built"] == "sail" else table.column_names)


def test_every_printed_figure_is_reproduced(built):
    names, rows = built[1]["audit_published_figures"]
    verdicts = built[0]["audit_published_figures"].column("verdict").to_pylist()
    assert Counter(verdicts) == Counter(row[names.index("verdict")] for row in rows)


@pytest.mark.parametrize("server", ["sail", "spark_servers"])
def test_a_moment_is_read_in_utc(request, server):
    """Whatever the zone of the session; where a session lives elsewhere, no setting of the profile reaches it."""
    session = SparkSession.builder.remote(request.getfixturevalue(server)["SPARK_REMOTE"]).create()
    macros = (ROOT / "macros" / "engines" / "engines.sql").read_text(encoding="utf-8")
    in_utc = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(macros).module.spark__timestamp_in_utc
    for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
        session.conf.set("spark.sql.session.timeZone", zone)
        rows = session.sql(
            f"select {in_utc('moment', 'TIMESTAMP')}, {in_utc('written', 'TIMESTAMP_NTZ')} from (values"
            " (timestamp'2023-05-01 08:00:00+08:00', timestamp_ntz'2023-05-01 08:00:00'),"
            " (timestamp'1969-03-09 21:30:00-05:00', timestamp_ntz'2023-03-12 02:30:00')) as times (moment, written)"
        ).collect()
        assert [tuple(cells) for cells in rows] == [
            ("2023-05-01 00:00:00", "2023-05-01 08:00:00"),
            ("1969-03-10 02:30:00", "2023-03-12 02:30:00"),
        ]
    session.stop()


def test_servers_are_set_as_the_profile_sets_spark():
    """The settings that both have are the same, and the servers lack none but where the tables are."""
    profiles = (ROOT / "profiles.yml").read_text(encoding="utf-8")
    profile = dict(re.findall(r"'(spark\.[\w.]+)': (?:env_var\('\w+', )?'([^']*)'", profiles))
    assert len(profile) == 9
    command = shlex.split(documented_command())
    servers = dict(argument.split("=", 1) for argument in command if argument.startswith("spark."))
    servers["spark.master"] = command[command.index("--master") + 1]
    here = {"spark.sql.warehouse.dir", "spark.driver.extraJavaOptions"}
    assert {name: servers.get(name) for name in profile.keys() - here} == {
        name: profile[name] for name in profile.keys() - here
    }

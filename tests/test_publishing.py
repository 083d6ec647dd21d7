"""What readers may rely on while builds run, fail and are killed."""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import duckdb
import pytest
from conftest import HDI, QUICK

# A cell.
EVIL = "{{ run_query('drop schema marts') }} '; drop table x; -- =cmd() <b>$(touch hacked)</b>"


# A build in which nothing has changed since the published release has nothing to do.
FULL = (*QUICK, "--full-refresh")


def change_methods(project) -> None:
    """A change that lets the next build keep the rows and compute the rest anew."""
    with open(project.folder / project.seeds / "reference" / "ref_methods.csv", "a", encoding="utf-8") as file:
        file.write("\n")


def start(project, *arguments: str, **options) -> subprocess.Popen:
    """Start a build in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "scripts/build.py", *arguments],
        cwd=project.folder,
        env={**os.environ, "INDEX_SEEDS": project.seeds},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **options,
    )


def published(project) -> dict[str, bytes]:
    """All that readers see."""
    current = project.warehouse / "current"
    return {str(path.relative_to(current)): path.read_bytes() for path in current.glob("**/*") if path.is_file()}


def test_kill_at_any_moment(own_hdi):
    """kill -9 of everything, at random moments: readers keep the last release, and the next build starts clean."""
    before = published(own_hdi)
    moments = random.Random(20240620)
    for _ in range(4):
        change_methods(own_hdi)
        build = start(own_hdi, *QUICK)
        time.sleep(moments.uniform(0.2, 6))
        os.killpg(build.pid, signal.SIGKILL)
        build.communicate()
        after = published(own_hdi)
        # A build that was quicker than the kill has published the same marts anew.
        assert {name: after[name] for name in after if not name.endswith(".duckdb")} == {
            name: before[name] for name in before if not name.endswith(".duckdb")
        }
        assert own_hdi.query("select count(*) from marts.fct_node_scores")
    assert own_hdi.build(*FULL).returncode == 0


# Publishes what was built and a page of it, and is killed right before the step whose number it is given.
PUBLISH = """
import os, signal, sys
sys.path.insert(0, "scripts")
import duckdb, release

steps = 0

def render(warehouse, folder):
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        ((rank,),) = connection.execute("select min(node_rank) from marts.fct_node_scores").fetchall()
    (folder / "pages").mkdir()
    (folder / "pages" / "rank.txt").write_text(str(rank))

def count(event, arguments):
    global steps
    if event in ("os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "shutil.rmtree", "shutil.copyfile"):
        steps += 1
        if steps == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)

release.RENDERERS = (render,) if "pages" in sys.argv else ()
sys.addaudithook(count)
release.publish([], {}, {})
print(steps)
"""


def test_kill_at_every_step_of_publishing(copy_project):
    """Whatever happened to the file system so far: all of the old release or all of the new one, and the next one works."""
    project = copy_project(HDI)
    assert project.build(*QUICK).returncode == 0
    warehouse = project.warehouse
    built = {}
    for name in ("old", "new"):
        built[name] = project.folder / f"{name}.duckdb"
        shutil.copyfile(project.published, built[name])
    with duckdb.connect(str(built["new"])) as connection:
        connection.execute("update marts.fct_node_scores set node_rank = node_rank + 100")

    def publish(name: str, step: int, rendered: str = "pages") -> str:
        shutil.rmtree(warehouse / "build", ignore_errors=True)
        (warehouse / "build").mkdir()
        shutil.copyfile(built[name], warehouse / "build" / project.published.name)
        return project.run("python", "-c", PUBLISH, str(step), rendered).stdout

    publish("old", 0)
    # From now on an older release is removed, too.
    steps = int(publish("old", 0))
    assert steps > 20
    seen = []
    for step in range(1, steps + 1):
        publish("old", 0)
        assert publish("new", step) == ""
        least = "select min(node_rank) from"
        ((rank,),) = project.query(f"{least} marts.fct_node_scores")
        assert duckdb.sql(f"{least} '{warehouse}/marts/fct_node_scores.parquet'").fetchall() == [(rank,)], step
        manifest = json.loads((warehouse / "current" / "manifest.json").read_text(encoding="utf-8"))
        for mart, described in manifest["marts"].items():
            content = (warehouse / "marts" / f"{mart}.parquet").read_bytes()
            assert hashlib.sha256(content).hexdigest() == described["sha256"], (step, mart)
        page = (warehouse / "pages" / "rank.txt").read_bytes()
        assert page == str(rank).encode(), step
        assert manifest["rendered"] == {"pages/rank.txt": hashlib.sha256(page).hexdigest()}, step
        seen.append(rank)
    # Old before one step, new after it.
    assert seen == sorted(seen) and set(seen) == {1, 101}

    verify = ("python", "scripts/build.py", "--verify")
    assert "pages/rank.txt is not" not in project.run(*verify).stdout
    (warehouse / "pages" / "rank.txt").write_text("0")
    assert "pages/rank.txt is not what was published" in project.run(*verify).stdout
    publish("old", 0, "no pages")
    assert not os.path.lexists(warehouse / "pages")


def test_orphaned_dbt_keeps_the_lock(own_hdi):
    """If only the script is killed, its dbt goes on; the next build does not meet it in the same folder."""
    before = published(own_hdi)
    build = start(own_hdi, *FULL)
    fresh = own_hdi.warehouse / "build" / own_hdi.published.name
    while not fresh.exists():
        time.sleep(0.05)
    os.kill(build.pid, signal.SIGKILL)
    second = own_hdi.build(*QUICK)
    assert second.returncode == 2 and "Another build is running" in second.stdout
    assert published(own_hdi) == before
    build.communicate()  # ends with the orphan, which holds the other end of the pipe
    assert own_hdi.build(*QUICK).returncode == 0


def test_full_disk(own_hdi):
    """No file may grow beyond 300 kB: the build fails, readers notice nothing."""
    before = published(own_hdi)
    limit = (300_000, resource.RLIM_INFINITY)
    build = start(own_hdi, *FULL, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    output, _ = build.communicate()
    assert build.returncode != 0
    assert "is what it was before" in output, output
    assert published(own_hdi) == before


def test_failing_test_publishes_nothing(own_hdi):
    """Write, audit, publish: the marts were written, a test failed, nobody sees them."""
    before = published(own_hdi)
    check = own_hdi.folder / "tests" / "values" / "fails.sql"
    check.write_text("select region_code from {{ ref('fct_node_scores') }} where region_code = 'NOR'")
    built = own_hdi.build(*QUICK)
    check.unlink()
    assert built.returncode != 0
    assert "FAILED fails" in built.stdout and "region_code=NOR" in built.stdout
    assert published(own_hdi) == before


def test_only_whole_builds_are_published(own_hdi):
    """dbt ends well with a part of the warehouse; readers do not get it."""
    before = published(own_hdi)
    for option, value in (("--exclude", "rank_cities+"), ("--exclude-resource-type", "test")):
        built = own_hdi.build(option, value)
        assert built.returncode != 0 and f"Only a whole build is published, not one with {option}" in built.stdout
        assert published(own_hdi) == before


def test_unit_tests_follow_the_code(own_hdi):
    """They do not depend on data: what passed for the published release passes again."""

    def unit_tests() -> int:
        assert own_hdi.build().returncode == 0
        results = json.loads((own_hdi.target / "run_results.json").read_text(encoding="utf-8"))
        return sum(node["unique_id"].startswith("unit_test.") for node in results["results"])

    unit_tests()
    change_methods(own_hdi)
    assert unit_tests() == 0
    described = own_hdi.folder / "models" / "intermediate" / "int_nodes.yml"
    described.write_text(described.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert unit_tests() > 10


def test_nothing_is_built_when_nothing_has_changed(own_hdi):
    """The release stays, and is shown, unless a file of it is not as it was."""
    assert own_hdi.build(*QUICK).returncode == 0

    def stays() -> bool:
        before = (own_hdi.warehouse / "current").resolve()
        built = own_hdi.build(*QUICK)
        stayed = (own_hdi.warehouse / "current").resolve() == before
        assert built.returncode == 0 and stayed == ("Nothing has changed since" in built.stdout), built.stdout
        assert f"Published: hdi, release {(own_hdi.warehouse / 'current').resolve().name}" in built.stdout
        return stayed

    assert stays()
    (own_hdi.warehouse / "workbook.xlsx").write_bytes(b"")
    assert not stays()
    assert stays()


def test_two_builds_at_once(own_hdi):
    """One is told to wait, the other publishes."""
    builds = [start(own_hdi, *FULL), start(own_hdi, *FULL)]
    outputs = [build.communicate()[0] for build in builds]
    assert sorted(build.returncode for build in builds) == [0, 2], outputs
    assert any("Another build is running" in output for output in outputs)
    assert own_hdi.run("python", "scripts/build.py", "--verify").returncode == 0


def test_readers_and_builds_do_not_meet(own_hdi):
    """Readers in processes of their own, over and over, while two builds publish: no error, no half-way state."""
    reader = (
        "import duckdb, sys, time\n"
        "reads, longest, end = 0, 0, time.time() + float(sys.argv[2])\n"
        "while time.time() < end:\n"
        "    begin = time.time()\n"
        "    with duckdb.connect(sys.argv[1], read_only=True) as warehouse:\n"
        "        (rows,) = warehouse.execute('select count(*) from marts.fct_node_scores').fetchone()\n"
        "        (parts,) = warehouse.execute('select count(*) from marts.fct_indicator_values').fetchone()\n"
        "    assert rows == 60 and parts == 40, (rows, parts)\n"
        "    reads, longest = reads + 1, max(longest, time.time() - begin)\n"
        "print(reads, longest)\n"
    )
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", reader, own_hdi.published, "12"], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    builds = [own_hdi.build(*FULL).returncode for _ in range(2)]
    outputs = [process.communicate() for process in readers]
    assert builds == [0, 0]
    for process, (reads, errors) in zip(readers, outputs):
        assert process.returncode == 0, errors
        assert int(reads.split()[0]) > 50


def test_reader_across_a_release(own_hdi):
    """Who has the warehouse open keeps reading what they opened."""
    with duckdb.connect(str(own_hdi.published), read_only=True) as warehouse:
        before = warehouse.execute("from marts.fct_node_scores").fetchall()
        assert own_hdi.build(*FULL).returncode == 0
        assert warehouse.execute("from marts.fct_node_scores").fetchall() == before


def test_manifest_tells_what_differs(own_hdi):
    """Anyone can see that the marts came from these inputs, and which of them do not."""
    verify = ("python", "scripts/build.py", "--verify")
    assert own_hdi.build(*QUICK).returncode == 0
    sound = own_hdi.run(*verify)
    manifest = json.loads((own_hdi.warehouse / "current" / "manifest.json").read_text(encoding="utf-8"))
    told = f"warehouse and its {len(manifest['marts'])} marts are as published"
    assert sound.returncode == 0 and told in sound.stdout, sound.stdout
    for mart, described in manifest["marts"].items():
        parquet = own_hdi.warehouse / "marts" / f"{mart}.parquet"
        assert duckdb.execute("select count(*) from read_parquet(?)", [str(parquet)]).fetchall() == [(described["rows"],)]
        assert own_hdi.query(f"select count(*) from marts.{mart}") == [(described["rows"],)]

    values = own_hdi.folder / "tests" / "hdi" / "samples" / "raw_indicator_values.csv"
    mart = own_hdi.warehouse / "marts" / "rank_cities.parquet"
    for path, message in (
        (values, "INDEX_SEEDS/samples/raw_indicator_values.csv has changed"),
        (mart, "rank_cities.parquet is not"),
        (own_hdi.folder / "profiles.yml", "profiles.yml has changed"),
        (own_hdi.folder / "packages" / "absent_tables" / "dbt_project.yml", "dbt_project.yml has changed"),
    ):
        sound_bytes = path.read_bytes()
        path.write_bytes(sound_bytes + b" ")
        changed = own_hdi.run(*verify)
        path.write_bytes(sound_bytes)
        assert changed.returncode == 1 and message in changed.stdout, changed.stdout


def test_an_index_without_its_tables(own_hdi):
    """Said at once, and by name."""
    folder = own_hdi.folder / "half"
    shutil.copytree(own_hdi.folder / "tests" / "hdi", folder)
    (folder / "reference" / "ref_methods.csv").unlink()
    built = replace(own_hdi, seeds="half").build()
    assert built.returncode == 2 and "half is no index without ref_methods.csv." in built.stdout, built.stdout
    shutil.rmtree(folder)
    built = replace(own_hdi, seeds="half").build()
    assert built.returncode == 2 and "half is no index without ref_cohort_members.csv, ref_cohorts.csv" in built.stdout


def test_a_namesake_replaces_nothing(own_hdi):
    """Two folders with one name are two indices."""
    before = published(own_hdi)
    shutil.copytree(own_hdi.folder / "tests" / "hdi", own_hdi.folder / "other" / "hdi")
    built = replace(own_hdi, seeds="other/hdi").build(*QUICK)
    assert built.returncode == 2 and "warehouse/indices/hdi holds the index in tests/hdi" in built.stdout, built.stdout
    assert published(own_hdi) == before


@pytest.fixture(scope="module")
def new_index(own_hdi):
    """What `make new-index` writes, with a name of a region and one of its folder that could be code, built beside another index."""
    before = published(own_hdi)
    made = own_hdi.run("make", "new-index", "NAME=mine/new")
    assert made.returncode == 0, made.stdout
    assert own_hdi.run("make", "new-index", "NAME=mine/new").returncode != 0
    other = replace(own_hdi, seeds="""index'); drop schema marts; -- $(touch hacked) "x\"""")
    (own_hdi.folder / "mine" / "new").rename(own_hdi.folder / other.seeds)
    regions = own_hdi.folder / other.seeds / "reference" / "ref_regions.csv"
    regions.write_text(regions.read_text(encoding="utf-8").replace("Centre", EVIL), encoding="utf-8")
    values = own_hdi.folder / other.seeds / "samples" / "raw_indicator_values.csv"
    values.write_text(values.read_text(encoding="utf-8").replace("Centre", "C"), encoding="utf-8")
    built = other.build(*QUICK)
    assert built.returncode == 0, built.stdout
    told = "Published: index_drop_schema_marts_touch_hacked_x, release 000001, in warehouse/indices/index_drop_schema_marts"
    assert told in built.stdout.splitlines()[-1]
    assert published(own_hdi) == before
    return own_hdi.warehouse.with_name("index_drop_schema_marts_touch_hacked_x")


def test_smallest_index(new_index):
    """Five regions, two levels; North and East by hand."""
    with duckdb.connect(str(new_index / f"{new_index.name}.duckdb"), read_only=True) as connection:
        scores = dict(connection.execute("select region_code, overall_score from marts.rank_regions").fetchall())
        (names,) = connection.execute("select name_zh, name_en from marts.dim_nodes where node_code = 'income'").fetchall()
    assert len(scores) == 5 and names == ("Income per head", "Income per head")
    north = ((2 * (31 - 21) / (36 - 21) + (9.5 - 4.5) / (9.5 - 3.5)) / 3 + (82.1 - 80.6) / (83.1 - 80.6)) / 2
    east = ((2 * (24 - 21) / (36 - 21) + (9.5 - 7.5) / (9.5 - 3.5)) / 3 + 0) / 2
    assert (scores["N"], scores["E"]) == pytest.approx((100 * north, 100 * east), abs=1e-9)


def test_names_and_cells_are_never_code(own_hdi, new_index):
    """A folder's name and a cell's text reach neither shell nor SQL nor Jinja as code."""
    with duckdb.connect(str(new_index / f"{new_index.name}.duckdb"), read_only=True) as connection:
        assert connection.execute("select name_en from marts.dim_regions where region_code = 'C'").fetchall() == [(EVIL,)]
    described = json.loads((new_index / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert described["index"]["name"] == new_index.name
    assert not (own_hdi.folder / "hacked").exists()

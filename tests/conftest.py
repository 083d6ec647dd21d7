"""What the tests share: copies of the project to build in, away from the files of whoever runs the tests."""

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from changing_index import write_index
from parity import add_awkward_rows

ROOT = Path(__file__).resolve().parent.parent
# A small index, and a build without the unit tests, which do not depend on data.
HDI = "tests/hdi"
CHANGING = "changing"
QUICK = ("--exclude-resource-type", "unit_test")


def free_port() -> int:
    """A port of loopback on which nobody listens yet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Project:
    """A copy of the project, as a clone would hold it, and the index in it that is meant."""

    folder: Path
    seeds: str = "seeds"

    @property
    def warehouse(self) -> Path:
        """Where the index is published."""
        return self.folder / "warehouse" / ("" if self.seeds == "seeds" else f"indices/{Path(self.seeds).name}")

    @property
    def target(self) -> Path:
        """What dbt says of the build."""
        return self.folder / "target" / ("build" if self.seeds == "seeds" else f"indices/{Path(self.seeds).name}")

    @property
    def published(self) -> Path:
        return self.warehouse / f"{'ai_competitiveness' if self.seeds == 'seeds' else Path(self.seeds).name}.duckdb"

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess:
        """Run a command in the copy with the tools of the running Python; stdout holds both streams."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PATH": path, "INDEX_SEEDS": self.seeds, **environment},
        )

    def build(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Build and publish as `make build` does."""
        return self.run("python", "scripts/build.py", *arguments, **environment)

    def query(self, sql: str) -> list[tuple]:
        """Rows of a query on the published warehouse."""
        with duckdb.connect(str(self.published), read_only=True) as warehouse:
            return warehouse.execute(sql).fetchall()


def pytest_collection_modifyitems(items):
    """Whatever works on a copy of the project waits for dbt, and is slow. The slowest begin, so that no process waits for them."""
    for item in items:
        if "copy_project" in item.fixturenames:
            item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("engine") is None)


def leave_out(what: str) -> None:
    """Skip what this machine lacks the parts for; pytest's last lines say so. Where CI is true, nothing may be left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def install(package: str, what: str) -> None:
    """Install a package of Debian's, if that is allowed; leave out what needs it if that fails."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return
    for command in ("update", f"install --yes --no-install-recommends {package}"):
        done = subprocess.run(
            ["apt-get", "-qq", *command.split()],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            leave_out(f"{what}, for want of {package}, which could not be installed: {done.stdout}")


def environment(name: str) -> Path:
    """The programs of an environment of its own, that of requirements/NAME.txt."""
    made = subprocess.run(
        ["make", f".venv-{name}/installed"], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert made.returncode == 0, made.stdout
    return ROOT / f".venv-{name}" / "bin"


@pytest.fixture(scope="session")
def java():
    """A Java that Spark can run on: the one of JAVA_HOME, else of the path, else Debian's, installed if that is allowed."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=f"{home}/bin" if home else None)
    if not program:
        install("default-jre-headless", "Spark's own engines")
        program = shutil.which("java")
    if not program:
        leave_out("Spark's own engines, for want of a Java. Install Java 17 or later, or set JAVA_HOME.")
    said = subprocess.run([program, "-version"], stderr=subprocess.PIPE, text=True).stderr
    if int(re.search(r'version "(\d+)', said)[1]) < 17:
        leave_out(f"Spark's own engines: they need Java 17 or later, and {program} is {said.splitlines()[0]}.")


@pytest.fixture(scope="session")
def copy_project(tmp_path_factory):
    """A function that makes a fresh copy of what git would clone, changes not yet committed included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")

    def copy(seeds: str = "seeds") -> Project:
        folder = tmp_path_factory.mktemp("project")
        for name in filter(None, listed):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        return Project(folder, seeds)

    return copy


@pytest.fixture(scope="session")
def build_once(copy_project, tmp_path_factory):
    """A function that builds a copy once for all processes of the tests, so they only read it, without even a dbt command."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def build(name: str, *arguments: str, change=None, seeds: str = "seeds") -> Project:
        copy = Project(shared / name, seeds)
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copy.published.exists():
                shutil.move(copy_project().folder, copy.folder)
                if change:
                    change(copy)
                built = copy.build(*arguments)
                assert built.returncode == 0, built.stdout
        return copy

    return build


@pytest.fixture(scope="session")
def project(build_once) -> Project:
    """A copy whose warehouse has been built and published; tests only read it."""
    return build_once("project", "--threads", "1")


@pytest.fixture(scope="session")
def awkward(build_once) -> Project:
    """A built copy with rows that engines may read differently; tests only read it."""
    return build_once("awkward", *QUICK, change=add_awkward_rows)


@pytest.fixture(scope="session")
def hdi(build_once) -> Project:
    """A copy with a published Human Development Index; tests only read it."""
    return build_once("hdi", seeds=HDI)


@pytest.fixture(scope="session")
def changing(build_once) -> Project:
    """A copy with a published index of seven editions; tests only read it."""
    return build_once("changing", *QUICK, change=write_index, seeds=CHANGING)


@pytest.fixture(scope="module")
def own_project(project, tmp_path_factory) -> Project:
    """A built copy for the tests of one module, which leave it built."""
    return copy_built(project, tmp_path_factory)


@pytest.fixture(scope="module")
def own_hdi(hdi, tmp_path_factory) -> Project:
    """A copy with a published Human Development Index for the tests of one module, which leave a published one behind."""
    return copy_built(hdi, tmp_path_factory)


def copy_built(built: Project, tmp_path_factory) -> Project:
    folder = tmp_path_factory.mktemp("built") / "project"
    shutil.copytree(built.folder, folder, symlinks=True)
    return Project(folder, built.seeds)

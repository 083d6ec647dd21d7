"""What the tests share: copies of the project to build in, away from the files of whoever runs the tests."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from parity import add_awkward_rows

ROOT = Path(__file__).resolve().parent.parent
# A small index, and a build without the unit tests, which do not depend on data.
HDI = {"INDEX_SEEDS": "tests/hdi"}
QUICK = ("--exclude-resource-type", "unit_test")


def free_port() -> int:
    """A port of loopback on which nobody listens yet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Project:
    """A copy of the project, as a clone would hold it."""

    folder: Path

    @property
    def published(self) -> Path:
        return self.folder / "warehouse" / "ai_competitiveness.duckdb"

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
            env={**os.environ, "PATH": path, **environment},
        )

    def build(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Build and publish as `make build` does."""
        return self.run("python", "scripts/build.py", *arguments, **environment)

    def query(self, sql: str) -> list[tuple]:
        """Rows of a query on the published warehouse."""
        with duckdb.connect(str(self.published), read_only=True) as warehouse:
            return warehouse.execute(sql).fetchall()


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

    def copy() -> Project:
        folder = tmp_path_factory.mktemp("project")
        for name in filter(None, listed):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        return Project(folder)

    return copy


@pytest.fixture(scope="session")
def project(copy_project) -> Project:
    """A copy whose warehouse has been built and published; tests only read it."""
    copy = copy_project()
    built = copy.build("--threads", "1")
    assert built.returncode == 0, built.stdout
    return copy


@pytest.fixture(scope="session")
def awkward(copy_project) -> Project:
    """A built copy with rows that engines may read differently; tests only read it."""
    copy = copy_project()
    add_awkward_rows(copy)
    built = copy.build(*QUICK)
    assert built.returncode == 0, built.stdout
    return copy


@pytest.fixture(scope="module")
def hdi(copy_project) -> Project:
    """A copy with a published Human Development Index; tests leave a published one behind."""
    copy = copy_project()
    built = copy.build(**HDI)
    assert built.returncode == 0, built.stdout
    return copy

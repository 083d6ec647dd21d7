"""Build the warehouse beside the published one, and publish it if every test has passed.

Usage: python scripts/build.py [arguments of `dbt build`]
       python scripts/build.py --verify

A build writes each model as it goes, and a reader's lock would stop it. So it works on a fresh file; when it is finished
and tested, a release is made of it: the DuckDB file, one Parquet file per mart, and a manifest of checksums. One rename of
the link warehouse/current publishes all of them at once: readers see the old release or the new one. After a failure the
published release is what it was, and what was built is kept for a look until the next build.

Editions whose inputs have not changed since the published release are not read again: the build starts from a copy of its
file and keeps their rows, which passed their tests. Unit tests are left out as long as the code is that of the release. With
--full-refresh, everything is read and tested.
"""

import csv
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from typing import IO

import check_data
import duckdb
import yaml

PROJECT = Path(__file__).resolve().parent.parent
WAREHOUSE = PROJECT / "warehouse"
PUBLISHED = WAREHOUSE / "ai_competitiveness.duckdb"
# Same file system as the releases, so that a rename suffices; same file name, hence same catalog name.
FRESH = WAREHOUSE / "build"
# Not dbt's usual one: somebody may be developing in it.
TARGET = PROJECT / "target" / "build"
RELEASES = WAREHOUSE / "releases"
CURRENT = WAREHOUSE / "current"
MARTS, MANIFEST = "marts", "manifest.json"
SAMPLES, NODES = "SAMPLES_PATH/", "INDEX_SEEDS/reference/ref_nodes.csv"
EDITION_FOLDER = re.compile(SAMPLES + "(?:.*/)?edition=([0-9]{4})/")
# What no sample row depends on, but for ref_nodes saying which editions there are.
RULES = {
    NODES,
    *(f"INDEX_SEEDS/{name}.csv" for name in ("reference/ref_methods", "reference/ref_samples", "published/pub_figures")),
}
DATA = (SAMPLES, "INDEX_SEEDS/")
FULL_REFRESH = {"--full-refresh", "-f"}
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
SHOWN_ROWS = 3


def build(arguments: list[str]) -> int:
    """Run `dbt build` on a fresh file and publish it; return an exit code."""
    if os.environ.get("KEEP_EDITIONS"):
        print("KEEP_EDITIONS is for dbt alone; here it is found out which editions can stay. Unset it.\nNothing was built.")
        return 2
    RELEASES.mkdir(parents=True, exist_ok=True)
    with open(WAREHOUSE / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build is running in this folder. Wait for it; this one has changed nothing.")
            return 2
        files = input_files()
        before = states(files)
        inputs = checksums(files)
        release = release_to_start_from(arguments)
        changed = differing(inputs, release["inputs"])
        delivered = [files[name] for name in sorted(changed) if name.startswith(SAMPLES) and name in files]
        if problems := check_data.broken_files(delivered):
            print(*problems, "Nothing was built.", sep="\n")
            return 2
        kept = unchanged_editions(release["editions"], changed, files)
        unit_tested = all(name.startswith(DATA) for name in changed)
        shutil.rmtree(FRESH, ignore_errors=True)
        FRESH.mkdir()
        try:
            if kept:
                print(
                    f"Rows kept from the published release, whose inputs have not changed: edition {', '.join(kept)}.",
                    flush=True,
                )
                shutil.copyfile(PUBLISHED, FRESH / PUBLISHED.name)
            exit_code = run_dbt([*arguments, *(NO_UNIT_TESTS if unit_tested else ())], kept, lock)
            if exit_code == 0:
                refuse_a_part()
                if states(input_files()) != before:
                    raise RuntimeError("A model or an input was changed while it was being read. Build again.")
                publish(arguments, inputs)
        except (RuntimeError, OSError, duckdb.Error) as error:
            print(error)
            exit_code = 1
        if exit_code != 0:
            print(f"\nThe build failed: {PUBLISHED.relative_to(PROJECT)} is what it was before.")
            print(f"What was built until then is in {FRESH.relative_to(PROJECT)}.")
            return exit_code
    show()
    return 0


def run_dbt(arguments: list[str], kept: list[str], lock: IO) -> int:
    """Run `dbt build` in FRESH; return its exit code."""
    return subprocess.run(
        [Path(sys.executable).parent / "dbt", "--quiet", "build", *arguments, "--target-path", TARGET],
        cwd=PROJECT,
        env={
            **os.environ,
            "WAREHOUSE_PATH": str((FRESH / PUBLISHED.name).relative_to(PROJECT)),
            "KEEP_EDITIONS": ",".join(kept),
        },
        # If this process is killed, dbt goes on alone for a while, and holds the lock until it ends.
        pass_fds=[lock.fileno()],
    ).returncode


def release_to_start_from(arguments: list[str]) -> dict:
    """The manifest of the published release; an empty one if its rows may be others than a full build would have now."""
    if CURRENT.exists() and not FULL_REFRESH & set(arguments):
        manifest = json.loads((CURRENT / MANIFEST).read_text(encoding="utf-8"))
        now = {"versions": versions(), "arguments": arguments}
        if now == {name: manifest.get(name) for name in now} and manifest["warehouse"] == sha256(PUBLISHED):
            return manifest
    return {"editions": [], "inputs": {}}


def unchanged_editions(published: list[str], changed: set[str], files: dict[str, Path]) -> list[str]:
    """Of the published editions, those whose rows a full build would read and judge in the same way."""
    folders = {name: EDITION_FOLDER.match(name) for name in changed - RULES}
    if not all(folders.values()):
        return []
    with open(files[NODES], encoding="utf-8-sig", newline="") as nodes:
        declared = {row["edition"] for row in csv.DictReader(nodes)}
    return sorted(declared.intersection(published) - {folder[1] for folder in folders.values()})


def refuse_a_part() -> None:
    """Raise if dbt was told to leave something out: it ends well with a part of the warehouse, too, or an untested one."""
    given = dbt_arguments()
    # Unit tests may be left out: what they check does not depend on the data.
    if set(given["exclude_resource_types"]) == {"unit_test"}:
        given["exclude_resource_types"] = []
    for option in ("select", "exclude", "selector", "resource_types", "exclude_resource_types", "empty", "sample"):
        if given.get(option):
            raise RuntimeError(
                f"Only a whole build is published, not one with --{option.replace('_', '-')}; for that, use dbt."
            )


def dbt_arguments() -> dict:
    """What dbt was told in the build that has just ended."""
    return json.loads((TARGET / "run_results.json").read_text(encoding="utf-8"))["args"]


def input_files() -> dict[str, Path]:
    """Everything that decides what the marts hold and whether it is published: code, tests and tables, by names that hold anywhere."""
    patterns = ("models/**/*.sql", "models/**/*.yml", "macros/**/*.sql", "tests/**/*.sql", "dbt_project.yml")
    files = {str(path.relative_to(PROJECT)): path for pattern in patterns for path in PROJECT.glob(pattern)}
    seeds = PROJECT / os.environ.get("INDEX_SEEDS", "seeds")
    files |= {f"INDEX_SEEDS/{path.relative_to(seeds)}": path for path in seeds.glob("**/*.csv")}
    # SAMPLES_PATH may stand for several folders; the names begin where it begins to.
    samples = PROJECT / os.environ.get("SAMPLES_PATH", "")
    fixed = Path(*takewhile(lambda part: not set("*?[") & set(part), samples.parts))
    return files | {f"{SAMPLES}{path.relative_to(fixed)}": path for path in check_data.delivered_files()}


def states(files: dict[str, Path]) -> dict[str, tuple[int, ...]]:
    """What changes when a file does, without reading it."""
    return {name: (state.st_ino, state.st_size, state.st_mtime_ns) for name, path in files.items() for state in [path.stat()]}


def checksums(files: dict[str, Path]) -> dict[str, str]:
    """SHA-256 of each file, in the order of the names."""
    return {name: sha256(files[name]) for name in sorted(files)}


def differing(some: dict[str, str], others: dict[str, str]) -> set[str]:
    """The names of files that are missing on one side or not the same."""
    return {name for name in some.keys() | others.keys() if some.get(name) != others.get(name)}


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Of what computes the marts, the project itself included."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return {project["name"]: project["version"]} | {
        package: version(package) for package in ("dbt-core", "dbt-duckdb", "duckdb")
    }


def publish(arguments: list[str], inputs: dict[str, str]) -> None:
    """Make a release of what is in FRESH and let CURRENT point to it."""
    marts = export_marts()
    with duckdb.connect() as connection:
        editions = connection.execute(
            "select distinct edition::varchar from read_parquet(?) order by 1", [str(FRESH / MARTS / "dim_nodes.parquet")]
        )
        editions = [edition for (edition,) in editions.fetchall()]
    manifest = {
        "versions": versions(),
        "editions": editions,
        "arguments": [argument for argument in arguments if argument not in FULL_REFRESH],
        "variables": dbt_arguments()["vars"],
        "warehouse": sha256(FRESH / PUBLISHED.name),
        "marts": marts,
        "inputs": inputs,
    }
    (FRESH / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for path in [*FRESH.glob("**/*"), FRESH]:
        sync(path)
    before = CURRENT.resolve()
    release = RELEASES / f"{max((int(path.name) for path in RELEASES.iterdir()), default=0) + 1:06}"
    os.rename(FRESH, release)
    sync(RELEASES)
    link(CURRENT, release)
    link(PUBLISHED, CURRENT / PUBLISHED.name)
    link(WAREHOUSE / MARTS, CURRENT / MARTS)
    # A reader may still be in the release before; older ones go.
    for old in set(RELEASES.iterdir()) - {before, release}:
        shutil.rmtree(old)


def export_marts() -> dict[str, dict]:
    """Write each mart that is a table as Parquet, in the order of its rows; return rows, columns and checksum of each.

    A view has no order of its own, and audit_indicator_evidence is longer than the samples: it is in the DuckDB file only.
    """
    (FRESH / MARTS).mkdir()
    marts = {}
    # One thread: with more, the bytes of a file depend on who is first.
    with duckdb.connect(str(FRESH / PUBLISHED.name), read_only=True, config={"threads": 1}) as warehouse:
        listed = warehouse.execute("select table_name from duckdb_tables() where schema_name = 'marts' order by table_name")
        for (mart,) in listed.fetchall():
            path = FRESH / MARTS / f"{mart}.parquet"
            rows = warehouse.sql(f"from marts.{mart}")
            rows.write_parquet(str(path), compression="zstd")
            types = dict(zip(rows.columns, map(str, rows.types)))
            marts[mart] = {"rows": len(rows), "columns": types, "sha256": sha256(path)}
    if (wal := FRESH / f"{PUBLISHED.name}.wal").exists():
        raise RuntimeError(f"{wal} is still there: the build did not close its file.")
    return marts


def link(path: Path, target: Path) -> None:
    """Let path be a relative symbolic link to target, in one step whatever was there."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target.relative_to(WAREHOUSE))
    os.replace(new, path)
    sync(WAREHOUSE)


def sync(path: Path) -> None:
    """Have a file or folder on the disk, not only in memory, before the next step relies on it."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def verify() -> int:
    """Say whether the published marts came from the inputs that are here; return an exit code."""
    if not CURRENT.exists():
        print("Nothing has been published yet: run make build.")
        return 2
    manifest = json.loads((CURRENT / MANIFEST).read_text(encoding="utf-8"))
    problems = [
        f"{MARTS}/{mart}.parquet is not what was published"
        for mart, described in manifest["marts"].items()
        if not (path := CURRENT / MARTS / f"{mart}.parquet").exists() or sha256(path) != described["sha256"]
    ]
    if sha256(PUBLISHED) != manifest["warehouse"]:
        problems.append(f"{PUBLISHED.name} is not what was published")
    now, then = checksums(input_files()), manifest["inputs"]
    for name in sorted(differing(now, then)):
        how = "was added" if name not in then else "is gone" if name not in now else "has changed"
        problems.append(f"input {name} {how} since the build")
    print(
        "\n".join(problems)
        or f"The warehouse and its {len(manifest['marts'])} marts are as published, from {len(then)} unchanged inputs."
    )
    return 1 if problems else 0


def show() -> None:
    """Say where the warehouse is and print the first rows of the rank tables."""
    print(f"The warehouse is {PUBLISHED.relative_to(PROJECT)}, its public tables are in the schema marts.")
    print(f"The same tables as Parquet files are in {(WAREHOUSE / MARTS).relative_to(PROJECT)}.")
    with duckdb.connect(str(PUBLISHED), read_only=True) as warehouse:
        for table in ("rank_provinces", "rank_circles", "rank_cities"):
            rows = warehouse.execute(
                f"select overall_rank, name_zh, name_en, round(overall_score, 2) from marts.{table}"
                f" order by edition desc, overall_rank, region_code limit {SHOWN_ROWS}"
            ).fetchall()
            print(f"\nmarts.{table}")
            for rank, name_zh, name_en, score in rows:
                print(f"  {rank:>2}  {score:>6.2f}  {name_zh} {name_en}")
        check_data.show_verdicts(warehouse, in_full=False)


if __name__ == "__main__":
    sys.exit(verify() if sys.argv[1:] == ["--verify"] else build(sys.argv[1:]))

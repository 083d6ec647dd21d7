"""A release: the warehouse, a Parquet file for each mart, what is rendered of them, and a manifest of checksums.

A release is made in a folder of its own. One rename of the link warehouse/current publishes all of it at once: readers see
the release before or the new one. The one before stays until the next, for those who are still in it.

Each index has releases of its own. The shipped one is published in warehouse/, an index in the folder x/name in
warehouse/indices/name/.
"""

import csv
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import duckdb
import yaml
from delivery import File, delivered_files, scenario_files
from printing import announce
from rendering import RENDERERS, marts_checksum

PROJECT = Path(__file__).resolve().parent.parent
SEEDS = os.path.normpath(os.environ.get("INDEX_SEEDS", "seeds"))
if SEEDS == "seeds":
    INDEX, WAREHOUSE = "ai_competitiveness", PROJECT / "warehouse"
else:
    # A name that paths, SQL and every shell take as it is.
    INDEX = re.sub(r"\W+", "_", Path(SEEDS).name).strip("_") or "index"
    WAREHOUSE = PROJECT / "warehouse" / "indices" / INDEX
PUBLISHED = WAREHOUSE / f"{INDEX}.duckdb"
# Where a release is made. Same file system as the releases, so that a rename suffices; same file name, hence same catalog name.
FRESH = WAREHOUSE / "build"
RELEASES = WAREHOUSE / "releases"
CURRENT = WAREHOUSE / "current"
MARTS, MANIFEST = "marts", "manifest.json"
SAMPLES, SCENARIOS, EDITIONS = "SAMPLES_PATH/", "SCENARIOS_PATH/", "INDEX_SEEDS/reference/ref_editions.csv"
# The code of what is rendered from a finished warehouse.
REPORT = "report/"


def input_files(delivered: list[File]) -> dict[str, Path]:
    """Everything that decides what the marts hold and whether it is published: code, tests and tables, by names that hold anywhere."""
    patterns = (
        "models/**/*.sql",
        "models/**/*.yml",
        "macros/**/*.sql",
        "packages/**/*.*",
        "tests/**/*.sql",
        "dbt_project.yml",
        "profiles.yml",
        "scripts/*.py",
        f"{REPORT}**/*.*",
    )
    files = {str(path.relative_to(PROJECT)): path for pattern in patterns for path in PROJECT.glob(pattern) if path.is_file()}
    seeds = PROJECT / SEEDS
    files |= {f"INDEX_SEEDS/{path.relative_to(seeds)}": path for path in seeds.glob("**/*.csv")}
    files |= {f"{SCENARIOS}{name}": path for name, path in scenario_files().items()}
    return files | {f"{SAMPLES}{file.key}": file.source for file in delivered if not file.problem}


def states(files: dict[str, Path]) -> dict[str, tuple[int, ...]]:
    """What changes when a file does, without reading it."""
    return {name: (state.st_ino, state.st_size, state.st_mtime_ns) for name, path in files.items() for state in [path.stat()]}


def checksums(files: dict[str, Path]) -> dict[str, str]:
    """SHA-256 of each file, in the order of the names, and of what ref_editions says of each edition."""
    found = {name: sha256(files[name]) for name in sorted(files)}
    for edition, row in editions(files).items():
        found[f"{EDITIONS}/edition={edition}/"] = hashlib.sha256(json.dumps(row).encode()).hexdigest()
    return found


def editions(files: dict[str, Path]) -> dict[str, dict[str, str]]:
    """The rows of ref_editions by edition; none if the index has no such table, which dbt will say."""
    if EDITIONS not in files:
        return {}
    with open(files[EDITIONS], encoding="utf-8-sig", newline="") as file:
        return {row["edition"]: row for row in csv.DictReader(file) if row.get("edition")}


def differing(some: dict[str, str], others: dict[str, str]) -> set[str]:
    """The names of files that are missing on one side or not the same."""
    return {name for name in some.keys() | others.keys() if some.get(name) != others.get(name)}


def sha256(path: Path) -> str:
    announce("Checksum of", path)
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Of what computes the marts, the project itself included."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return {project["name"]: project["version"]} | {
        package: version(package) for package in ("dbt-core", "dbt-duckdb", "duckdb", "openpyxl")
    }


def manifest() -> dict | None:
    """What the published release says of itself; None before the first."""
    return json.loads((CURRENT / MANIFEST).read_text(encoding="utf-8")) if CURRENT.exists() else None


def publish(arguments: list[str], variables: dict, inputs: dict[str, str]) -> None:
    """Make a release of what is in FRESH and let CURRENT point to it."""
    marts = export_marts()
    made = {*contents(FRESH)}
    for render in RENDERERS:
        render(FRESH / PUBLISHED.name, FRESH)
    rendered = sorted({*contents(FRESH)} - made)
    with duckdb.connect() as connection:
        editions = connection.execute(
            "select distinct edition::varchar from read_parquet(?) order by 1", [str(FRESH / MARTS / "dim_nodes.parquet")]
        )
        editions = [edition for (edition,) in editions.fetchall()]
    described = {
        "index": {"name": INDEX, "seeds": SEEDS},
        "versions": versions(),
        "editions": editions,
        "arguments": arguments,
        "variables": variables,
        "warehouse": sha256(FRESH / PUBLISHED.name),
        "checksum": marts_checksum(FRESH / MARTS),
        "marts": marts,
        "rendered": {name: sha256(FRESH / name) for name in rendered},
        "inputs": inputs,
    }
    put_forward(FRESH, described)


def publish_again(name: str, render: Callable[[Path], None]) -> None:
    """Publish the current release once more, with what render writes into the folder `name` of it.

    A release of its own, so that readers never see half of it. Its other files are the same files, as no release is written to.
    """
    folder = WAREHOUSE / f"{FRESH.name}.{name}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(CURRENT.resolve(), folder, copy_function=os.link)
    shutil.rmtree(folder / name, ignore_errors=True)
    (folder / MANIFEST).unlink()
    described = manifest()
    try:
        render(folder)
        others = {path: checksum for path, checksum in described.get("rendered", {}).items() if Path(path).parts[0] != name}
        own = {f"{name}/{path}": sha256(folder / name / path) for path in contents(folder / name)}
        described["rendered"] = dict(sorted((others | own).items()))
        put_forward(folder, described)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_forward(folder: Path, described: dict) -> None:
    """Make the folder a release that says of itself what is described, and let CURRENT point to it."""
    (folder / MANIFEST).write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for path in [*folder.glob("**/*"), folder]:
        sync(path)
    before = CURRENT.resolve()
    release = RELEASES / f"{max((int(path.name) for path in RELEASES.iterdir()), default=0) + 1:06}"
    os.rename(folder, release)
    sync(RELEASES)
    # Where readers look; before the first release, these lead nowhere yet.
    link(PUBLISHED, CURRENT / PUBLISHED.name)
    for name in sorted({MARTS, *(Path(name).parts[0] for name in described["rendered"])}):
        link(WAREHOUSE / name, CURRENT / name)
    link(CURRENT, release)
    for path in WAREHOUSE.iterdir():
        # What an earlier release had and this one has not.
        if path.is_symlink() and not path.exists() and path.readlink().parts[0] == CURRENT.name:
            path.unlink()
    # A reader may still be in the release before; older ones go.
    for old in set(RELEASES.iterdir()) - {before, release}:
        shutil.rmtree(old)


def contents(folder: Path) -> list[str]:
    """The files in a folder and below, by their paths in it."""
    return [str(path.relative_to(folder)) for path in folder.glob("**/*") if path.is_file()]


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


def altered(published: dict) -> list[str]:
    """The files of the published release, but for the warehouse itself, that are not as its manifest has them."""
    files = {f"{MARTS}/{mart}.parquet": described["sha256"] for mart, described in published["marts"].items()}
    files |= published.get("rendered", {})
    return [name for name, checksum in files.items() if not (path := CURRENT / name).exists() or sha256(path) != checksum]


def unfit() -> str | None:
    """Why what is here cannot be made of the published release, in one sentence; None if it can."""
    if not CURRENT.exists():
        return f"Nothing has been published yet of the index in {SEEDS}: run make build."
    models = "models/marts/"
    here = checksums({str(path.relative_to(PROJECT)): path for path in (PROJECT / models).glob("*.*")})
    if here != {name: checksum for name, checksum in manifest()["inputs"].items() if name.startswith(models)}:
        return "The published release has the marts of another version of the project: run make build."
    return None


def verify() -> int:
    """Say whether the published marts came from the inputs that are here; return an exit code."""
    published = manifest()
    if not published:
        print(unfit())
        return 2
    names = altered(published) + ([] if sha256(PUBLISHED) == published["warehouse"] else [PUBLISHED.name])
    problems = [f"{name} is not what was published" for name in names]
    delivered = delivered_files()
    problems += [f"{file.name}: {file.problem}" for file in delivered if file.problem]
    now, then = checksums(input_files(delivered)), published["inputs"]
    for name in sorted(differing(now, then)):
        how = "was added" if name not in then else "is gone" if name not in now else "has changed"
        problems.append(f"input {name} {how} since the build")
    print(
        "\n".join(problems)
        or f"{INDEX}: the warehouse and its {len(published['marts'])} marts are as published, from {len(then)} unchanged inputs."
    )
    return 1 if problems else 0


if __name__ == "__main__":
    if problem := unfit():
        sys.exit(problem)
    print(PUBLISHED.relative_to(PROJECT))

"""Measure the build against its peers and print the tables of docs/performance.md.

Usage: python benchmarks/bench.py [scale] [edition] [overhead] [--sizes 1e6 1e7] [--samples shipped hard hard.csv hard.csv.gz]
    [--repetitions 3] [--folder target/benchmarks]

scale: the same totals per locality, by dbt and by its peers, for each number of relations and each sample: the shipped rows
repeated, or those of generate.py --hard, as Parquet, CSV or gzipped CSV. edition: builds after an edition
was added, and after nothing was. overhead: dbt at the size of the shipped sample. Peers take turns within a repetition;
figures are medians, spread is the difference between the slowest and the fastest run. Every peer's totals must be those of
the warehouse, or the benchmark stops. Samples stay in the folder for the next time.

DUCKDB_MEMORY_LIMIT is DuckDB's limit (4GB), for dbt and for all who use DuckDB; PEER_MEMORY that of pandas and polars in
GB (16), beyond which their run counts as out of memory.
"""

import argparse
import csv
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
HERE = PROJECT / "benchmarks"
BIN = Path(sys.executable).parent
MEMORY = os.environ.get("DUCKDB_MEMORY_LIMIT", "4GB")
PEER_MEMORY = float(os.environ.get("PEER_MEMORY", 16))
EDITION, NEXT_EDITION = 2024, 2025
EXTERNAL = ("--vars", "sample_source: external")
SHIPPED = "shipped"
# How generate.py is told which sample is meant.
SAMPLES = {SHIPPED: ()} | {
    kind: ("--hard", "--form", form) for kind, form in {"hard": "parquet", "hard.csv": "csv", "hard.csv.gz": "csv.gz"}.items()
}
SQLMESH = "sqlmesh==0.236.4"
# The stage of a model is the first that has the beginning of its name.
STAGES = {
    "reading + resolving (`base_*`)": ("base_",),
    "views (`stg_*`)": ("stg_",),
    "reduction (`int_locality_measures`, `int_delivered_rows`)": ("int_locality_measures", "int_delivered_rows"),
    "everything after it": ("",),
}


class Failed(Exception):
    """A run ended with an error, or with other totals than the warehouse's."""


@dataclass
class Runs:
    """What was measured of one peer: seconds, seconds of all processors together, and gigabytes of the largest process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    remark: str = ""

    def add(self, command: list, limit: float | None = None, **environment) -> str:
        """Run a command and measure it; return what it printed. limit: gigabytes beyond which it counts as failed."""

        def limit_memory():
            resource.setrlimit(resource.RLIMIT_DATA, (int(limit * 2**30),) * 2)

        with tempfile.TemporaryFile("w+") as output:
            start = time.perf_counter()
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=environment.pop("cwd", PROJECT),
                preexec_fn=limit_memory if limit else None,
                env={**os.environ, "DUCKDB_MEMORY_LIMIT": MEMORY, **{name: str(value) for name, value in environment.items()}},
            )
            # What wait says of a process includes its children.
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read()
        if process.returncode != 0:
            if limit and (process.returncode < 0 or "emory" in text or "alloc" in text):
                self.remark = f"out of memory at {limit:g} GB after {wall:.0f} s"
                return text
            raise Failed(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{text[-4000:]}")
        self.wall.append(wall)
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.peak.append(usage.ru_maxrss / 2**20)
        return text

    def cells(self) -> list[str]:
        """Wall, its spread, CPU and memory, as cells of a table."""
        if self.remark:
            return [self.remark, "", "", ""]
        return [
            f"{median(self.wall):.2f}",
            f"{max(self.wall) - min(self.wall):.2f}",
            f"{median(self.cpu):.2f}",
            f"{max(self.peak):.2f}",
        ]


MEASURED = ["wall s", "spread s", "CPU s", "peak GB"]


def print_table(title: str, header: list[str], rows: list[list[str]]) -> None:
    print(f"\n**{title}**\n\n| {' | '.join(header)} |\n|{' --- |' + ' ---: |' * (len(header) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    sys.stdout.flush()


def copy_project(folder: Path) -> Path:
    """What git would clone of the project, changes not yet committed included."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (PROJECT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    return folder


def samples_of(relations: float, folder: Path, edition: int = EDITION, kind: str = SHIPPED) -> Path:
    """The folder with so many relations per edition, generated if it is not there yet."""
    samples = folder / f"{kind}_{relations:.0f}"
    if not (samples / "raw_policies" / f"edition={edition}").exists():
        command = [sys.executable, HERE / "generate.py", str(relations), samples, "--edition", str(edition)]
        subprocess.run([*command, *SAMPLES[kind]], check=True)
    return samples


def nodes_of(target: Path) -> list[dict]:
    return json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]


def seconds_per_kind(nodes: list[dict]) -> dict[str, list[float]]:
    """The seconds of each node, by what it is: model, seed, test, unit test or operation."""
    kinds = defaultdict(list)
    for node in nodes:
        kinds[node["unique_id"].split(".")[0].replace("_", " ")].append(node["execution_time"])
    return kinds


def seconds_per_stage(nodes: list[dict], wall: float) -> dict[str, float]:
    """How the wall time of a run divides; of a moment in which several models ran, each has a share."""
    events = []
    for node in nodes:
        times = [step[at] for step in node["timing"] for at in ("started_at", "completed_at")]
        name = node["unique_id"].split(".")[-1]
        stage = next(stage for stage, prefixes in STAGES.items() if name.startswith(prefixes))
        begin, end = (datetime.fromisoformat(text).timestamp() for text in (min(times), max(times)))
        events += [(begin, stage, 1), (end, stage, -1)]
    seconds, running, before = defaultdict(float), defaultdict(int), 0.0
    for moment, stage, change in sorted(events):
        active = sum(running.values())
        for other, count in running.items():
            if active:
                seconds[other] += (moment - before) * count / active
        running[stage] += change
        before = moment
    return {stage: seconds[stage] for stage in STAGES} | {"dbt itself": wall - sum(seconds.values())}


def refuse_other_totals(warehouse: Path, totals: Path, peer: str) -> None:
    """Raise unless a peer, its totals in Parquet or a warehouse, has those of the warehouse; pandas adds up floats."""
    with duckdb.connect() as compare:
        compare.execute(f"attach '{warehouse}' as ours (read_only)")
        if totals.suffix == ".duckdb":
            # Views name the catalog, which is named like the file.
            compare.execute(f"attach '{totals}' as {totals.stem} (read_only)")
            theirs = f"{totals.stem}.intermediate.int_locality_measures"
        else:
            theirs = f"'{totals}'"
        differing = compare.execute(
            f"""
            select locality_code, measure_code, ours.amount, theirs.amount
            from ours.intermediate.int_locality_measures as ours
            full join (from {theirs}) as theirs using (edition, locality_code, measure_code)
            where coalesce(abs(ours.amount - theirs.amount) > 1e-9 * abs(ours.amount), true)
            """
        ).fetchall()
    if differing:
        raise Failed(f"{peer} has other totals than the warehouse in {len(differing)} cases, such as {differing[:3]}")


def scale(relations: float, folder: Path, repetitions: int, kind: str) -> None:
    """dbt run and its peers at one size."""
    samples = deliver(samples_of(relations, folder, kind=kind), folder / "delivery", [EDITION])
    project = copy_project(folder / "project")
    warehouse, seeded = project / "warehouse" / "benchmark.duckdb", folder / "seeded.duckdb"
    environment = {"SAMPLES_PATH": samples, "WAREHOUSE_PATH": "warehouse/benchmark.duckdb"}
    dbt = [BIN / "dbt", "--quiet"]
    warehouse.parent.mkdir(exist_ok=True)
    Runs().add([*dbt, "seed", "--exclude", "config.schema:samples", *EXTERNAL], cwd=project, **environment)
    Runs().add([*dbt, "compile", *EXTERNAL], cwd=project, **environment)
    # As dbt run finds it, but for the models.
    shutil.move(warehouse, seeded)
    compiled = folder / "compiled"
    shutil.rmtree(compiled, ignore_errors=True)
    shutil.copytree(project / "target", compiled)

    scratch = folder / "scratch"
    totals = scratch / "totals.parquet"
    peers = {
        "bare scan (DuckDB)": ["floor.py", samples, totals, scratch / "scan.duckdb", "--scan"],
        "floor (DuckDB, by hand)": ["floor.py", samples, totals, scratch / "floor.duckdb"],
        "polars": ["with_polars.py", samples, totals],
        "pandas": ["with_pandas.py", samples, totals],
        "the same SQL, one plain script": ["plain.py", compiled, scratch / "benchmark.duckdb"],
    }
    ours, stages = "`dbt run`", defaultdict(list)
    runs = {peer: Runs() for peer in [*list(peers)[:2], ours, *list(peers)[2:]]}
    for _ in range(repetitions):
        warehouse.unlink(missing_ok=True)
        shutil.copy(seeded, warehouse)
        runs[ours].add([*dbt, "run", *EXTERNAL], cwd=project, **environment)
        for stage, seconds in seconds_per_stage(nodes_of(project / "target"), runs[ours].wall[-1]).items():
            stages[stage].append(seconds)
        for peer, (script, *arguments) in peers.items():
            if runs[peer].remark:
                continue
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
            limit = PEER_MEMORY if peer in ("pandas", "polars") else None
            runs[peer].add([sys.executable, HERE / script, *arguments], limit)
            if not runs[peer].remark and "--scan" not in arguments:
                refuse_other_totals(warehouse, arguments[1], peer)
    shutil.rmtree(scratch, ignore_errors=True)
    floor = runs["floor (DuckDB, by hand)"]

    def times_floor(run: Runs) -> list[str]:
        pairs = ((run.wall, floor.wall), (run.cpu, floor.cpu))
        return [f"{median(ours) / median(theirs):.1f}" if ours and not run.remark else "" for ours, theirs in pairs]

    title = f"{relations:,.0f} relations, {kind}"
    print_table(
        title,
        ["", *MEASURED, "wall × floor", "CPU × floor"],
        [[peer, *run.cells(), *times_floor(run)] for peer, run in runs.items()],
    )
    print_table(
        f"{title}: where `dbt run` is",
        ["", "wall s", "spread s"],
        [[stage, f"{median(spent):.2f}", f"{max(spent) - min(spent):.2f}"] for stage, spent in stages.items()],
    )


def edition(relations: float, folder: Path, repetitions: int) -> None:
    """A published edition, another one added, nothing changed, and both from nothing."""
    cases = {
        f"{EDITION} alone": Runs(),
        f"{NEXT_EDITION} added": Runs(),
        "built again, nothing changed": Runs(),
        "both, nothing published before": Runs(),
    }
    samples, delivery, spent = samples_of(relations, folder), folder / "delivery", defaultdict(list)
    kinds = ["model", "test", "unit test"]
    samples_of(relations, folder, NEXT_EDITION)
    for _ in range(repetitions):
        project = copy_project(folder / "project")
        for case, runs in cases.items():
            if case == f"{NEXT_EDITION} added":
                for path in (project / "seeds" / "reference").glob("*.csv"):
                    add_edition(path)
            if case.startswith("both"):
                shutil.rmtree(project / "warehouse")
            deliver(samples, delivery, [EDITION] if case.endswith("alone") else [EDITION, NEXT_EDITION])
            runs.add([sys.executable, "scripts/build.py", *EXTERNAL], cwd=project, SAMPLES_PATH=delivery)
            seconds = seconds_per_kind(nodes_of(project / "target" / "build"))
            for kind in kinds:
                spent[case, kind].append(sum(seconds[kind]))
    print_table(
        f"`make build`, {relations:,.0f} relations per edition",
        ["", *MEASURED, *(f"{kind}s, sum s" for kind in kinds)],
        [[case, *runs.cells(), *(f"{median(spent[case, kind]):.1f}" for kind in kinds)] for case, runs in cases.items()],
    )


def add_edition(path: Path) -> None:
    """The rows of an edition once more for the next one, if the table has editions."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "edition" in row]
    if not rows:
        return
    with open(path, "a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writerows(row | {"edition": NEXT_EDITION} for row in rows if row["edition"] == str(EDITION))


def deliver(samples: Path, delivery: Path, editions: list[int]) -> Path:
    """A folder with the given editions of the samples, as links."""
    shutil.rmtree(delivery, ignore_errors=True)
    for edition in editions:
        for path in samples.glob(f"raw_*/edition={edition}/*"):
            link = delivery / path.relative_to(samples)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, link)
    return delivery


def overhead(folder: Path, repetitions: int) -> None:
    """dbt's commands at the shipped size, the plain script, and SQLMesh."""
    project = copy_project(folder / "project")
    target, mesh, scratch = project / "target", folder / "sqlmesh", folder / "scratch"
    warehouse = project / "warehouse" / "development.duckdb"
    warehouse.parent.mkdir(exist_ok=True)
    venv = folder / "sqlmesh_venv"
    if not (venv / "bin" / "sqlmesh").exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "-qq", "--disable-pip-version-check", SQLMESH], check=True)
    dbt = [BIN / "dbt", "--quiet"]
    runs, kinds = defaultdict(Runs), defaultdict(list)
    for _ in range(repetitions):
        warehouse.unlink(missing_ok=True)
        (target / "partial_parse.msgpack").unlink(missing_ok=True)
        for case, command in {
            "`dbt parse`, cold": "parse",
            "`dbt parse`, warm": "parse",
            "`dbt seed`": "seed",
            "`dbt run`": "run",
            "`dbt test`": "test",
        }.items():
            runs[case].add([*dbt, command], cwd=project)
        warehouse.unlink()
        runs["`dbt build`: seeds, models, all tests"].add([*dbt, "build"], cwd=project)
        for kind, times in seconds_per_kind(nodes_of(target)).items():
            kinds[kind] += times
        build = [sys.executable, "scripts/build.py"]
        runs["`make build`: `dbt build`, checksums, publishing"].add([*build, "--full-refresh"], cwd=project)
        runs["`make build` again, nothing changed"].add(build, cwd=project)
        for path in (scratch, mesh):
            shutil.rmtree(path, ignore_errors=True)
        scratch.mkdir()
        Runs().add([*dbt, "compile"], cwd=project)
        script = "the same SQL and seeds, one plain script"
        runs[script].add([sys.executable, HERE / "plain.py", target, scratch / warehouse.name])
        refuse_other_totals(warehouse, scratch / warehouse.name, script)
        Runs().add([sys.executable, HERE / "sqlmesh_project.py", target, mesh])
        plan = [venv / "bin" / "sqlmesh", "plan", "--auto-apply", "--no-prompts"]
        runs["SQLMesh: first plan, seeds and models, no tests"].add(plan, cwd=mesh)
        refuse_other_totals(warehouse, mesh / "warehouse.duckdb", "SQLMesh")
        runs["SQLMesh: plan again, nothing changed"].add(plan, cwd=mesh)
    print_table("The shipped sample", ["", *MEASURED], [[case, *run.cells()] for case, run in runs.items()])
    print_table(
        "Nodes of `dbt build`",
        ["", "nodes", "mean s", "sum s"],
        [
            [kind, f"{len(times) // repetitions}", f"{mean(times):.3f}", f"{sum(times) / repetitions:.1f}"]
            for kind, times in sorted(kinds.items())
        ],
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("workloads", nargs="*", default=["scale", "edition", "overhead"], metavar="scale|edition|overhead")
    parser.add_argument("--sizes", nargs="+", type=float, default=[1e6, 1e7])
    parser.add_argument("--samples", nargs="+", choices=SAMPLES, default=list(SAMPLES))
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=PROJECT / "target" / "benchmarks")
    given = parser.parse_args()
    if unknown := set(given.workloads) - {"scale", "edition", "overhead"}:
        parser.error(f"{', '.join(unknown)} is no workload; write scale, edition or overhead")
    folder = given.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "dbt-core", "dbt-duckdb", "pandas", "polars"))
    print(
        f"{os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, {packages}, {SQLMESH.replace('==', ' ')}; "
        f"{given.repetitions} repetitions, DuckDB limited to {MEMORY}.",
        flush=True,
    )
    try:
        for workload in given.workloads:
            if workload == "overhead":
                overhead(folder, given.repetitions)
                continue
            for relations in given.sizes:
                if workload == "edition":
                    edition(relations, folder, given.repetitions)
                    continue
                for kind in given.samples:
                    scale(relations, folder, given.repetitions, kind)
    except Failed as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Build the warehouse beside the published one, and publish it if every test has passed.

Usage: python scripts/build.py [arguments of `dbt build`]
       python scripts/build.py --verify

A build writes each model as it goes, and a reader's lock would stop it. So it works on a fresh file; when it is finished
and tested, scripts/release.py makes a release of it and publishes that in one step. After a failure the published release is
what it was, and what was built is kept for a look until the next build.

If nothing has changed since the published release, that release is what a build would make, and stays. Editions whose inputs have
not changed are not read again: the build starts from a copy of its file and keeps their rows, which passed their tests. Unit tests
are left out as long as the code is that of the release. With --full-refresh, everything is read and tested.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

import check_data
import duckdb
import release
from csv_file import Broken
from delivery import delivered_files
from printing import keep_printing
from release import (
    CURRENT,
    EDITIONS,
    FRESH,
    INDEX,
    MARTS,
    PROJECT,
    PUBLISHED,
    RELEASES,
    REPORT,
    SAMPLES,
    SCENARIOS,
    SEEDS,
    WAREHOUSE,
)

# Not dbt's usual one: somebody may be developing in it. And one for each index, as dbt parses everything anew for other seeds.
TARGET = PROJECT / "target" / ("build" if SEEDS == "seeds" else f"indices/{INDEX}")
EDITION_FOLDER = re.compile(f"(?:{SAMPLES}(?:.*/)?|{re.escape(EDITIONS)}/)edition=([0-9]+)/")
# What no sample row depends on, but for the row of its edition in ref_editions.
RULES = {
    EDITIONS,
    *(
        f"INDEX_SEEDS/reference/ref_{name}.csv"
        for name in ("nodes", "methods", "samples", "scenarios", "scenario_overrides", "uncertainty")
    ),
    "INDEX_SEEDS/published/pub_claims.csv",
    "INDEX_SEEDS/published/pub_figures.csv",
    "INDEX_SEEDS/published/pub_refuted_methods.csv",
}
DATA = (SAMPLES, SCENARIOS, "INDEX_SEEDS/")
FULL_REFRESH = {"--full-refresh", "-f"}
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
QUIETLY = ("--quiet", "--log-level-file", "info")
SHOWN_ROWS = 3
SHOWN_REMARKS = 10


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
        namesake = (release.manifest() or {}).get("index", {}).get("seeds", SEEDS)
        if namesake != SEEDS:
            print(
                f"{WAREHOUSE.relative_to(PROJECT)} holds the index in {namesake}, which another one, in {SEEDS}, must not replace."
                f" Give one of the folders another name, or remove {WAREHOUSE.relative_to(PROJECT)}.\nNothing was built."
            )
            return 2
        # The smallest index has no table that another could do without.
        needed = {path.stem for path in (PROJECT / "starter" / "reference").glob("*.csv")}
        if missing := sorted(needed - {path.stem for path in (PROJECT / SEEDS).rglob("*.csv")}):
            print(
                f"{SEEDS} is no index without {', '.join(f'{name}.csv' for name in missing)}."
                " `make new-index` shows what they hold; or correct INDEX_SEEDS.\nNothing was built."
            )
            return 2
        delivered = delivered_files()
        try:
            files = release.input_files(delivered)
        except Broken as problem:
            print(f"{problem}.\nNothing was built.")
            return 2
        before = release.states(files)
        inputs = release.checksums(files)
        started_from = release_to_start_from(arguments)
        differing = release.differing(inputs, started_from["inputs"])
        # No row and no score depends on how they are shown.
        changed = {name for name in differing if not name.startswith(REPORT)}
        # What is unchanged was found sound when it was published.
        suspects = [file for file in delivered if file.problem or f"{SAMPLES}{file.key}" in changed]
        if problems := check_data.broken_files(suspects):
            print(*problems, "Nothing was built.", sep="\n")
            return 2
        if not differing and not release.altered(started_from):
            print(
                "Nothing has changed since this was built: inputs, code, versions and arguments are the same, and so would be the marts."
                " --full-refresh builds and tests them all the same.\n"
            )
            return shown()
        kept = unchanged_editions(started_from["editions"], changed, files)
        unit_tested = all(name.startswith(DATA) for name in changed)
        shutil.rmtree(FRESH, ignore_errors=True)
        FRESH.mkdir()
        published = CURRENT.resolve()
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
                if release.states(release.input_files(delivered_files())) != before:
                    raise RuntimeError("A model or an input was changed while it was being read. Build again.")
                given = [argument for argument in arguments if argument not in FULL_REFRESH]
                release.publish(given, dbt_arguments()["vars"], inputs)
        except (RuntimeError, OSError, duckdb.Error) as error:
            print(error)
            exit_code = 1
        if exit_code != 0 and CURRENT.resolve() == published:
            before = (
                f"{PUBLISHED.relative_to(PROJECT)} is what it was before"
                if CURRENT.exists()
                else "nothing has been published yet"
            )
            print(f"\nThe build failed: {before}.")
            print(f"What was built until then is in {FRESH.relative_to(PROJECT)}.")
            return exit_code
    return shown()


def run_dbt(arguments: list[str], kept: list[str], lock: IO) -> int:
    """Run `dbt build` in FRESH; return its exit code."""
    return subprocess.run(
        # What dbt sends to the database is in TARGET/run; to write it into its log as well takes long.
        [sys.executable, "scripts/dbt_with_progress.py", *QUIETLY, "build", *arguments, "--target-path", TARGET],
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
    manifest = release.manifest()
    if manifest and not FULL_REFRESH & set(arguments):
        now = {"versions": release.versions(), "arguments": arguments}
        if now == {name: manifest.get(name) for name in now} and manifest["warehouse"] == release.sha256(PUBLISHED):
            return manifest
    return {"editions": [], "inputs": {}}


def unchanged_editions(published: list[str], changed: set[str], files: dict[str, Path]) -> list[str]:
    """Of the published editions, those whose rows a full build would read and judge in the same way."""
    folders = {name: EDITION_FOLDER.match(name) for name in changed - RULES if not name.startswith(SCENARIOS)}
    if not all(folders.values()):
        return []
    return sorted(release.editions(files).keys() & set(published) - {folder[1] for folder in folders.values()})


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


def shown() -> int:
    """Show what is published; return 0, since readers have it, and who waits for the exit code must not think otherwise."""
    try:
        show()
    except Exception as error:
        print(f"The warehouse was published, but not all can be shown of it ({error}).")
    return 0


def show() -> None:
    """Say where the warehouse is and print the first ranks of each cohort."""
    print(f"The warehouse is {PUBLISHED.relative_to(PROJECT)}, its public tables are in the schema marts.")
    print(f"The same tables as Parquet files are in {(WAREHOUSE / MARTS).relative_to(PROJECT)}.")
    with duckdb.connect(str(PUBLISHED), read_only=True) as warehouse:
        cohorts = warehouse.execute(
            "select cohort_code, name_zh, name_en from marts.dim_cohorts order by sort_order, cohort_code"
        )
        for cohort, *names in cohorts.fetchall():
            print(f"\nmarts.rank_regions, {cohort}: {' '.join(dict.fromkeys(filter(None, names)))}")
            rows = warehouse.execute(
                "select overall_rank, round(overall_score, 2), name_zh, name_en from marts.rank_regions where cohort_code = ?"
                " and overall_rank is not null order by edition desc, overall_rank, region_code limit ?",
                [cohort, SHOWN_ROWS],
            )
            for rank, score, *names in rows.fetchall():
                print(f"  {rank:>2}  {score:>6.2f}  {' '.join(dict.fromkeys(filter(None, names)))}")
        remarks = warehouse.execute(
            "select edition, cohort_code, indicator_code, remark from marts.dq_indicators where remark <> 'missing_values' order by all"
        ).fetchall()
        if remarks:
            print("\nmarts.dq_indicators: these indicators do not tell regions apart as they should.")
        for edition, cohort, indicator, remark in remarks[:SHOWN_REMARKS]:
            print(f"  {edition} {cohort} {indicator}: {remark}")
        if len(remarks) > SHOWN_REMARKS:
            print(f"  and {len(remarks) - SHOWN_REMARKS} more")
        check_data.show_verdicts(warehouse, in_full=False)
    print(f"\nPublished: {INDEX}, release {CURRENT.resolve().name}, in {CURRENT.relative_to(PROJECT)}.")


if __name__ == "__main__":
    keep_printing()
    sys.exit(release.verify() if sys.argv[1:] == ["--verify"] else build(sys.argv[1:]))

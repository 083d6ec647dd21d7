"""Which files a delivery holds and what becomes of each: the one listing that is checked, fingerprinted, read and recorded.

scripts/build.py and scripts/check_data.py call it; so does dbt itself, which loads the class Plugin of
scripts/delivery_for_dbt.py, as profiles.yml says.
"""

import difflib
import glob
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from csv_file import Broken, literal
from load_samples import contract
from workbook import sheets_as_csv

PROJECT = Path(__file__).resolve().parent.parent
# The raw tables with their columns.
TABLES = contract()
KINDS = {".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}
# Where the sheets of workbooks are written as CSV.
SHEETS = PROJECT / "target" / "sheets"
# Files and folders that tools leave behind, and what is open in Excel.
HIDDEN = (".", "_", "~$", "Thumbs.db", "desktop.ini")
# Files that are there for people, and in no form in which a table might come.
DOCUMENT = re.compile(r"(readme|license|说明|datapackage\.json).*|.*\.(md|pdf|docx?|sha256|md5)", re.IGNORECASE)
HOW_TO_DELIVER = "Deliver .csv, .csv.gz, .parquet or .xlsx"


@dataclass
class File:
    """A file of the delivery, or a sheet of one; if it has a problem, it cannot be read as it stands."""

    # As the user would write it, and as the manifest has it.
    name: str
    key: str
    source: Path
    table: str | None = None
    problem: str | None = None
    kind: str | None = None
    # What is scanned, with nothing in it that DuckDB takes for a pattern; a sheet's is a copy.
    scanned: str | None = None
    # Columns that the names of folders give, as in edition=2024/.
    given: dict[str, str] | None = None


def scenario_files() -> dict[str, Path]:
    """The CSV files of scenarios in the folder SCENARIOS_PATH by their names; raise Broken if there is none."""
    written = os.environ.get("SCENARIOS_PATH", "")
    if not written:
        return {}
    folder = PROJECT / os.path.expanduser(written)
    found = {path.name: path.resolve() for path in sorted(folder.glob("*.csv")) if not path.name.startswith(HIDDEN)}
    if not found:
        raise Broken(
            f"SCENARIOS_PATH is {written!r}: there is no .csv file in it. Set it to a folder of scenarios, or unset it"
        )
    return found


def delivered_files() -> list[File]:
    """Everything in SAMPLES_PATH: files that are read, and those of which somebody should know that they are not."""
    written = os.environ.get("SAMPLES_PATH", "")
    if not written:
        return []
    try:
        found = [file for name, key, folder in delivery_folders(written) for file in files_of(name, key, folder)]
        if not found:
            raise Broken("there is no file of a table in it. Set it to the folder that holds raw_enterprises.csv and so on")
        return found
    except Broken as problem:
        return [File(f"SAMPLES_PATH is {written!r}", "", PROJECT, problem=str(problem))]
    except OSError as error:
        return [File(f"{error.filename}", "", PROJECT, problem=f"cannot be read ({error.strerror}). Give the right to read it")]


def delivery_folders(written: str) -> list[tuple[str, str, Path]]:
    """The folders that SAMPLES_PATH stands for: as the user would write each, where a pattern has put it, and itself."""
    if not re.fullmatch(r"[^\x00-\x1f\x7f]*[^\x00-\x20\x7f]", written) or "://" in written:
        raise Broken("Set it to the folder of this machine that holds raw_enterprises.csv and so on")
    path = PROJECT / os.path.expanduser(written)
    # A folder that is called so is meant, even if its name could be a pattern.
    if path.is_dir():
        return [(written.rstrip("/"), "", path)]
    parts = written.rstrip("/").split("/")
    first = next((number for number, part in enumerate(parts) if set("*?[") & set(part)), len(parts))
    # What is above the pattern is no pattern, whatever it is called.
    above = "".join(f"{part}/" for part in parts[:first])
    root = PROJECT / os.path.expanduser(above)
    found = [
        name
        for name in sorted(glob.glob("/".join(parts[first:]), root_dir=root))
        if (root / name).is_dir() and not os.path.basename(name).startswith(HIDDEN)
    ]
    if not found:
        raise Broken("there is no such folder. Set it to the one that holds raw_enterprises.csv and so on")
    return [(f"{above}{name}", f"{name}/", root / name) for name in found]


def files_of(name: str, key: str, folder: Path) -> Iterator[File]:
    """The files of one folder with tables."""
    for entry in entries(folder):
        file = File(f"{name}/{entry.name}", f"{key}{entry.name}", folder / entry.name)
        stem, dot, ending = entry.name.partition(".")
        ending = f"{dot}{ending}".lower()
        table = stem if stem in TABLES else None
        if os.path.isdir(file.source):
            # Spark, polars and DuckDB write folders that are called like a file.
            if table and (not ending or ending in KINDS):
                yield from files_below(file, table, [])
            elif strays := [stray for stray in files_below(file, None, []) if stray.problem or not is_document(stray.name)]:
                file.problem = belongs_to_no_table(entry.name) + f"; it holds {strays[0].name.removeprefix(file.name + '/')}"
                yield file
        elif table and ending in KINDS:
            yield from read_as(file, table)
        elif ending.endswith(".xlsx") and not like_a_table(entry.name):
            yield from read_as(file, None)
        elif table and ending.count(".") < 2:
            file.table, file.problem = table, f"is no file of a known kind. {HOW_TO_DELIVER}"
            yield file
        elif not is_document(file.name):
            file.problem = belongs_to_no_table(entry.name)
            yield file


def files_below(folder: File, table: str | None, above: list[str]) -> Iterator[File]:
    """The files in a folder of a table and in the folders below it, those linked to included."""
    real = os.path.realpath(folder.source)
    if real in above:
        folder.table, folder.problem = table, "is a link to a folder in which it is. Remove the link"
        yield folder
        return
    try:
        found = entries(folder.source)
    except OSError as error:
        folder.table, folder.problem = table, f"cannot be read ({error.strerror}). Give the right to read it, or take it out"
        yield folder
        return
    for entry in found:
        file = File(f"{folder.name}/{entry.name}", f"{folder.key}/{entry.name}", folder.source / entry.name)
        if os.path.isdir(file.source):
            yield from files_below(file, table, [*above, real])
        elif table is None:
            yield file
        elif kind_of(entry.name):
            yield from read_as(file, table)
        elif not is_document(file.name):
            file.table, file.problem = table, f"is no file of a known kind. {HOW_TO_DELIVER}"
            yield file


def entries(folder: Path) -> list[os.DirEntry]:
    """What a folder holds, but for what tools leave behind."""
    with os.scandir(folder) as found:
        return sorted((entry for entry in found if not entry.name.startswith(HIDDEN)), key=lambda entry: entry.name)


def kind_of(name: str) -> str | None:
    return next((kind for ending, kind in KINDS.items() if name.lower().endswith(ending)), None)


def is_document(name: str) -> bool:
    """Whether a file is there for people, and not a table in a form that is not read."""
    name = os.path.basename(name)
    return bool(DOCUMENT.fullmatch(name)) and not like_a_table(name)


def like_a_table(name: str) -> bool:
    """Whether a name begins like that of a table."""
    return name.lower().removeprefix("raw_").startswith(tuple(table.removeprefix("raw_") for table in TABLES))


def belongs_to_no_table(name: str) -> str:
    """What to do about a file or folder with a name that is none of a table."""
    stem = name.partition(".")[0]
    spellings = {spelling: table for table in TABLES for spelling in (table, table.removeprefix("raw_"))}
    alike = difflib.get_close_matches(stem.lower().replace("-", "_").replace(" ", "_"), spellings, n=1)
    guess = f" (is it {spellings[alike[0]]}?)" if alike else ""
    return (
        f"belongs to no table. Name the file or its folder after one of {', '.join(sorted(TABLES))}{guess}, as in raw_parks.csv"
        " or raw_parks/any.csv, or take it out of the delivery"
    )


def read_as(file: File, table: str | None) -> Iterator[File]:
    """A file of a known kind as it is read; of a workbook, what is read of each table in it."""
    file.table, file.kind = table, kind_of(file.source.name)
    file.given = {
        column: "" if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value)
        for column, value in re.findall(r"([^/=]+)=([^/]*)(?=/)", file.name)
    }
    try:
        if "\\" in str(file.source):
            raise Broken("has a backslash in its path, which DuckDB takes for a folder. Rename it")
        str(file.source).encode()
        if not stat.S_ISREG(file.source.stat().st_mode):
            raise Broken("is no file. Take it out of the delivery")
        if file.kind == "xlsx":
            for name, copy in sheets_as_csv(file.source, table, TABLES, SHEETS).items():
                shown = file.name if table else f"{file.name}, sheet {name}"
                yield File(shown, file.key, file.source, name, None, "csv", literal(copy), file.given)
            return
        file.scanned = literal(file.source)
    except Broken as problem:
        file.problem = str(problem)
    except UnicodeEncodeError:
        file.name, file.problem = ascii(file.name), "has a name that is not text in UTF-8. Rename it"
    except FileNotFoundError:
        file.problem = f"is a link to {os.path.realpath(file.source)}, which is not there. Deliver the file itself"
    except OSError as error:
        file.problem = f"cannot be read ({error.strerror}). Deliver it again, or give the right to read it"
    yield file

"""The sheets of an Excel workbook as CSV files of text, which say what the sheets show.

Dates are dates, numbers have the digits that Excel shows of them, and leading zeros if their format has them; of a formula,
the value stored with it is taken. What cannot be told, or would be lost without a word, raises Broken with its cell.
"""

import csv
import datetime
import hashlib
import os
import re
import shutil
import tempfile
import warnings
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from csv_file import LINES_ABOVE, Broken, check_header, column_letters

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Excel keeps so many digits of a number.
DIGITS = 15
SKIPPED = (".", "_")


def sheets_as_csv(path: Path, table: str | None, tables: dict[str, list[str]], folder: Path) -> dict[str, Path]:
    """A CSV file for each table of a workbook: the one that the workbook is named after, or those that its sheets are.

    They are written to a subfolder that is named after the contents, once for all who ask.
    """
    digest = hashlib.sha256(f"{table} {tables}".encode() + Path(__file__).read_bytes() + path.read_bytes()).hexdigest()
    written = folder / digest
    if not written.exists():
        rows = read_sheets(path, table, tables)
        folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder))
        for name in rows:
            with open(fresh / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows[name])
        try:
            os.rename(fresh, written)
        except OSError:
            # Somebody else was quicker.
            shutil.rmtree(fresh)
    return {file.stem: file for file in sorted(written.iterdir())}


def read_sheets(path: Path, table: str | None, tables: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """Header and rows of each table in a workbook, as text."""
    # It takes as long as everything else here, and few deliveries need it.
    import openpyxl

    with warnings.catch_warnings():
        # About drawings and the like, which are no cells.
        warnings.simplefilter("ignore")
        try:
            workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                return {name: text_rows(*found, tables[name]) for name, found in sheets_of(workbook, table, tables).items()}
            finally:
                workbook.close()
        except Broken:
            raise
        except Exception as error:
            # A damaged one raises whatever the part raises that meets the damage.
            raise Broken(f"is no workbook that can be read ({error}). Save it as .xlsx, without a password") from error


def sheets_of(workbook, table: str | None, tables: dict[str, list[str]]) -> dict[str, tuple]:
    """For each table, its sheet and the rows of cells in which something is written."""
    found = {}
    for sheet in workbook.worksheets:
        if not sheet.title.startswith(SKIPPED):
            # What a file says of its size may be wrong, and the rest would be missing.
            sheet.reset_dimensions()
            if cells := {number: row for number, row in enumerate(sheet.iter_rows(), start=1) if any(map(written, row))}:
                found[sheet.title] = (sheet, cells)
    if table:
        if len(found) != 1:
            names = f"several sheets with cells ({', '.join(found)})" if found else "no sheet with cells"
            raise Broken(f"has {names}. Leave one that holds {table}, or begin the names of others with _")
        ((title, only),) = found.items()
        if title in tables and title != table:
            raise Broken(f"has a sheet called {title}, but is named after {table}. Rename one of them")
        return {table: only}
    if strangers := found.keys() - tables.keys():
        raise Broken(
            f"has a sheet that belongs to no table: {', '.join(sorted(strangers))}. Name each sheet after one of"
            f" {', '.join(sorted(tables))}; begin the name of one that holds no data with _"
        )
    if not found:
        raise Broken("has no sheet with cells. Take it out of the delivery")
    return found


def written(cell) -> bool:
    """Whether anything is to be seen in a cell."""
    return cell.value is not None and (not isinstance(cell.value, str) or bool(cell.value.strip()))


def text_rows(sheet, cells: dict[int, tuple], columns: list[str]) -> list[list[str]]:
    """Header and rows as text; rows and columns in which nothing is written are left out."""
    check_stored(sheet)
    width = max(number + 1 for row in cells.values() for number, cell in enumerate(row) if written(cell))
    rows = {
        number: [cell_text(cell, f"{column_letters(column)}{number}", sheet.title) for column, cell in enumerate(row[:width])]
        for number, row in cells.items()
    }
    rows = {number: row + [""] * (width - len(row)) for number, row in rows.items()}
    below = [
        number
        for number, row in rows.items()
        if number < LINES_ABOVE and len({cell.strip().lower() for cell in row} & set(columns)) > len(columns) / 2
    ]
    check_header(rows.get(1, []), columns, "row", below[0] if below else None)
    return list(rows.values())


def check_stored(sheet) -> None:
    """Raise Broken if a formula has no stored value, or cells are merged, so that only the first of them has one."""
    with sheet._get_source() as source:
        for _, element in ElementTree.iterparse(source):
            if element.tag == f"{MAIN}c":
                formula, value = element.find(f"{MAIN}f"), element.find(f"{MAIN}v")
                # A text without a letter is a value, too.
                if formula is not None and (value is None or not value.text) and element.get("t") != "str":
                    raise Broken(
                        f"sheet {sheet.title}, cell {element.get('r')} is a formula whose value is not stored."
                        " Open the workbook in Excel and save it"
                    )
                element.clear()
            elif element.tag == f"{MAIN}mergeCell":
                raise Broken(
                    f"sheet {sheet.title}, cells {element.get('ref')} are merged. Unmerge them, and write what holds for each into it"
                )


def cell_text(cell, place: str, sheet: str) -> str:
    """A cell as text, without what Excel adds to show it, such as thousands separators."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        raise Broken(f"sheet {sheet}, cell {place} holds the error {value}. Correct it, or clear the cell")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, (int, float)):
        text = format(Decimal(format(value, f".{DIGITS}g")), "f")
        # What a sum leaves behind the last digit is nothing that anybody wrote; but in a long number it may be.
        if abs(value) >= 10**DIGITS or (abs(value) >= 10 ** (DIGITS - 4) and float(text) != value):
            raise Broken(
                f"sheet {sheet}, cell {place} holds a number of more than {DIGITS} digits, of which Excel has dropped the last."
                " Format the cell as text, and type it again"
            )
        zeros = re.fullmatch("(0{2,})(?:;.*)?", cell.number_format or "")
        return text.zfill(len(zeros[1])) if zeros and text.isdigit() else text
    # Excel writes a control character as its code.
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), str(value)).replace("\0", "")

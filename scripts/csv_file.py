"""Is a CSV file what it is said to be? Read byte by byte, independently of DuckDB, so that a broken one is named with its line."""

import codecs
import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

csv.field_size_limit(2**31 - 1)

# Encodings that a file may come in, by the name that iconv knows, each with the first bytes of the characters that make up
# nearly all of a text in it; of most texts in one of them, another makes something, too, but rarely common characters.
COMMON = {
    "GB18030": ("gb2312", {0xA1, 0xA3, *range(0xB0, 0xD8)}),
    "BIG5": ("big5", {*range(0xA1, 0xC7)}),
    "SHIFT_JIS": ("shift_jis", {*range(0x81, 0x98)}),
    "EUC-JP": ("euc_jp", {0xA1, 0xA4, 0xA5, *range(0xB0, 0xD0)}),
    "EUC-KR": ("euc_kr", {0xA1, *range(0xB0, 0xC9)}),
}
# How files of other kinds begin.
OTHER_KINDS = {
    b"\x1f\x8b": "is gzipped. Let its name end in .csv.gz",
    b"PK\x03\x04": "is a workbook or a zip archive. Let the name of a workbook end in .xlsx, and take other files out of the archive",
    b"\xd0\xcf\x11\xe0": "is a workbook of an old Excel. Save it as .xlsx",
    b"PAR1": "is a Parquet file. Let its name end in .parquet",
}
SHOWN_CHARACTERS = 20
# So far down a header is looked for, to say that there is something above it.
LINES_ABOVE = 20


class Broken(Exception):
    """What is wrong with a file, and what to do about it."""


def literal(path: Path) -> str:
    """A path as a pattern that only this path fits: DuckDB takes any name for a pattern."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))


def open_csv(path: Path):
    """The file's bytes, unpacked."""
    if not path.name.lower().endswith(".gz"):
        return open(path, "rb")
    with open(path, "rb") as file:
        if file.read(2) not in (b"\x1f\x8b", b""):
            raise Broken("is not gzipped. Let its name end in .csv")
    return gzip.open(path)


def check_csv(path: Path, columns: list[str]) -> None:
    """Raise Broken if it is not UTF-8, lacks a header with names, has rows of another width, or a quote is left open."""
    if not is_plain(path, columns):
        look_at_lines(path, columns)


def look_at_lines(path: Path, columns: list[str]) -> None:
    """Raise Broken at the first line that is not as it should be."""
    line_end = b""

    def lines() -> Iterator[str]:
        nonlocal line_end
        for number, line in enumerate(file, start=1):
            line_end = line[len(line.rstrip(b"\r\n")) :]
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise Broken(not_utf8(path, number, line, error.start)) from error
            if "\0" in text:
                raise Broken(not_utf8(path, number, line, line.index(b"\0")))
            yield text

    with open_csv(path) as file:
        beginning = file.read(4)
        file.seek(0)
        for first_bytes, problem in OTHER_KINDS.items():
            if beginning.startswith(first_bytes):
                raise Broken(problem)
        reader = csv.reader(lines(), strict=True)
        start = 1
        try:
            header = next(reader, None)
            if header is None:
                raise Broken("is empty. Write at least its header, the columns of the contract")
            check_header(header, columns, "line", header_below(path, columns))
            first_line_end, start = line_end, reader.line_num + 1
            for row in reader:
                if row and len(row) != len(header):
                    raise Broken(
                        f"line {start} has {len(row)} cells, the header {len(header)}."
                        " Put a cell with a comma or a quote between quotes, and close each quote"
                    )
                if line_end not in (first_line_end, b""):
                    raise Broken(f"line {reader.line_num} ends in another way than the first. Run dos2unix on the file")
                start = reader.line_num + 1
        except csv.Error as error:
            remedy = "Run mac2unix on the file" if "new-line" in str(error) else "Close each quote; write one in a cell twice"
            raise Broken(f"line {start}: {error}. {remedy}") from error


def is_plain(path: Path, columns: list[str]) -> bool:
    """Whether nothing need be looked at line by line, which takes many times as long: DuckDB reads all, all lines end alike.

    It only ever says yes of what the look would find no fault in. That all is text in UTF-8 is what DuckDB sees to.
    """
    returns = ends = breaks = commas = quotes = 0
    last = b""
    try:
        with open_csv(path) as file:
            first = file.readline()
            header = next(csv.reader([first.decode("utf-8-sig")], strict=True), [])
            header_commas = first.count(b",")
            check_header(header, columns, "line", None)
            file.seek(0)
            while block := file.read(1 << 20):
                if b"\0" in block:
                    return False
                commas += block.count(b",")
                quotes += block.count(b'"')
                if first.endswith(b"\r\n"):
                    breaks += block.count(b"\n")
                    ends += block.count(b"\r\n") + (last == b"\r" and block.startswith(b"\n"))
                    last = block[-1:]
                returns += block.count(b"\r")
        # Either no line ends in both, or all do.
        if returns not in (0, breaks) or ends != returns:
            return False
        names = [f"column{number}" for number in range(len(header))]
        types = ", ".join(f"'{name}': 'varchar'" for name in names)
        row = f"concat({', '.join(names)})"
        # Only a cell in quotes has commas.
        within = f"length({row}) - length(replace({row}, ',', ''))" if quotes else "0"
        # The bytes of a column that is not asked for would not be looked at.
        counts = ", ".join(f"count({name})" for name in names)
        ((rows, inner_commas, *_),) = duckdb.execute(
            f"select count(*), coalesce(sum({within}), 0), {counts}"
            f" from read_csv(?, columns = {{{types}}}, auto_detect = false, header = true, skip = 0, delim = ',', quote = '\"',"
            " escape = '\"', comment = '', nullstr = '\1', strict_mode = true, null_padding = false, max_line_size = 16000000)",
            [literal(path)],
        ).fetchall()
    except (Broken, ValueError, csv.Error, duckdb.Error):
        return False
    # DuckDB lets a row pass that has an empty cell too many at its end.
    return commas == header_commas + rows * (len(header) - 1) + inner_commas


def check_header(header: list[str], columns: list[str], line: str, below: int | None) -> None:
    """Raise Broken if the first line (or row) of a table is no list of names; below is where such a line was seen instead."""
    names = [name.strip().lower() for name in header]
    filled = [" ".join(name.split()) for name in header if name.strip()]
    if not set(names) & set(columns):
        shown = f"is '{', '.join(filled)[: 2 * SHOWN_CHARACTERS]}'" if filled else "is blank"
        if filled and filled[0].lower().startswith("sep="):
            raise Broken(f"{line} 1 {shown}, which is a note to Excel. Delete this {line}, so that the header is the first")
        if below:
            raise Broken(f"{line} 1 {shown}, and the header is in {line} {below}. Delete what is above the header")
        if any(len({part.strip(' "') for part in name.split(mark)} & set(columns)) > 1 for name in names for mark in ";\t|"):
            raise Broken(f"{line} 1 has no commas between its cells. Save the file as CSV with commas")
        raise Broken(f"{line} 1 {shown}, which names no column. Write the header there: {', '.join(columns)}")
    if blank := [column_letters(number) for number, name in enumerate(names) if not name]:
        raise Broken(
            f"its header is blank in column {', '.join(blank)} (as Excel counts them). Delete what else is in such a column,"
            " the whole column in Excel, or give it a name"
        )
    if twice := {name for name in names if names.count(name) > 1}:
        where = ", ".join(column_letters(number) for number, name in enumerate(names) if name in twice)
        raise Broken(f"its header has {', '.join(sorted(twice))} twice (columns {where}). Rename or remove one")


def header_below(path: Path, columns: list[str]) -> int | None:
    """The line among the first ones that is the header, if it is not the first."""
    with open_csv(path) as file:
        for number, line in zip(range(1, LINES_ABOVE), file):
            cells = {cell.strip(' \t\r\n"').lower() for cell in line.decode("utf-8-sig", "replace").split(",")}
            if len(cells & set(columns)) > len(columns) / 2:
                return number
    return None


def column_letters(number: int) -> str:
    """The name of a column in a spreadsheet, counted from 0: A to Z, AA and so on."""
    return (column_letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def not_utf8(path: Path, number: int, line: bytes, position: int) -> str:
    """What is wrong with a line that is no text in UTF-8 from a position on, and what to do as far as the whole file tells."""
    if encoding := encoding_of(path):
        return f"line {number} is not text in UTF-8. It seems to be {encoding}: iconv -f {encoding} -t UTF-8"
    before = line[:position].decode("utf-8", "replace").lstrip("\ufeff")[-SHOWN_CHARACTERS:]
    where = f"after '{before}'" if before else "at its beginning"
    if line[position] == 0:
        return f"line {number} has a zero byte {where}. Remove it there; whatever wrote the file may be broken"
    seen = " ".join(f"{byte:02X}" for byte in line[position : position + 3])
    if mostly_utf8(path):
        return f"line {number} has a broken character {where} (bytes {seen}). The rest is UTF-8: write this cell anew"
    return f"line {number} is not text in UTF-8 {where} (bytes {seen}). Save the file as UTF-8"


def mostly_utf8(path: Path) -> bool:
    """Whether most lines that are not plain ASCII are UTF-8."""
    good = bad = 0
    with open_csv(path) as file:
        for line in file:
            if not line.isascii():
                try:
                    line.decode()
                    good += 1
                except UnicodeDecodeError:
                    bad += 1
    return good > bad


def encoding_of(path: Path) -> str | None:
    """The encoding that the whole file is text in, if it is one and none is nearly as likely; None of UTF-8 with an error."""
    with open_csv(path) as file:
        beginning = file.read(4096)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16" if decodes(path, "utf-16") else None
    # The header is ASCII, of which UTF-16 makes every other byte zero.
    for encoding, zeros in (("UTF-16LE", beginning[1:40:2]), ("UTF-16BE", beginning[0:40:2])):
        if zeros and not any(zeros) and decodes(path, encoding):
            return encoding
    if b"\0" in beginning or mostly_utf8(path):
        return None
    shares = {encoding: common_share(path, encoding) for encoding in COMMON}
    likeliest, second = sorted(shares, key=shares.get, reverse=True)[:2]
    return likeliest if shares[likeliest] > 0.8 and shares[likeliest] - shares[second] > 0.08 else None


def decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in an encoding."""
    try:
        for text in decoded(path, encoding):
            if "\0" in text:
                return False
    except UnicodeDecodeError:
        return False
    return True


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The file's text in an encoding, a block at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with open_csv(path) as file:
        while block := file.read(1 << 20):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)


def common_share(path: Path, encoding: str) -> float:
    """Of the characters that are not ASCII, how many are common ones in texts of this encoding; 0 if it is no text in it."""
    codec, first_bytes = COMMON[encoding]
    common = total = 0
    try:
        for text in decoded(path, encoding):
            if "\0" in text:
                return 0
            for character in text:
                if not character.isascii():
                    total += 1
                    common += character.encode(codec, "replace")[0] in first_bytes
    except UnicodeDecodeError:
        return 0
    return common / total if total else 0

"""Answer a question of analyses/ from the published warehouse, whole and in the letters that it is written in.

Usage: python scripts/ask.py                                  lists the questions
       python scripts/ask.py why_ahead cohort_code=province region_code=440000 other_region_code=110000

The values take the place of those that the question has in its first lines. The files are plain SQL: `dbt show --select why_ahead
--limit 100` and any DuckDB client run them, too, but dbt cuts long answers and wide columns.
"""

import re
import sys
import unicodedata

import duckdb
from printing import keep_printing
from release import PROJECT, PUBLISHED, unfit

ANALYSES = PROJECT / "analyses"


def questions() -> dict[str, str]:
    """The SQL of each question by its name; the analyses with Jinja are proofs, not questions."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in sorted(ANALYSES.glob("*.sql"))}
    return {name: sql for name, sql in files.items() if "{{" not in sql}


def ask(sql: str, **values: str) -> str:
    """The SQL with other values in its CTE `asked`."""
    for name, value in values.items():
        new = f"'{value.replace(chr(39), chr(39) * 2)}'"
        given = re.search(rf"('[^']*'|[\d.]+)(?= as {re.escape(name)}\b)", sql.split("\n),")[0])
        if not given:
            raise ValueError(f"The question has no {name}. Its values stand in the first lines of its file in analyses/.")
        if given[0][0] != "'":
            new = str(float(value)) if "." in value else str(int(value))
        sql = sql[: given.start()] + new + sql[given.end() :]
    return sql


def table(names: list[str], rows: list[tuple]) -> str:
    """Rows as aligned text; a Chinese character takes the place of two letters."""

    def text(cell) -> str:
        return "" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else str(cell)

    def width(cell: str) -> int:
        return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in cell)

    lines = [names, *([text(cell) for cell in row] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*lines)]
    return "\n".join(
        "  ".join(cell + " " * (widest - width(cell)) for cell, widest in zip(line, widths)).rstrip() for line in lines
    )


def main(arguments: list[str]) -> int:
    known = questions()
    if not arguments or arguments[0] not in known:
        for name, sql in known.items():
            print(f"{name:26} {re.split('[?]', sql.removeprefix('-- '))[0]}?".replace("\n-- ", " "))
        return 0 if not arguments else 2
    if problem := unfit():
        print(problem)
        return 2
    try:
        sql = ask(known[arguments[0]], **dict(argument.split("=", 1) for argument in arguments[1:]))
        with duckdb.connect(str(PUBLISHED), read_only=True) as warehouse:
            answer = warehouse.execute(sql)
            print(table([column[0] for column in answer.description], answer.fetchall()))
    except (ValueError, duckdb.Error) as error:
        print(error)
        return 2
    return 0


if __name__ == "__main__":
    keep_printing()
    sys.exit(main(sys.argv[1:]))

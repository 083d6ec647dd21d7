"""Multiply the shipped sample to N relations (technology and investment), and the other tables in proportion.

Usage: python benchmarks/generate.py N FOLDER [--edition 2024] [--hard] [--form parquet|csv|csv.gz]

Every row is repeated under new keys, so distribution and dirt stay what they are, and the relations of a copy are those of
the same copy of its enterprises. Writes FOLDER/raw_<table>/edition=<edition>/rows.parquet, beside editions that are there;
the one row in 1000 without a usable edition are left out, as no folder is theirs. The same arguments give the same bytes.

With --hard, nothing helps a reader: keys have 30 characters that look random, names stand once each, no key and no row is
repeated, and one row in five has all its cells in an odd spelling that has to be mended.
"""

import argparse
from pathlib import Path

import duckdb

SAMPLES = Path(__file__).resolve().parent.parent / "seeds" / "samples"
FORMS = {
    "parquet": "format parquet, compression zstd",
    "csv": "format csv, header, compression none",
    "csv.gz": "format csv, header, compression gzip",
}
NARROW, WIDE = "0123456789", "０１２３４５６７８９"


def generate(relations: int, folder: Path, edition: int = 2024, hard: bool = False, form: str = "parquet") -> int:
    """Write the tables; return the number of rows of both relation tables together."""
    # One thread, so that the order of the rows does not depend on who is first.
    generator = duckdb.connect(config={"threads": 1, "memory_limit": "2GB"})
    tables = {
        path.stem: f"(from read_csv('{path}', all_varchar = true, header = true) where edition = '2024')"
        for path in sorted(SAMPLES.glob("raw_*.csv"))
    }
    key = {name: generator.sql(f"from {rows}").columns[1] for name, rows in tables.items()}
    if hard:
        tables = {
            name: f"(select distinct on (trim({key[name]})) * from {rows} where trim({key[name]}) <> '' order by all)"
            for name, rows in tables.items()
        }
    shipped = {name: generator.sql(f"select count(*) from {rows}").fetchall()[0][0] for name, rows in tables.items()}
    in_relations = shipped["raw_technology_relations"] + shipped["raw_investment_relations"]
    copies = max(1, round(relations / in_relations))
    for name, rows in tables.items():
        if not shipped[name]:
            continue
        file = folder / name / f"edition={edition}" / f"rows.{form}"
        file.parent.mkdir(parents=True, exist_ok=True)
        columns = [column for column in generator.sql(f"from {rows}").columns if column != "edition"]
        new = ", ".join(f"{cell(column, key[name], hard)} as {column}" for column in columns)
        generator.execute(f"copy (select {new} from {rows}, range({copies}) as copies (copy)) to '{file}' ({FORMS[form]})")
    return in_relations * copies


def cell(column: str, key: str, hard: bool) -> str:
    """A column of the copies."""
    if not hard:
        return f"{column} || '-' || copy" if column.endswith("_id") else column
    if column.endswith("_id"):
        text = f"upper(left(md5(trim({column}) || '-' || copy), 30))"
    elif column.endswith(("_name", "_title")):
        text = f"{column} || ' ' || left(md5({key} || copy), 8)"
    else:
        text = column
    if column.endswith("_on"):
        odd = f"coalesce(strftime(try_cast({text} as date), '%Y年%m月%d日'), {text})"
    else:
        odd = f"'　' || translate({text}, '{NARROW}', '{WIDE}') || ' '"
    return f"case when hash({key}, copy) % 5 = 0 then {odd} else {text} end"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("relations", type=float)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edition", type=int, default=2024)
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--form", choices=FORMS, default="parquet")
    given = parser.parse_args()
    count = generate(int(given.relations), given.folder, given.edition, given.hard, given.form)
    print(f"{count:,} relations in {given.folder}")

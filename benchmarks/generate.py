"""Multiply the shipped sample to N relations (technology and investment), and the other tables in proportion.

Usage: python benchmarks/generate.py N FOLDER [--edition 2024]

Every row is repeated under new keys, so distribution and dirt stay what they are, and the relations of a copy are those of
the same copy of its enterprises. Writes FOLDER/raw_<table>/edition=<edition>/rows.parquet, beside editions that are there;
the one row in 1000 without a usable edition are left out, as no folder is theirs. The same arguments give the same bytes.
"""

import argparse
from pathlib import Path

import duckdb

SAMPLES = Path(__file__).resolve().parent.parent / "seeds" / "samples"


def generate(relations: int, folder: Path, edition: int = 2024) -> int:
    """Write the tables; return the number of rows of both relation tables together."""
    # One thread, so that the order of the rows does not depend on who is first.
    generator = duckdb.connect(config={"threads": 1, "memory_limit": "2GB"})
    tables = {
        path.stem: f"(from read_csv('{path}', all_varchar = true, header = true) where edition = '2024')"
        for path in sorted(SAMPLES.glob("raw_*.csv"))
    }
    shipped = {name: generator.sql(f"select count(*) from {rows}").fetchall()[0][0] for name, rows in tables.items()}
    in_relations = shipped["raw_technology_relations"] + shipped["raw_investment_relations"]
    copies = max(1, round(relations / in_relations))
    for name, rows in tables.items():
        if not shipped[name]:
            continue
        file = folder / name / f"edition={edition}" / "rows.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        keys = [column for column in generator.sql(f"from {rows}").columns if column.endswith("_id")]
        new_keys = ", ".join(f"{key} || '-' || copy as {key}" for key in keys)
        generator.execute(
            f"copy (select * exclude (edition, copy) replace ({new_keys})"
            f" from {rows}, range({copies}) as copies (copy)) to '{file}' (format parquet, compression zstd)"
        )
    return in_relations * copies


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("relations", type=float)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edition", type=int, default=2024)
    given = parser.parse_args()
    print(f"{generate(int(given.relations), given.folder, given.edition):,} relations in {given.folder}")

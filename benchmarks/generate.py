"""Multiply the shipped sample to N relations (technology and investment), and the other tables in proportion.

Usage: python benchmarks/generate.py N FOLDER [--edition 2024]

Every row is repeated under new keys, so the distribution and the dirt stay what they are, and a copy of a relation belongs
to the same copy of its enterprise. Writes FOLDER/raw_<table>/edition=<edition>/data_0.parquet; dirty editions such as 20x4
are folders, too. Another edition goes beside those that are there. The same arguments give the same bytes.
"""

import argparse
from pathlib import Path

import duckdb

SAMPLES = Path(__file__).resolve().parent.parent / "seeds" / "samples"
SHIPPED_EDITION = 2024


def generate(relations: int, folder: Path, edition: int = SHIPPED_EDITION) -> int:
    """Write the tables; return the number of rows of both relation tables together."""
    folder.mkdir(parents=True, exist_ok=True)
    # One thread and the order of the rows: two would write as many files, and who is first would decide what is in them.
    generator = duckdb.connect(config={"threads": 1, "memory_limit": "2GB", "temp_directory": str(folder / ".spill")})
    for path in sorted(SAMPLES.glob("raw_*.csv")):
        generator.execute(f"create table {path.stem} as from read_csv('{path}', all_varchar = true, header = true)")
    (shipped,) = generator.execute(
        "select (select count(*) from raw_technology_relations) + (select count(*) from raw_investment_relations)"
    ).fetchone()
    copies = max(1, round(relations / shipped))
    for path in sorted(SAMPLES.glob("raw_*.csv")):
        columns = [name for name, *_ in generator.execute(f"describe {path.stem}").fetchall()]
        keys = ", ".join(f"{name} || '-' || copy as {name}" for name in columns if name.endswith("_id"))
        generator.execute(
            # A slip in the year is one in any year.
            f"copy (select * exclude (copy) replace ({keys + ',' if keys else ''}"
            f" regexp_replace(edition, '{SHIPPED_EDITION % 10}$', '{edition % 10}') as edition)"
            f" from {path.stem}, range({copies}) as copies (copy)) to '{folder / path.stem}'"
            " (format parquet, compression zstd, partition_by (edition), overwrite_or_ignore)"
        )
    return shipped * copies


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("relations", type=float)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edition", type=int, choices=range(2020, 2030), metavar="2020-2029", default=SHIPPED_EDITION)
    given = parser.parse_args()
    print(f"{generate(int(given.relations), given.folder, given.edition):,} relations in {given.folder}")

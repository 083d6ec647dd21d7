"""The report's index for a handful of regions and rows, and a way to compute it many times in a minute."""

import csv
import hashlib
import json
import shutil
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import independent_index

SPELLINGS = ["北京", "广州市", "Shenzhen", "河北省", "石家庄", "220100"]
REGION_CODES = {
    "100000",
    "110000",
    "130000",
    "130100",
    "220000",
    "220100",
    "220200",
    "440000",
    "440100",
    "440300",
    "jing_jin_ji",
    "pearl_river_delta",
}
EDITIONS = ["2024", "2025"]
COLUMNS = {table: ["edition", *columns] for table, (_, columns) in independent_index.CONTRACT.items()}
EXTERNAL = ("--vars", "{sample_source: external}")


def write_csv(path: Path, rows: list[dict], columns: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write(folder, name: str, rows: list[dict]) -> None:
    """A table with the columns that a row has; what it has not, the index does without."""
    write_csv(folder / f"{name}.csv", rows, list(dict.fromkeys(column for row in rows for column in row)))


def chance(*names: str) -> float:
    """A number from 0 to 1 that is the same on any machine."""
    return int(hashlib.md5(":".join(names).encode()).hexdigest()[:8], 16) / 16**8


def clean_samples(row_count: int = 6) -> dict[str, list[dict]]:
    """Usable rows of every table, all of 2024."""
    return {
        table: [{column: clean_cell(table, column, number) for column in columns} for number in range(row_count)]
        for table, columns in COLUMNS.items()
    }


def clean_cell(table: str, column: str, number: int) -> str:
    choices = {
        "edition": ["2024"],
        "region": SPELLINGS,
        "technology_layer": ["基础层", "技术层", "应用层"],
        "investor_type": ["投资机构", "非投资机构"],
        "institute_type": ["科研院所", "实验室", "新型研发机构"],
        "policy_type": ["规划", "实施意见", "行动计划"],
        "alliance_level": ["国家级", "省级", "市级"],
        "park_level": ["国家级", "省级", "市级"],
        "direction": ["enabling", "input"],
        "is_backbone": ["true", "false"],
        "partner_country": ["US", "CN", "DE"],
        "founded_year": ["2001", "2019"],
        "indicator_code": ["gdp"],
        "sales_revenue_cny_10k": ["1200.5", ""],
        "amount_cny_10k": ["35.25", "", "8000"],
    }
    if column in choices:
        return choices[column][number % len(choices[column])]
    if column.endswith("_on"):
        return f"2020-03-{number % 28 + 1:02}"
    if column.endswith(("_count", "_value")):
        return str(7 * number)
    # A name, or a key, the same wherever a table refers to it.
    return f"{column}-{number}"


def write_small_index(project, folder: str) -> None:
    """In a copy of the project: the shipped reference tables for REGION_CODES, and the tree of 2024 again for 2025."""
    source, target = project.folder / "seeds", project.folder / folder
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("samples", "ref_*.csv", "pub_*.csv"))
    for path in source.glob("*/*.csv"):
        rows = [] if path.parent.name == "published" else independent_index.read_table(path)
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        if path.parent.name == "samples":
            continue
        codes = [column for column in columns if column in ("region_code", "member_region_code")]
        rows = [row for row in rows if all(row[column] in REGION_CODES or row.get("refusal") for column in codes)]
        if "edition" in columns:
            # What is said of every edition holds for those that a test adds, too.
            of_all = [row for row in rows if row["edition"] == "*"]
            rows = of_all + [row | {"edition": edition} for edition in EDITIONS for row in rows if row not in of_all]
        if path.stem == "ref_nodes":
            # The one ready-made value of clean_samples needs an indicator; it weighs nothing.
            gdp = {
                "edition": EDITIONS[0],
                "node_code": "gdp",
                "printed_weight": "0",
                "numerator": "gdp",
                "denominator": "",
                "group_rule": "sum",
            }
            rows.append(rows[-1] | gdp)
        write_csv(target / path.relative_to(source), rows, columns)


class Pipeline:
    """The models as dbt compiles them for a delivery, run by DuckDB alone.

    What takes dbt seconds to start, check and write takes this a few tenths, on the same SQL. The files may change between
    runs, their names and columns may not.
    """

    def __init__(self, project, index: str, delivery: str):
        warehouse = "warehouse/pipeline.duckdb"
        environment = {"INDEX_SEEDS": index, "SAMPLES_PATH": delivery, "WAREHOUSE_PATH": warehouse}
        self.index, self.delivery = project.folder / index, project.folder / delivery
        # The models of the replications are written from the tree, so it comes first.
        for command in (["seed"], ["run", "--select", "+int_replication_scores"], ["compile"]):
            done = project.run("dbt", "--quiet", *command, *EXTERNAL, **environment)
            assert done.returncode == 0, done.stdout
        manifest = json.loads((project.folder / "target" / "manifest.json").read_text(encoding="utf-8"))
        nodes = manifest["nodes"]
        models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
        parents = {name: models.keys() & set(node["depends_on"]["nodes"]) for name, node in models.items()}
        self.models = [models[name] for name in TopologicalSorter(parents).static_order()]
        self.tests = {
            node["name"]: node["compiled_code"]
            for node in nodes.values()
            if node["resource_type"] == "test" and node["path"].startswith(("integrity", "values"))
        }
        self.connection = duckdb.connect(str(project.folder / warehouse))
        # The files are named relative to the project.
        self.connection.execute(f"set file_search_path = '{project.folder}'")
        for schema in {model["schema"] for model in self.models}:
            self.connection.execute(f"create schema if not exists {schema}")

    def run(self, samples: dict[str, list[dict]]) -> None:
        """Deliver the rows and build everything that follows from them."""
        for table, rows in samples.items():
            write_csv(self.delivery / f"{table}.csv", rows, COLUMNS[table])
        self.connection.execute("begin")
        for model in self.models:
            kind = "view" if model["config"]["materialized"] == "view" else "table"
            self.connection.execute(f"create or replace {kind} {model['relation_name']} as {model['compiled_code']}")
        self.connection.execute("commit")

    def query(self, sql: str, values: list | None = None) -> list[tuple]:
        return self.connection.execute(sql, values).fetchall()

    def failed_tests(self) -> dict[str, list[tuple]]:
        """The dbt tests of all that holds between tables and of values; those that find nothing are left out."""
        found = {name: self.query(sql) for name, sql in self.tests.items()}
        return {name: rows for name, rows in found.items() if rows}

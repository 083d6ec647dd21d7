"""The same models as a SQLMesh project: python benchmarks/sqlmesh_project.py TARGET FOLDER

TARGET is the folder of dbt's manifest, with compiled models. Names, views and tables stay what they are; tests and contracts
are left out.
"""

import csv
import sys
from pathlib import Path

from plain import models

CONFIG = """
gateways:
  local:
    connection: {type: duckdb, database: warehouse.duckdb, concurrent_tasks: 2}
default_gateway: local
model_defaults: {dialect: duckdb}
disable_anonymized_analytics: true
"""


def main(target: Path, folder: Path) -> None:
    (folder / "models").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    for node in models(target):
        name = f"{node['schema']}.{node['name']}"
        if node["resource_type"] == "seed":
            path = Path(node["root_path"]) / node["original_file_path"]
            with open(path, encoding="utf-8", newline="") as file:
                columns = ", ".join(f"{column} text" for column in next(csv.reader(file)))
            text = f"MODEL (name {name}, kind SEED (path '{path}'), columns ({columns}));\n"
        else:
            kind = "VIEW" if node["config"]["materialized"] == "view" else "FULL"
            # SQLMesh puts its own catalog before the names.
            sql = node["compiled_code"].replace(f'"{node["database"]}".', "")
            text = f"MODEL (name {name}, kind {kind});\n\n{sql}\n"
        (folder / "models" / f"{node['name']}.sql").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

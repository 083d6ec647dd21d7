"""The SQL that dbt has compiled, as one plain script: python benchmarks/plain.py TARGET DATABASE

TARGET is the folder of dbt's manifest. DATABASE is a new file with the name of the one that dbt compiled for, since the
compiled SQL names it. Seeds are read by DuckDB's own CSV reader; nothing is tested, documented or checked against contracts.
"""

import json
import os
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb


def models(target: Path) -> list[dict]:
    """Models of a manifest and the seeds that they read, each after what it reads itself."""
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    parents = {
        name: [parent for parent in node["depends_on"]["nodes"] if parent in nodes]
        for name, node in nodes.items()
        if node["resource_type"] == "model"
    }
    return [nodes[name] for name in TopologicalSorter(parents).static_order()]


def main(target: Path, database: str) -> None:
    script = duckdb.connect(database, config={"threads": 2, "memory_limit": os.environ.get("DUCKDB_MEMORY_LIMIT", "4GB")})
    for node in models(target):
        script.execute(f"create schema if not exists {node['schema']}")
        if node["resource_type"] == "seed":
            path = Path(node["root_path"]) / node["original_file_path"]
            sql, kind = f"from read_csv('{path}', all_varchar = true, header = true)", "table"
        else:
            sql, kind = node["compiled_code"], "view" if node["config"]["materialized"] == "view" else "table"
        script.execute(f"create {kind} {node['relation_name']} as {sql}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

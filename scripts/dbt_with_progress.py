"""dbt, which says on stderr how far it is: of each layer the nodes, rows and seconds, as soon as it is finished.

Usage: python scripts/dbt_with_progress.py [arguments of dbt]
"""

import gc
import sys
import threading
import time
from collections import defaultdict

from dbt.cli.main import cli
from delivery_for_dbt import Plugin
from printing import keep_printing


class Progress:
    """Hears of everything that happens in dbt."""

    def __init__(self):
        # dbt keeps here what it works with, such as its manifest.
        self.context = {"callbacks": [self]}
        self.lock = threading.Lock()
        self.expected, self.finished, self.begun = {}, defaultdict(dict), {}

    def __call__(self, event) -> None:
        """An event of dbt; of two threads, perhaps."""
        if event.info.name not in ("NodeStart", "NodeFinished"):
            return
        node = event.data.node_info
        # Exposures are nodes on which nothing is done.
        if node.resource_type not in ("seed", "model", "test", "unit_test"):
            return
        layer = layer_of(node.resource_type, node.node_relation.schema, node.node_name)
        with self.lock:
            self.begun.setdefault(layer, time.perf_counter())
            if event.info.name == "NodeFinished":
                self.expected = self.expected or self.whole_layers()
                self.finished[layer][node.unique_id] = (node.node_relation.schema, node.node_relation.alias)
                if len(self.finished[layer]) == self.expected.get(layer):
                    self.show(layer)

    def whole_layers(self) -> dict[str, int]:
        """How many nodes each layer has, unless dbt was told to leave out some."""
        expected = defaultdict(int)
        manifest = self.context["manifest"]
        for node in [*manifest.nodes.values(), *manifest.unit_tests.values()]:
            expected[layer_of(node.resource_type, node.schema, node.name)] += 1
        return expected

    def show(self, layer: str) -> None:
        """A line on a layer, on what is in it by now."""
        nodes, seconds = self.finished.pop(layer), time.perf_counter() - self.begun[layer]
        rows = rows_of(set(nodes.values()))
        counted = f"{rows:,} rows" if rows else ""
        print(f"{layer:<26} {len(nodes):>4} {counted:>20} {seconds:>8.1f} s", file=sys.stderr, flush=True)


def layer_of(resource_type: str, schema: str, name: str) -> str:
    if resource_type != "model":
        return {"unit_test": "unit tests", "test": "tests"}.get(resource_type, f"{resource_type}s")
    if schema not in ("staging", "intermediate", "marts"):
        # What stands in for a table that the index lacks.
        return "seeds"
    return "samples, read and judged" if name.startswith("base_") else schema


def rows_of(relations: set[tuple[str, str]]) -> int:
    """The rows of those that are tables."""
    tables = Plugin.connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    counts = [f'select count(*) as row_count from "{schema}"."{name}"' for schema, name in relations.intersection(tables)]
    if not counts:
        return 0
    ((rows,),) = Plugin.connection.execute(f"select sum(row_count) from ({' union all '.join(counts)})").fetchall()
    return rows


def main() -> None:
    keep_printing()
    # Few of dbt's objects become garbage, many stay; to look for the ones among the others takes a tenth of its time.
    gc.disable()
    progress = Progress()
    try:
        # It ends with an exit.
        cli(obj=progress.context)
    finally:
        for layer in list(progress.finished):
            progress.show(layer)


if __name__ == "__main__":
    main()

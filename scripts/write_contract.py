"""Write docs/datapackage.json, the data contract of the raw tables as a Frictionless Data Package, and the dbt sources of them.

Usage: python scripts/write_contract.py

Nothing is declared here: columns, types, lists and keys are read from the base models, descriptions from the seeds' YAML.
The contract describes cells that need no cleaning; the build accepts more (2023年5月1日, say), and also checks what no
schema of a table can: that a region is known, or that a date is not later than the edition.
"""

import json
import re
from pathlib import Path

import jinja2
import yaml

PROJECT = Path(__file__).resolve().parent.parent
CONTRACT = PROJECT / "docs" / "datapackage.json"
COLUMNS = PROJECT / "models" / "columns.md"
SOURCES = PROJECT / "models" / "staging" / "samples" / "delivered.yml"
# Where lineage begins if the rows are no seeds. Enabled or not, a table is described where its seed is.
SOURCE = {
    "name": "delivered",
    "description": (
        "The raw tables as they were delivered: files in SAMPLES_PATH, or tables of a database, as the variable sample_source says."
    ),
    "schema": "{{ var('sample_schema') }}",
    "config": {
        "enabled": "{{ var('sample_source') in ['external', 'schema'] }}",
        "loaded_at_query": "{{ newest_delivery() }}",
        "freshness": {"warn_after": {"count": "{{ var('stale_after_days') }}", "period": "day"}},
    },
}


def contract() -> dict:
    """The Data Package that the models amount to."""
    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    calls, returned = [], []
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    blocks = dict(re.findall(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", COLUMNS.read_text(encoding="utf-8"), re.S))
    environment.globals |= {"var": variables.get, "return": returned.append, "doc": blocks.get}

    def macro(path: str, name: str):
        """A macro that returns a value, as a function."""
        module = environment.from_string((PROJECT / "macros" / path).read_text(encoding="utf-8")).module

        def value():
            getattr(module, name)()
            return returned.pop()

        return value

    environment.globals |= {
        "checked_rows": lambda table, key, columns, **others: calls.append((table, key, columns)),
        "sample_date": macro("checking/checked_rows.sql", "sample_date"),
        "core_layers": macro("index/sample_measures.sql", "core_layers"),
    }
    types = written(macro("checking/parse.sql", "patterns")(), macro("checking/parse.sql", "boolean_words")())
    for path in sorted(PROJECT.glob("models/staging/samples/base/base_*.sql")):
        environment.from_string(path.read_text(encoding="utf-8")).render()
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "ai-competitiveness-index-samples",
        "title": "Raw sample tables of the Regional Competitiveness Index of China's New-Generation AI Technology Industry",
        "resources": [resource(environment, types, *call) for call in calls],
    }


def written(patterns: dict[str, str], booleans: dict[str, list[str]]) -> dict[str, dict]:
    """What parse in macros/checking/parse.sql takes for a value of each type, in the words of a Table Schema."""

    def number_from_zero(kind: str) -> dict:
        (digits,) = re.findall(r"^\[0-9\]\{1,(\d+)\}", patterns[kind])
        return {"minimum": 0, "maximum": 10 ** int(digits) - 1}

    return {
        "text": {"type": "string"},
        "code": {"type": "string"},
        "region": {"type": "string"},
        "reference": {"type": "string"},
        "country": {"type": "string", "constraints": {"pattern": patterns["country"]}},
        "boolean": {"type": "boolean"} | {f"{value}Values": words for value, words in booleans.items()},
        "count": {"type": "integer", "constraints": number_from_zero("count")},
        "amount": {"type": "number", "constraints": number_from_zero("amount")},
        "number": {"type": "number"},
        "year": {"type": "year"},
        "date": {"type": "date"},
    }


def resource(
    environment: jinja2.Environment, types: dict[str, dict], table: str, key: list[str], columns: dict[str, dict]
) -> dict:
    """A table of the package, from its call of checked_rows."""
    text = (PROJECT / "seeds" / "samples" / f"{table}.yml").read_text(encoding="utf-8")
    (seed,) = yaml.safe_load(text)["seeds"]
    descriptions = {
        column["name"]: " ".join(environment.from_string(column["description"]).render().split()) for column in seed["columns"]
    }
    columns = {"edition": {"type": "year", "is_required": True}, **columns}
    schema = {
        "missingValues": [""],
        "fields": [
            field(name, column, types[column["type"]]) | {"description": descriptions[name]} for name, column in columns.items()
        ],
        # A region is typed to its code.
        "primaryKey": ["edition", *(name.replace("region_code", "region") for name in key)],
    }
    if references := [(name, column) for name, column in columns.items() if column["type"] == "reference"]:
        schema["foreignKeys"] = [
            {
                "fields": ["edition", name],
                "reference": {"resource": column["model"].replace("stg_", "raw_"), "fields": ["edition", name]},
            }
            for name, column in references
        ]
    return {"name": table, "type": "table", "path": f"{table}.csv", "encoding": "utf-8", "schema": schema}


def field(name: str, column: dict, written: dict) -> dict:
    """A column as a field of a Table Schema."""
    constraints = dict(written.get("constraints", {}))
    if column.get("is_required"):
        constraints["required"] = True
        if written["type"] == "string":
            # Blanks alone are nothing.
            constraints.setdefault("pattern", r"[\s\S]*\S[\s\S]*")
    if "one_of" in column:
        constraints["enum"] = column["one_of"]
    for bound in ("minimum", "maximum"):
        # A number, or a date within SQL; a bound that depends on the edition is left to the build.
        if found := re.fullmatch(r"(\d+)|cast\('(\d{4}-\d\d-\d\d)' as date\)", str(column.get(bound, ""))):
            constraints[bound] = int(found[1]) if found[1] else found[2]
    return {"name": name, **written} | ({"constraints": constraints} if constraints else {})


def as_text() -> str:
    return json.dumps(contract(), ensure_ascii=False, indent=2) + "\n"


def sources_as_text() -> str:
    """The raw tables as dbt sources, with the descriptions of their seeds but for what is said of the shipped rows."""
    tables = []
    for path in sorted(PROJECT.glob("seeds/samples/raw_*.yml")):
        (seed,) = yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]
        described = "\n\n".join(seed["description"].split("\n\n")[:2])
        tables.append({"name": seed["name"], "description": f"{described.rstrip()}\n", "columns": seed["columns"]})
    written = {"version": 2, "sources": [SOURCE | {"tables": tables}]}
    yaml.SafeDumper.add_representer(
        str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None)
    )
    text = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=120)
    return f"# Written by scripts/write_contract.py.\n{text}"


if __name__ == "__main__":
    CONTRACT.write_text(as_text(), encoding="utf-8")
    SOURCES.write_text(sources_as_text(), encoding="utf-8")

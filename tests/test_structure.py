"""Structure rules of dbt-bouncer.yml and the documentation, on a built project."""

import json
import re
import sys
from functools import cache
from pathlib import Path

import duckdb
import msgpack
import yaml
from conftest import ROOT, environment
from parity import COMMENTS

# Columns that hold nothing of a row, and why.
STEPS, TABLE, COUNT = "counts the steps to the root", "names the table in which the row stands", "counts rows"
SOURCELESS = {
    "audit_coherence.region_count": COUNT,
    "audit_indicator_evidence.table_name": TABLE,
    "audit_region_evidence.table_name": TABLE,
    "dim_nodes.node_level": STEPS,
    "dq_indicators.region_count": COUNT,
    "dq_rejected_rows.found_at": "is read from the file, of which the lineage knows nothing",
    "dq_rejected_rows.table_name": TABLE,
    "dq_sample_sizes.raw_row_count": COUNT,
    "dq_sample_sizes.table_name": TABLE,
    "fct_indicator_values.node_level": STEPS,
    "fct_node_scores.node_level": STEPS,
    "fct_pair_swaps.replication_count": COUNT,
    "fct_rank_distribution.replication_count": COUNT,
    "fct_sensitivity.run_count": COUNT,
    "rpt_findings.kind": "is what the sentence says",
    "rpt_findings.source": "is what the sentence says",
}


def test_docs_and_structure(own_project):
    """`dbt docs generate` opens on the overview, names every mart, and the structure rules hold."""
    tools = Path(sys.executable).parent
    done = ("-o", f"{tools.parent}/installed-build", "-o", ".venv-lineage/installed")
    documented = own_project.run("make", "docs", f"VENV={tools.parent}", f"LINEAGE={environment('lineage')}/colibri", *done)
    assert documented.returncode == 0, documented.stdout
    page = (own_project.folder / "target" / "static_index.html").read_text(encoding="utf-8")
    for text in (page, (own_project.folder / "target" / "lineage" / "index.html").read_text(encoding="utf-8")):
        assert str(own_project.folder) not in text
    for text in ("区域竞争力", "rank_provinces", "effective weight"):
        # As JSON spells it.
        assert json.dumps(text).strip('"') in page
    catalog = json.loads((own_project.folder / "target" / "catalog.json").read_text(encoding="utf-8"))
    assert not catalog["errors"]

    checked = own_project.run("dbt-bouncer", "run")
    assert checked.returncode == 0, checked.stdout


def test_every_column_comes_from_somewhere(own_project):
    """Each column of a mart reaches one of a seed, as the lineage page has it, but for SOURCELESS."""
    lineage = json.loads((own_project.folder / "target" / "lineage" / "colibri-manifest.json").read_text(encoding="utf-8"))
    sources = {}
    for edge in lineage["lineage"]["edges"]:
        source, target = (edge[end].split(".")[-1] for end in ("source", "target"))
        sources.setdefault((target, edge["targetColumn"]), set()).add((source, edge["sourceColumn"]))
    seeds = {key.split(".")[-1] for key in lineage["nodes"] if key.startswith("seed.")}

    @cache
    def reached(column: tuple[str, str]) -> bool:
        return column[0] in seeds or any(reached(source) for source in sources.get(column, ()))

    marts = {key.split(".")[-1]: node["columns"] for key, node in lineage["nodes"].items() if node.get("schema") == "marts"}
    columns = [f"{mart}.{column}" for mart, of_mart in marts.items() for column in of_mart]
    assert len(columns) > 280
    assert {column for column in columns if not reached(tuple(column.split(".")))} == SOURCELESS.keys()


def manifest_of(project) -> tuple[dict[str, dict], dict[str, list[str]]]:
    """The seeds and models of the build that was published, by name, and what each says that it reads."""
    manifest = json.loads((project.target / "manifest.json").read_text(encoding="utf-8"))
    nodes = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and node["package_name"] != "absent_tables"
    }
    parents = {
        node["name"]: [nodes[key]["name"] for key in node.get("depends_on", {}).get("nodes", []) if key in nodes]
        for node in nodes.values()
    }
    return {node["name"]: node for node in nodes.values()}, parents


def test_lineage_is_what_the_sql_reads(project):
    """Every edge of the manifest is a table in the compiled SQL, and none stands in a comment; sqlfluff sees to unused CTEs."""
    nodes, parents = manifest_of(project)
    with duckdb.connect() as connection:
        for name, node in nodes.items():
            if node["resource_type"] == "model":
                # Files are no tables, and DuckDB would look for them.
                code = re.sub(r"read_(csv|text)\(.*?\)\n", "(select 1)\n", node["compiled_code"], flags=re.DOTALL)
                read = {table.split(" AS ")[0].split(".")[-1] for table in connection.get_table_names(code, qualified=True)}
                assert read == set(parents[name]), name


def test_dbt_can_read_what_it_has_parsed(project):
    """If not, it parses everything anew, and does not say so: a number as a key in a YAML file is enough. So is another value of an
    environment variable that was asked for while it parsed, as KEEP_EDITIONS has with each build."""
    parsed = msgpack.unpackb((project.target / "partial_parse.msgpack").read_bytes())
    assert "SAMPLES_PATH" in parsed["env_vars"] and "KEEP_EDITIONS" not in parsed["env_vars"]
    assert "KEEP_EDITIONS" not in (ROOT / "dbt_project.yml").read_text(encoding="utf-8")


def test_published_file_describes_itself(project):
    """Tables and columns have in the database what the project says of them, and labels tell all nodes apart."""
    nodes, _ = manifest_of(project)
    marts = {name: node for name, node in nodes.items() if node["schema"] == "marts"}
    said = {
        (name, column["name"]): column["description"] for name, node in marts.items() for column in node["columns"].values()
    }
    said |= {(name, ""): node["description"] for name, node in marts.items()}
    assert {(table, column): comment for table, column, comment in project.query(COMMENTS)} == said
    assert all(said.values()) and len(said) > 200
    assert project.query(
        "select count(*), count(distinct label_zh), count(distinct label_en), count(unit_zh), count(unit_en) from marts.dim_nodes"
    ) == [(35,) * 5]


def test_every_path_carries_data(project):
    """One way from the investments to the ranks, and nothing above the regions but their own table."""
    _, parents = manifest_of(project)

    def paths(upper: str, lower: str) -> int:
        return 1 if upper == lower else sum(paths(upper, parent) for parent in parents[lower])

    def ancestors(name: str) -> set[str]:
        return {name}.union(*(ancestors(parent) for parent in parents[name]))

    assert paths("raw_investment_relations", "int_node_scores") == 1
    assert ancestors("dim_regions") == {"dim_regions", "stg_regions", "ref_regions"}


def test_version_is_the_same_everywhere():
    """dbt_project.yml has it; the citation and the latest release of the changelog say the same."""
    version = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    released = re.findall(r"^## \[(\d\S*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert citation["version"] == version == released[0]


def test_macros_are_tidy():
    """sqlfluff lints what is compiled of them, and skips the files."""
    files = [*ROOT.glob("macros/*/*.sql"), *ROOT.glob("tests/generic/*.sql")]
    assert len(files) > 20
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert line == line.rstrip() and "\t" not in line, f"{path}:{number} has a tab, or a blank at its end"
            # Twice 94 characters are what they are.
            assert len(line) <= 160 or "set full_width" in line or "set ascii" in line, f"{path}:{number} is too long"


def test_variables_of_the_user_break_no_unit_test():
    """A unit test of what reads a variable says which value it is for."""
    variables = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    found = set()
    for path in (ROOT / "models").rglob("*.yml"):
        for test in yaml.safe_load(path.read_text(encoding="utf-8")).get("unit_tests", []):
            (model,) = (ROOT / "models").rglob(f"{test['model']}.sql")
            sql = model.read_text(encoding="utf-8").replace("sample_date()", "var('earliest_date')")
            read = variables.keys() & set(re.findall(r"var\('(\w+)'\)", sql))
            assert read <= test.get("overrides", {}).get("vars", {}).keys(), (test["name"], read)
            found |= read
    assert found >= {"deepest_level", "most_winsorised", "earliest_founded_year", "earliest_date"}

"""Structure rules of dbt-bouncer.yml and the documentation, on a built project."""

import json
import re

import duckdb
import yaml
from conftest import ROOT


def test_docs_and_structure(own_project):
    """`dbt docs generate` opens on the overview, names every mart, and the structure rules hold."""
    environment = {"WAREHOUSE_PATH": "warehouse/ai_competitiveness.duckdb"}
    documented = own_project.run("dbt", "--warn-error", "docs", "generate", "--static", **environment)
    assert documented.returncode == 0, documented.stdout
    page = (own_project.folder / "target" / "static_index.html").read_text(encoding="utf-8")
    for text in ("区域竞争力", "rank_provinces", "effective weight"):
        # As JSON spells it.
        assert json.dumps(text).strip('"') in page
    catalog = json.loads((own_project.folder / "target" / "catalog.json").read_text(encoding="utf-8"))
    assert not catalog["errors"]

    checked = own_project.run("dbt-bouncer", "run")
    assert checked.returncode == 0, checked.stdout


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
                read = {
                    table.split(" AS ")[0].split(".")[-1]
                    for table in connection.get_table_names(node["compiled_code"], qualified=True)
                }
                assert read == set(parents[name]), name


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

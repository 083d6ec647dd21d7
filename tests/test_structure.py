"""Structure rules of dbt-bouncer.yml and the documentation, on a built project."""

import json
import re

import yaml
from conftest import ROOT


def test_docs_and_structure(project):
    """`dbt docs generate` opens on the overview, names every mart, and the structure rules hold."""
    environment = {"WAREHOUSE_PATH": "warehouse/ai_competitiveness.duckdb"}
    documented = project.run("dbt", "--warn-error", "docs", "generate", "--static", **environment)
    assert documented.returncode == 0, documented.stdout
    page = (project.folder / "target" / "static_index.html").read_text(encoding="utf-8")
    for text in ("区域竞争力", "rank_provinces", "effective weight"):
        # As JSON spells it.
        assert json.dumps(text).strip('"') in page
    catalog = json.loads((project.folder / "target" / "catalog.json").read_text(encoding="utf-8"))
    assert not catalog["errors"]

    checked = project.run("dbt-bouncer", "run")
    assert checked.returncode == 0, checked.stdout


def test_version_is_the_same_everywhere():
    """dbt_project.yml has it; the citation and the latest release of the changelog say the same."""
    version = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    released = re.findall(r"^## \[(\d\S*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert citation["version"] == version == released[0]

"""The checklists of CONTRIBUTING.md: each is walked, touches the files that it names and no other, and ends in a build."""

import csv
import importlib.util
import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from conftest import ROOT
from small_index import COLUMNS, clean_samples, write_csv, write_small_index

# What tools write.
GENERATED = {"target", "warehouse", "logs", "__pycache__"}


def files_named(title: str, name: str = "") -> set[str]:
    """The files in backticks in a section of CONTRIBUTING.md, <name> filled in; some have a *."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.split("^## ", text.split(f"## {title}\n")[1], flags=re.M)[0]
    return {path.replace("<name>", name) for path in re.findall(r"`([^\s`]+\.(?:csv|json|py|sql|yml))`", section)}


def contents(folder: Path) -> dict[str, bytes]:
    """What stands in the project's own files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not GENERATED & set(path.relative_to(folder).parts)
    }


def insert(path: Path, before: str, text: str) -> None:
    """Insert a text before another, which stands in the file once."""
    found = path.read_text(encoding="utf-8")
    assert found.count(before) == 1, (path, before)
    path.write_text(found.replace(before, text + before), encoding="utf-8")


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def add_rows(path: Path, rows: list[dict]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    write_csv(path, [*read_rows(path), *rows], columns)


# The table of the walk: talents, of whom a region and the education are known.

TALENT = {"talent_id": "t-1", "talent_name": "", "region": "广州", "education": "博士"}
TALENTS = [
    TALENT,
    TALENT | {"talent_id": "t-2", "region": "Shenzhen", "education": "博士"},
    TALENT | {"talent_id": "t-3", "region": "440300", "education": "本科"},
    TALENT | {"talent_id": "t-4", "region": "石家庄", "education": "硕士"},
]
TALENT_COLUMNS = ["edition", *TALENT]
OF_THE_ROW = {"talent_id": "Talent, unique within the edition.", "talent_name": "Name.", "education": "博士, 硕士 or 本科."}
OF_A_REJECTED_ROW = (
    "rejected_key",
    "rejected_column",
    "rejection_reason",
    "rejected_value",
    "rejected_region",
    "rejected_row",
    "rejected_at",
)


def documented(kind: str, name: str, columns: dict[str, str], tests: str = "") -> str:
    """The YAML file of a seed or model."""
    lines = [f'      - name: {column}\n        description: "{text}"\n' for column, text in columns.items()]
    return (
        f"version: 2\n\n{kind}:\n  - name: {name}\n    description: One row per person who works on AI, as delivered.\n{tests}"
        f"    columns:\n{''.join(lines)}"
    )


def doc(name: str) -> str:
    return f"{{{{ doc('{name}') }}}}"


def add_sample_table(folder: Path, project) -> None:
    samples, staging = folder / "seeds" / "samples", folder / "models" / "staging" / "samples"
    write_csv(samples / "raw_talents.csv", [TALENT | {"edition": "2025"}], TALENT_COLUMNS)
    columns = OF_THE_ROW | {"edition": doc("edition_delivered"), "region": doc("region")}
    (samples / "raw_talents.yml").write_text(
        documented("seeds", "raw_talents", {column: columns[column] for column in TALENT_COLUMNS}), encoding="utf-8"
    )
    insert(folder / "dbt_project.yml", "\n      '.split()", "\n      education talent_id talent_name")

    (staging / "base" / "base_talents.sql").write_text(
        """{{ checked_rows('raw_talents', key=['talent_id'], columns={
    'talent_id': {'type': 'text', 'is_required': true},
    'talent_name': {'type': 'text'},
    'region': {'type': 'region', 'is_required': true},
    'education': {'type': 'text', 'one_of': ['博士', '硕士', '本科']},
}) }}
""",
        encoding="utf-8",
    )
    columns = {"edition": doc("edition_of_row"), **OF_THE_ROW, "region_code": doc("region_code_or_empty")}
    (staging / "base" / "base_talents.yml").write_text(
        documented(
            "models",
            "base_talents",
            columns | {column: doc(column) for column in OF_A_REJECTED_ROW},
            f'    data_tests:\n      - rejected_share:\n          description: "{doc("rejected_share")}"\n',
        ),
        encoding="utf-8",
    )
    (staging / "stg_talents.sql").write_text(
        """select
    edition,
    talent_id as row_key,
    talent_id,
    talent_name,
    region_code,
    education
from {{ ref('base_talents') }}
where rejection_reason is null
""",
        encoding="utf-8",
    )
    columns = {"edition": doc("edition"), "row_key": "talent_id.", **OF_THE_ROW, "region_code": doc("region_code_located")}
    (staging / "stg_talents.yml").write_text(
        documented(
            "models",
            "stg_talents",
            columns,
            "    data_tests:\n      - unique_grain:\n          arguments: {columns: [edition, talent_id]}\n",
        ),
        encoding="utf-8",
    )

    index = folder / "macros" / "index"
    insert(index / "sample_tables.sql", "        'indicator_values',", "        'talents',\n")
    insert(
        index / "sample_measures.sql",
        "    {'table': 'policies'",
        "    {'table': 'talents', 'region': 'region_code', 'name': 'talent_id', 'measures': {\n        'talent_count': '1',\n    }},\n",
    )
    unit_test = folder / "models" / "intermediate" / "int_locality_measures.yml"
    insert(
        unit_test,
        "      - input: ref('stg_indicator_values')",
        """      - input: ref('stg_talents')
        rows: [{edition: 2024, region_code: "440000", education: 博士}]
""",
    )
    insert(unit_test, "        2024,110000,life_expectancy,82.5", "        2024,440000,talent_count,1\n")
    origin = {"table_name": "raw_talents", "name_zh": "人才", "name_en": "Talents", "origin": "observed", "note": "counted"}
    add_rows(folder / "seeds/reference/ref_samples.csv", [origin | {"edition": edition} for edition in ("2024", "2025")])
    absent = folder / "packages" / "absent_tables" / "models" / "raw_talents.sql"
    absent.write_text(f"{{{{ absent_table('{' '.join(TALENT_COLUMNS)}') }}}}\n")

    rows = folder / "reconstruction" / "rows.py"
    insert(rows, '    "raw_indicator_values": ["edition"', f'    "raw_talents": {json.dumps(TALENT_COLUMNS)},\n')
    insert(rows, '            "raw_indicator_values": [],', '            "raw_talents": [],\n')
    independent = folder / "tests" / "independent_index.py"
    insert(independent, '    "alliance_count",\n    "park_count"', '    "talent_count",\n')
    insert(
        independent,
        '    "raw_indicator_values": (',
        """    "raw_talents": (
        ("talent_id",),
        {
            "talent_id": (any_text, True),
            "talent_name": (any_text, False),
            "region": REGION,
            "education": (one_of("博士", "硕士", "本科"), False),
        },
    ),
""",
    )
    insert(
        independent,
        '    for row in accepted["raw_indicator_values"]',
        """    for row in accepted["raw_talents"].values():
        add(row, row["region"], "talent_count")
""",
    )
    insert(folder / "tests" / "small_index.py", '        "partner_country": [', '        "education": ["博士", ""],\n')
    written = project.run("python", "scripts/write_contract.py")
    assert written.returncode == 0, written.stdout


def add_edition(folder: Path, project) -> None:
    seeds = folder / "seeds"
    for name in ("ref_editions", "ref_nodes", "ref_methods", "ref_samples", "ref_uncertainty"):
        path = seeds / "reference" / f"{name}.csv"
        rows = [row | {"edition": "2026"} for row in read_rows(path) if row["edition"] == "2025"]
        add_rows(path, [row | {"published_on": "2026-06-20"} for row in rows] if name == "ref_editions" else rows)
    for table, rows in (clean_samples(5) | {"raw_talents": TALENTS}).items():
        add_rows(seeds / "samples" / f"{table}.csv", [row | {"edition": "2026"} for row in rows])
    figure = {"edition": "2026", "figure_id": "talents", "source": "table 1", "locator": "人才 / 2026", "derived": "false"}
    size = {"figure_type": "sample_size", "sample_table": "raw_talents", "printed_value": "4"}
    add_rows(seeds / "published" / "pub_figures.csv", [figure | size])


def add_indicator(folder: Path, project) -> None:
    """What share of the talents are doctors: a measure that does not exist yet, over one that does."""
    nodes = folder / "seeds" / "reference" / "ref_nodes.csv"
    rows = read_rows(nodes)
    of_2026 = {row["node_code"]: row for row in rows if row["edition"] == "2026"}
    of_2026["institute_count"]["printed_weight"] = "0.0436"
    place = int(of_2026["institute_patents_average"]["sort_order"]) + 1
    for row in of_2026.values():
        if int(row["sort_order"]) >= place:
            row["sort_order"] = str(int(row["sort_order"]) + 1)
    indicator = of_2026["institute_patents_average"] | {
        "node_code": "doctor_share",
        "name_zh": "博士占比",
        "name_en": "Doctors among the talents",
        "unit": "doctors per talent",
        "printed_weight": "0.02",
        "numerator": "doctor_count",
        "denominator": "talent_count",
        "sort_order": str(place),
    }
    write_csv(nodes, [*rows, indicator], list(indicator))
    insert(
        folder / "macros" / "index" / "sample_measures.sql",
        "        'talent_count'",
        "        'doctor_count': \"case when education = '博士' then 1 end\",\n",
    )
    insert(
        folder / "models" / "intermediate" / "int_locality_measures.yml",
        "        2024,440000,talent_count,1",
        "        2024,440000,doctor_count,1\n",
    )
    method = {"edition": "2026", "cohort_code": "*", "node_code": "doctor_share", "transform": "identity"}
    method |= {"normaliser": "min_max", "lower_goalpost": "0", "upper_goalpost": "1", "aggregator": "arithmetic"}
    method |= {"is_clamped": "true", "rank_decimals": "8", "missing_rule": "zero"}
    add_rows(folder / "seeds/reference/ref_methods.csv", [method])
    independent = folder / "tests" / "independent_index.py"
    insert(independent, '    "talent_count",\n', '    "doctor_count",\n')
    insert(
        independent,
        '        add(row, row["region"], "talent_count")\n',
        '        add(row, row["region"], "doctor_count", int(row["education"] == "博士"))\n',
    )


WALKS = {
    "Add a sample table": (add_sample_table, "talents"),
    "Add an edition": (add_edition, ""),
    "Add an indicator": (add_indicator, ""),
}


@pytest.fixture(scope="module")
def walked(copy_project):
    """A copy in which one checklist after the other was walked, and which files each touched.

    Its seeds are those of the small index, whose figures nobody has printed.
    """
    project = copy_project()
    seeds = project.folder / "seeds"
    write_small_index(project, "small")
    for table, rows in clean_samples().items():
        write_csv(seeds / "samples" / f"{table}.csv", rows, COLUMNS[table])
    for path in (project.folder / "small").glob("*/*.csv"):
        path.replace(seeds / path.relative_to(project.folder / "small"))

    touched = {}
    for title, (walk, _) in WALKS.items():
        before = contents(project.folder)
        walk(project.folder, project)
        after = contents(project.folder)
        touched[title] = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return project, touched


@pytest.fixture(scope="module")
def built(walked):
    """The copy, built with all tests, unit tests included."""
    project, _ = walked
    built = project.build()
    assert built.returncode == 0, built.stdout
    return project, built.stdout


@pytest.mark.parametrize("title", WALKS)
def test_checklist_names_what_is_touched(walked, title):
    _, touched = walked
    named = files_named(title, WALKS[title][1])
    assert not {path for path in touched[title] if not any(fnmatch(path, pattern) for pattern in named)}, "not named"
    assert not {pattern for pattern in named if not any(fnmatch(path, pattern) for path in touched[title])}, "not touched"


def test_new_table_is_read(built):
    project, output = built
    assert re.search(r"^raw_talents +5 +0\b", output, re.M), output
    assert project.query("select * exclude (raw_row_count) from marts.dq_sample_sizes where table_name = 'raw_talents'") == [
        (2024, "raw_talents", 0, 0, None, None),
        (2025, "raw_talents", 1, 0, None, None),
        (2026, "raw_talents", 4, 0, 4, 0),
    ]


def test_new_edition_has_every_rank(built):
    project, _ = built
    ranks = "select overall_rank from marts.rank_regions where edition = 2026 and cohort_code = 'province' order by all"
    (first, *others) = project.query(ranks)
    assert first == (1,) and len(others) == 3
    editions = "select edition, verdict from marts.dim_editions left join marts.audit_published_figures using (edition)"
    assert sorted(project.query(editions)) == [(2024, None), (2025, None), (2026, "reproduced")]


def test_new_indicator_has_its_values(built):
    """One of Shenzhen's two is a doctor, with Guangzhou's two of Guangdong's three; Hebei's one is none, Jilin has nobody."""
    project, _ = built
    values = (
        "select region_code, numerator, denominator, raw_value, normalised_value, points from marts.fct_indicator_values"
        " where edition = 2026 and indicator_code = 'doctor_share' and region_code in ('440000', '440300', '130000', '220000')"
        " order by region_code"
    )
    found = {region: numbers for region, *numbers in project.query(values)}
    # Its siblings' printed weights sum to their parent's, 0.1067.
    weight = 0.02 / (0.0436 + 0.0138 + 0.0293 + 0.02)
    parent = "select effective_weight from marts.dim_nodes where edition = 2026 and node_code = 'institute_innovation'"
    ((parent_weight,),) = project.query(parent)
    points = 100 * weight * parent_weight
    assert found["440300"] == [1, 2, 0.5, 0.5, pytest.approx(points / 2)]
    assert found["440000"] == pytest.approx([2, 3, 2 / 3, 2 / 3, points * 2 / 3])
    assert found["130000"] == [0, 1, 0, 0, 0]
    assert found["220000"] == [0, 0, None, None, None]
    assert project.query("select distinct edition from marts.fct_indicator_values where indicator_code = 'doctor_share'") == [
        (2026,)
    ]
    evidence = (
        "select * exclude (edition) from marts.audit_indicator_evidence where indicator_code = 'doctor_share' order by all"
    )
    assert [row[1:] for row in project.query(evidence) if row[3] == "440300"] == [
        ("raw_talents", "t-2", "440300", 1, None, "t-2"),
        ("raw_talents", "t-2", "440300", None, 1, "t-2"),
        ("raw_talents", "t-3", "440300", None, 1, "t-3"),
    ]


def test_what_does_not_read_the_models_agrees(built):
    """The computation without the SQL, the contract, and the columns of the reconstruction."""
    project, _ = built
    path = project.folder / "tests" / "independent_index.py"
    spec = importlib.util.spec_from_file_location("walked_index", path)
    independent = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(independent)
    scores = independent.compute(project.folder / "seeds").node_scores
    query = "select edition, cohort_code, region_code, node_code, points from marts.fct_node_scores"
    found = {tuple(key): points for *key, points in project.query(query)}
    assert found == pytest.approx({key: score.points for key, score in scores.items()})

    tested = project.run("python", "-m", "pytest", "--quiet", "tests/test_contract.py", "-k", "not allows")
    assert tested.returncode == 0, tested.stdout
    columns = project.run("python", "-c", "import json, reconstruction.rows as r; print(json.dumps(r.COLUMNS))")
    headers = {path.stem: header(path) for path in (project.folder / "seeds" / "samples").glob("*.csv")}
    assert json.loads(columns.stdout) == headers


def header(path: Path) -> list[str]:
    return path.open(encoding="utf-8").readline().strip().split(",")


def test_tables_that_an_index_may_lack(walked):
    """What stands in for a seed has its columns: as shipped, and with the new table."""
    project, _ = walked
    for root in (ROOT, project.folder):
        absent = {path.stem: path.read_text(encoding="utf-8") for path in (root / "packages").glob("*/models/*.sql")}
        seeds = {path.stem: path for path in (root / "seeds").glob("*/*.csv") if path.stem in absent or "samples" in path.parts}
        assert absent == {name: f"{{{{ absent_table('{' '.join(header(path))}') }}}}\n" for name, path in seeds.items()}

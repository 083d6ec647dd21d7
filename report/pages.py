"""Render the published release as pages that open from disk, and publish them with it.

Usage: python report/pages.py

Everything that the pages show is read from the Parquet files of the release. Scripts and pictures come from npm
(report/package-lock.json) and are bundled into classic scripts, since browsers load no modules from disk.
"""

import fcntl
import html
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import jinja2
from marts_checksum import marts_checksum

SOURCES = Path(__file__).resolve().parent
sys.path.append(str(SOURCES.parent / "scripts"))
import release  # noqa: E402

# In a release, and beside the links to its marts.
PAGES = "report"
PACKAGES = release.PROJECT / "target" / "report"
LANGUAGES = ("zh", "en")
VIEWS = ("index", "rankings", "map", "profile", "compare", "what-if", "robustness", "method")
# Ready-made names of one cell per node and region; of the marts that a release may lack, whatever is there.
NODE_MARTS = {
    "fct_node_scores": ("node_code", ("score", "points", "node_rank", "observed_weight_share", "imputed_weight_share")),
    "fct_indicator_values": (
        "indicator_code",
        ("numerator", "denominator", "raw_value", "transformed_value", "normalised_value", "imputed_by"),
    ),
    "fct_rank_intervals": ("node_code", ("rank_5", "median_rank", "rank_95", "share_in_first_10")),
    "fct_contributions": ("node_code", ("standing",)),
    "fct_edition_changes": (
        "node_code",
        (
            "previous_edition",
            "previous_points",
            "points_change",
            "data_points",
            "goalpost_points",
            "weight_points",
            "method_points",
            "tree_points",
            "previous_rank",
            "rank_change",
            "warning",
        ),
    ),
}
# Marts with a few rows per cohort, as they are.
FINDING = (
    "finding_code",
    "region_code",
    "kind",
    "source",
    "sentence_zh",
    "sentence_en",
    "verdict",
    "firm_share",
    "firmness",
    "query_sql",
    "locator",
)
SHOWN_SWAPS = 3
COHORT_MARTS = ("fct_pair_swaps", "fct_sensitivity", "audit_coherence", "rpt_scenario_shifts")


class Marts:
    """The tables of a release."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.connection = duckdb.connect(config={"threads": 1})

    def has(self, mart: str) -> bool:
        return (self.folder / f"{mart}.parquet").exists()

    def rows(self, mart: str, where: str = "true", order: str = "", **parameters) -> list[dict]:
        """Rows of a mart, in its order; none if the release has no such mart."""
        if not self.has(mart):
            return []
        found = self.connection.execute(
            f"from read_parquet($path) where {where} {order and 'order by ' + order}",
            {"path": str(self.folder / f"{mart}.parquet"), **parameters},
        )
        names = [column[0] for column in found.description]
        return [dict(zip(names, map(plain, row))) for row in found.fetchall()]


def plain(value):
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def render(marts_folder: Path, described: dict, scripts: Path, folder: Path) -> None:
    """Write the pages of a release, whose Parquet files are in marts_folder, to folder."""
    marts = Marts(marts_folder)
    shutil.copytree(scripts, folder)
    shutil.copyfile(SOURCES / "style.css", folder / "style.css")
    texts = {code: json.loads((SOURCES / "text" / f"{code}.json").read_text(encoding="utf-8")) for code in LANGUAGES}
    index = index_data(marts, described)
    write_data(folder / "data" / "index.js", "window.REPORT", index)
    maps = usable_maps()
    for edition in index["editions"]:
        write_data(
            folder / "data" / f"{edition['edition']}.js", part(edition["edition"]), edition_data(marts, edition["edition"])
        )
        for cohort in edition["cohorts"]:
            name = f"{edition['edition']}/{cohort}"
            data = cohort_data(marts, edition["edition"], cohort)
            data["map"] = write_map(maps, data["regions"], folder)
            write_data(folder / "data" / f"{name}.js", part(name), data)
    languages = index["languages"]
    page = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SOURCES / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    ).get_template("page.html")
    for code in languages:
        write_data(folder / code / "text.js", "window.TEXT", texts[code])
        for view in VIEWS:
            (folder / code / f"{view}.html").write_text(
                page.render(
                    text=texts[code], language=code, languages=languages, view=view, views=VIEWS, index=index, other_texts=texts
                ),
                encoding="utf-8",
            )
    start = languages[0]
    (folder / "index.html").write_text(
        '<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url='
        f'{start}/index.html"><title>{html.escape(index["editions"][-1]["name_" + start] or "")}</title></head><body>'
        + " ".join(f'<a lang="{code}" href="{code}/index.html">{texts[code]["language"]}</a>' for code in languages)
        + "</body></html>\n",
        encoding="utf-8",
    )


def part(name: str) -> str:
    return f"REPORT.parts[{json.dumps(name)}]"


def write_data(path: Path, target: str, data) -> None:
    """A script that assigns data: pages opened from disk cannot fetch anything else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    path.write_text(f"{target}={written};\n", encoding="utf-8")


def index_data(marts: Marts, described: dict) -> dict:
    """What every page needs: editions, cohorts and their regions, and which release this is."""
    ranked = marts.rows("rank_regions", order="edition, cohort_code, overall_rank nulls last, region_code")
    members = defaultdict(lambda: defaultdict(list))
    for row in ranked:
        members[row["edition"]][row["cohort_code"]].append(row["region_code"])
    cohorts = marts.rows("dim_cohorts")
    used = {row["region_code"] for row in ranked} | {row["parent_region_code"] for row in ranked}
    regions = {
        row["region_code"]: {
            "zh": row["name_zh"],
            "en": row["name_en"],
            "short": row["short_name_zh"],
            "parent": row["parent_region_code"],
            "iso": row.get("iso_code"),
        }
        for row in marts.rows("dim_regions")
        if row["region_code"] in used
    }
    origins = defaultdict(set)
    for row in marts.rows("dim_samples"):
        origins[row["edition"]].add(row["origin"])
    editions = [
        {
            **row,
            "origins": sorted(origins[row["edition"]]),
            "cohorts": {
                cohort["cohort_code"]: members[row["edition"]][cohort["cohort_code"]]
                for cohort in cohorts
                if members[row["edition"]][cohort["cohort_code"]]
            },
        }
        for row in marts.rows("dim_editions")
        if members[row["edition"]]
    ]
    named = [*marts.rows("dim_nodes"), *cohorts, *editions]
    return {
        "release": described,
        "editions": editions,
        "cohorts": {row["cohort_code"]: {"zh": row["name_zh"], "en": row["name_en"]} for row in cohorts},
        "regions": regions,
        "languages": languages_of([(row["name_zh"], row["name_en"]) for row in named]),
        "parts": {},
        "maps": {},
    }


def languages_of(names: list[tuple[str, str]]) -> list[str]:
    """Those that the index has names in. Where it has none, the marts have those of the other language: then one is enough."""
    if any(zh != en for zh, en in names):
        return list(LANGUAGES)
    return ["zh" if any("\u4e00" <= letter <= "\u9fff" for zh, _ in names for letter in zh) else "en"]


def edition_data(marts: Marts, edition: int) -> dict:
    """What concerns an edition as a whole: its tree, its methods, its samples and what they were compared with."""

    def rows(mart, where="edition = $edition", order=""):
        return marts.rows(mart, where, order, edition=edition)

    rejected = defaultdict(int)
    for row in rows("dq_rejected_rows", "edition = $edition or edition is null"):
        rejected[row["table_name"], row["column_name"], row["reason"], row["remedy"]] += 1
    figures = rows("audit_published_figures")
    verdicts = defaultdict(int)
    for row in figures:
        verdicts[row["figure_type"], row["verdict"]] += 1
    return {
        "nodes": rows("dim_nodes", order="sort_order, node_code"),
        "methods": rows("dim_methods"),
        "samples": rows("dim_samples"),
        "sizes": rows("dq_sample_sizes", "edition = $edition or edition is null and raw_row_count > 0"),
        "rejected": [
            {"table_name": key[0], "column_name": key[1], "reason": key[2], "remedy": key[3], "rows": count}
            for key, count in sorted(rejected.items(), key=lambda item: (item[0][0], -item[1], str(item[0])))
        ],
        "verdicts": [{"figure_type": key[0], "verdict": key[1], "figures": count} for key, count in sorted(verdicts.items())],
        "contradicted": [row for row in figures if row["verdict"] != "reproduced"],
        "refuted": rows("audit_refuted_methods", order="refuted_score_count + refuted_rank_count desc, method_name_en"),
        "scenarios": marts.rows("dim_scenarios"),
    }


def cohort_data(marts: Marts, edition: int, cohort: str) -> dict:
    """What concerns the regions of a cohort: columns in the order of its ranks, one per node."""

    def rows(mart, where="", order=""):
        return marts.rows(mart, "edition = $edition and cohort_code = $cohort " + where, order, edition=edition, cohort=cohort)

    ranked = rows("rank_regions", order="overall_rank nulls last, region_code")
    places = {row["region_code"]: place for place, row in enumerate(ranked)}
    data = {"regions": list(places), "tiers": [row["tier"] for row in ranked]}
    for mart, (node, columns) in NODE_MARTS.items():
        data[mart] = wide(rows(mart), node, columns, places)
    for mart in COHORT_MARTS:
        data[mart] = rows(mart)
    data["findings"] = [
        {name: row.get(name) for name in FINDING} for row in rows("rpt_findings", order="sort_order, finding_code")
    ]
    data["fct_rank_swaps"] = rows("fct_rank_swaps", f"and change_order <= {SHOWN_SWAPS}")
    root = "and node_code in (select node_code from read_parquet($nodes) where parent_node_code is null)"
    data["scenarios"] = wide(
        marts.rows(
            "fct_scenario_ranks",
            f"edition = $edition and cohort_code = $cohort {root}",
            edition=edition,
            cohort=cohort,
            nodes=str(marts.folder / "dim_nodes.parquet"),
        ),
        "scenario_code",
        ("score", "node_rank", "rank_shift"),
        places,
    )
    data["goalposts"] = {
        row["indicator_code"]: [row["lower_goalpost"], row["upper_goalpost"]] for row in rows("fct_indicator_values")
    }
    data["published"] = {}
    for kind in ("score", "rank"):
        figures = rows(
            "audit_published_figures", f"and figure_type = '{kind}' and counted is null and verdict <> 'contradicted'"
        )
        data["published"][kind] = {
            node: columns["printed_value"] for node, columns in wide(figures, "node_code", ("printed_value",), places).items()
        }
    return data


def wide(rows: list[dict], node: str, columns: tuple[str, ...], places: dict[str, int]) -> dict[str, dict[str, list]]:
    """For each node and column a list with a value for each region; columns without any value are left out."""
    table: dict = defaultdict(dict)
    for row in rows:
        if row["region_code"] not in places:
            continue
        for column in columns:
            if row.get(column) is not None:
                values = table[row[node]].setdefault(column, [None] * len(places))
                values[places[row["region_code"]]] = row[column]
    return {code: table[code] for code in sorted(table)}


def usable_maps() -> list[dict]:
    """The maps that are here: GeoJSON files in the folder REPORT_MAPS, else those of the library."""
    if folder := os.environ.get("REPORT_MAPS"):
        maps = [
            {"path": path, "name": path.stem, "source_zh": path.name, "source_en": path.name, "codes": {}}
            for path in sorted(Path(folder).glob("*.*json"))
        ]
    else:
        maps = [
            {**described, "path": PACKAGES / described["file"]}
            for described in json.loads((SOURCES / "maps.json").read_text(encoding="utf-8"))
        ]
    for described in maps:
        if described["path"].exists():
            described["geojson"] = json.loads(described["path"].read_text(encoding="utf-8-sig"))
    return [described for described in maps if "geojson" in described]


def write_map(maps: list[dict], regions: list[str], folder: Path) -> dict | None:
    """Write the map that shows most of these regions, its places named by their codes; None if no map shows any."""

    def codes(described):
        return {described["codes"].get(code, code) for code in map(code_of, described["geojson"]["features"])}

    best = max(maps, key=lambda described: len(codes(described) & set(regions)), default=None)
    if not best or not codes(best) & set(regions):
        return None
    path = folder / "data" / "maps" / f"{best['path'].stem}.js"
    geojson = dict(best["geojson"])
    geojson["features"] = [
        {
            **feature,
            "properties": {
                **feature["properties"],
                "label": feature["properties"].get("name", ""),
                "name": best["codes"].get(code, code),
            },
        }
        for feature in geojson["features"]
        for code in [code_of(feature)]
    ]
    write_data(path, f"REPORT.maps[{json.dumps(path.stem)}]", geojson)
    return {
        "file": path.stem,
        "name": best["name"],
        "zh": best["source_zh"],
        "en": best["source_en"],
        "missing": [code for code in regions if code not in codes(best)],
    }


def code_of(feature: dict) -> str:
    """The code of a place on a map, wherever the map keeps it."""
    properties = feature.get("properties") or {}
    found = (properties.get(key) for key in ("region_code", "code", "adcode", "iso_3166_2", "iso_a3", "id"))
    return str(next((code for code in [*found, feature.get("id")] if code is not None), ""))


def bundle(folder: Path) -> None:
    """Bundle the scripts into folder; raise RuntimeError if the tools cannot be had."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm:
        raise RuntimeError("The pages need Node and npm, which are not here: make report installs them from PyPI.")
    # Below target/, since whatever is below report/ is an input of the release.
    PACKAGES.mkdir(parents=True, exist_ok=True)
    lock = (SOURCES / "package-lock.json").read_bytes()
    if not (installed := PACKAGES / "installed").exists() or installed.read_bytes() != lock:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copyfile(SOURCES / name, PACKAGES / name)
        run(
            [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
            "The packages of report/package-lock.json cannot be installed from npm",
            PATH=path,
        )
        installed.write_bytes(lock)
    options = ("--bundle", "--minify", "--format=iife", "--target=es2020", "--legal-comments=eof", "--log-level=error")
    run(
        [node, "node_modules/esbuild/bin/esbuild", SOURCES / "src" / "main.js", *options, f"--outfile={folder / 'app.js'}"],
        "The scripts of the pages cannot be bundled",
        PATH=path,
        NODE_PATH=str(PACKAGES / "node_modules"),
    )


def run(command: list, problem: str, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=PACKAGES,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{problem}:\n{done.stdout.strip()}")


def render_release(folder: Path, versions: dict[str, str], scripts: Path) -> None:
    """Write the pages of the release in folder into it."""
    files = sorted((folder / release.MARTS).glob("*.parquet"))
    marts = {path.stem: {"rows": parquet_rows(path), "sha256": release.sha256(path)} for path in files}
    described = {
        "checksum": marts_checksum(folder / release.MARTS),
        "version": next(iter(versions.values())),
        "versions": versions,
        "marts": marts,
    }
    render(folder / release.MARTS, described, scripts, folder / PAGES)


def parquet_rows(path: Path) -> int:
    return duckdb.execute("select num_rows from parquet_file_metadata(?)", [str(path)]).fetchone()[0]


def render_like_before(warehouse: Path, folder: Path) -> None:
    """A release whose predecessor has pages has pages: readers keep them, and never see them beside marts of another release."""
    if not (release.CURRENT / PAGES).exists():
        return
    with tempfile.TemporaryDirectory() as scripts:
        try:
            bundle(Path(scripts))
        except (RuntimeError, OSError) as error:
            print(f"{error}\nThis release has no pages; make report adds them.")
            return
        render_release(folder, release.versions(), Path(scripts))


def main() -> int:
    """Publish the current release again, with pages."""
    if problem := release.unfit():
        print(f"{problem} Nothing was written.")
        return 2
    with tempfile.TemporaryDirectory() as scripts, open(release.WAREHOUSE / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            bundle(Path(scripts))
            versions = release.manifest()["versions"]
            release.publish_again(PAGES, lambda folder: render_release(folder, versions, Path(scripts)))
        except BlockingIOError:
            print("A build is running in this folder. Wait for it. Nothing was written.")
            return 2
        except (RuntimeError, OSError, duckdb.Error) as error:
            print(f"{error}\nNothing was written.")
            return 1
    print(f"Open {(release.WAREHOUSE / PAGES / 'index.html').relative_to(release.PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

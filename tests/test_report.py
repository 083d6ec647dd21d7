"""The pages in a real browser: nothing but their own files, and no number that the marts do not have."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import independent_index
import pytest
from conftest import ROOT, install, leave_out

sys.path.append(str(ROOT / "report"))
import pages

# The releases have to be built, of which pytest learns only when it runs.
pytestmark = pytest.mark.slow

OPTIONS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
HOSTILE = "<img src=x onerror=alert(1)>\u202e'\"&amp;</script>"
WIDTHS = (1280, 375)
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, installed if that is allowed."""
    if not shutil.which("chromium"):
        install("chromium", "the pages in a browser")
    if not (program := shutil.which("chromium")):
        leave_out("the pages in a browser, for want of a Chromium.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *OPTIONS])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def scripts(tmp_path_factory) -> Path:
    """The bundled scripts."""
    folder = tmp_path_factory.mktemp("scripts")
    try:
        pages.bundle(folder)
    except RuntimeError as error:
        leave_out(f"the pages: {error}")
    return folder


def rendered(project, scripts, folder, change=None) -> Path:
    """The pages of a built project, whose marts may be changed before."""
    shutil.copytree(project.warehouse / "current" / "marts", folder / "marts")
    if change:
        change(folder / "marts")
    pages.render_release(folder, {"index": "1.2.3"}, scripts)
    return folder / "report"


@pytest.fixture(scope="module")
def site(project, scripts, tmp_path_factory) -> Path:
    """The pages of the shipped index."""
    return rendered(project, scripts, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def hdi_site(hdi, scripts, tmp_path_factory) -> Path:
    """The pages of an index with other cohorts, another depth and no map."""
    return rendered(hdi, scripts, tmp_path_factory.mktemp("hdi"))


class Reader:
    """A reader with a browser window, and what went wrong in it."""

    def __init__(self, browser, site: Path, width: int = 1280, **options):
        self.site = site
        self.context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **options)
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.problems.append(said.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.asked(request.url))
        self.page.on("dialog", lambda dialog: (self.problems.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def asked(self, url: str) -> None:
        if not url.startswith((f"file://{self.site}/", "data:", "blob:")):
            self.problems.append(f"request for {url}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def open(self, view: str, language: str = "en", **state: str):
        """Open a view anew and wait until it is drawn."""
        self.page.goto("about:blank")
        address = "&".join(f"{key}={value}" for key, value in state.items())
        self.page.goto(f"file://{self.site}/{language}/{view}.html#{address}")
        self.page.locator("body[data-drawn]").wait_for()
        return self.page

    def download(self, click) -> list[dict[str, str]]:
        """The rows of the file that a click gives."""
        with self.page.expect_download() as waiting:
            click()
        return list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8-sig"))))


def seen(page) -> str:
    """The text of a view, checked for what scripts write when they fail."""
    text = page.locator("body").inner_text()
    assert not re.search(r"\b(undefined|NaN|Infinity|null|\[object)\b", text), text
    return text


def cohorts_of(project) -> dict[str, int]:
    return dict(project.query("select cohort_code, count(*) from marts.rank_regions group by all order by all"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_view_opens(browser, site, project, language, width):
    ((label,),) = project.query(f"select rows_label_{language} from marts.dim_editions")
    checksum = json.loads((project.published.resolve().parent / "manifest.json").read_text())["checksum"]
    with Reader(browser, site, width) as reader:
        for cohort in cohorts_of(project):
            for view in pages.VIEWS:
                page = reader.open(view, language, cohort=cohort)
                text = seen(page)
                assert page.locator("main h1").inner_text() and len(text) > 300, (view, cohort)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (view, cohort, "overflows")
                assert checksum[:12] in text and "1.2.3" in text and label in text
                page.locator("#badge").focus()
                assert page.locator("#badge .meaning").inner_text() in page.locator("footer").inner_text() != ""
        assert not reader.problems


EACH_PROFILE = """async (addresses) => {
    const body = document.body, slow = [], wrong = [];
    for (const address of addresses) {
        const drawn = new Promise((resolve) => {
            const watch = new MutationObserver(() => { watch.disconnect(); resolve(); });
            watch.observe(body, { attributes: true, attributeFilter: ["data-drawn"] });
        });
        const started = performance.now();
        location.hash = address;
        await drawn;
        body.getBoundingClientRect();
        slow.push(performance.now() - started);
        const text = document.getElementById("view").innerText;
        if (/\\b(undefined|NaN|Infinity)\\b/.test(text) || text.length < 500) wrong.push([address, text.slice(0, 200)]);
    }
    return { times: slow.sort((one, two) => one - two), wrong };
}"""


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_profile_opens(browser, site, project, language):
    regions = project.query("select cohort_code, region_code from marts.rank_regions order by all")
    with Reader(browser, site) as reader:
        page = reader.open("profile", language)
        found = page.evaluate(EACH_PROFILE, [f"cohort={cohort}&region={region}" for cohort, region in regions[::-1]])
        assert not found["wrong"] and not reader.problems
        assert len(found["times"]) == len(regions)
        # On a machine with nothing else to do, all are below 100 ms.
        assert found["times"][len(regions) // 2] < 100, found["times"]


def test_search_finds_by_name_initials_and_code(browser, site, project):
    code, name_zh, name_en = project.query(
        "select region_code, name_zh, name_en from marts.rank_regions where cohort_code = 'city' and name_en = 'Chongqing'"
    )[0]
    with Reader(browser, site) as reader:
        for typed in (name_zh, name_en.lower(), "cq", code):
            page = reader.open("index")
            page.locator("#search").press_sequentially(typed)
            texts = page.locator("#found li").all_inner_texts()
            assert any(name_en in text and code in text for text in texts), (typed, texts)
        page.keyboard.press("Enter")
        page.wait_for_url("**/profile.html**")
        assert f"region={code}" in page.url


def number(text: str) -> float | None:
    return float(text) if text else None


def close(ours: float | None, theirs: float | None) -> bool:
    return ours == theirs if None in (ours, theirs) else abs(ours - theirs) <= TOLERANCE * max(1, abs(theirs))


def test_downloads_are_the_marts(browser, site, project):
    with Reader(browser, site) as reader:
        page = reader.open("rankings", cohort="city")
        rows = reader.download(page.get_by_role("button", name="Download CSV").click)
        marts = {
            region: values
            for region, *values in project.query(
                "select region_code, overall_rank, overall_score, tier from marts.rank_regions where cohort_code = 'city'"
            )
        }
        assert {row["region_code"]: [number(row["rank"]), number(row["points"]), number(row["tier"])] for row in rows} == marts
        ((edition, label),) = project.query("select edition, rows_label_en from marts.dim_editions")
        assert {(row["edition"], row["rows_are"]) for row in rows} == {(str(edition), label)} and rows[0]["release"]

        # What is filtered is downloaded, in the order shown.
        page.locator("#tier").select_option("1")
        page.get_by_role("button", name="Score", exact=True).click()
        page.get_by_role("button", name="Score", exact=True).click()
        filtered = reader.download(page.get_by_role("button", name="Download CSV").click)
        scores = [float(row["points"]) for row in filtered]
        assert scores == sorted(scores) and {row["tier"] for row in filtered} == {"1"}

        page = reader.open("profile", cohort="province", region="540000")
        rows = reader.download(page.locator("#all-nodes ~ .tools button").click)
        marts = {
            node: values
            for node, *values in project.query(
                "select scores.node_code, score, scores.points, node_rank, raw_value, scores.edition from marts.fct_node_scores as scores"
                " left join marts.fct_indicator_values as vals on scores.node_code = vals.indicator_code"
                " and scores.cohort_code = vals.cohort_code and scores.region_code = vals.region_code"
                " where scores.cohort_code = 'province' and scores.region_code = '540000'"
            )
        }
        columns = ("score", "points", "node_rank", "raw_value", "edition")
        assert {row["node_code"]: [number(row[column]) for column in columns] for row in rows} == marts
        assert not reader.problems


def independent(seeds: Path, folder: Path, weights: list[dict[str, str]]):
    """The index computed from its rows by other code than SQL or the page, with the weights of a file."""
    shutil.copytree(seeds, folder)
    path = folder / "reference" / "ref_nodes.csv"
    with open(path, encoding="utf-8", newline="") as file:
        nodes = list(csv.DictReader(file))
    given = {row["node_code"]: row["weight"] for row in weights}
    assert given.keys() == {node["node_code"] for node in nodes if node["parent_node_code"]}
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, nodes[0].keys())
        writer.writeheader()
        writer.writerows({**node, "printed_weight": given.get(node["node_code"], node["printed_weight"])} for node in nodes)
    return independent_index.compute(folder)


def move(page, place: int, value: float) -> None:
    """Move the slider in this place of the tree, which may be folded away."""
    page.evaluate("document.querySelectorAll('.tree details').forEach((details) => { details.open = true; })")
    page.locator(".tree input[type=range]:not(:disabled)").nth(place).fill(str(value))


SETS = {
    "first level": lambda page: move(page, 0, 5),
    "all equal": lambda page: page.locator("#equal").click(),
    "nothing of one": lambda page: move(page, 0, 0),
    "every level": lambda page: [
        move(page, place, value) for place, value in ((1, 80), (2, 12.5), (5, 0.5), (7, 61), (0, 33.33))
    ],
}


@pytest.mark.parametrize(
    "index, cohort, weights",
    [
        *(("seeds", "city", weights) for weights in ("first level", "all equal", "every level")),
        *(("tests/hdi", "country", weights) for weights in ("first level", "nothing of one")),
    ],
)
def test_what_if_is_what_sql_would_give(request, browser, tmp_path, index, cohort, weights):
    project = request.getfixturevalue("project" if index == "seeds" else "hdi")
    site = request.getfixturevalue("site" if index == "seeds" else "hdi_site")
    with Reader(browser, site) as reader:
        page = reader.open("what-if", cohort=cohort)
        before = reader.download(page.locator("#save-ranking").click)
        marts = {
            (region, node): (score, rank)
            for region, node, score, rank in project.query(
                f"select region_code, node_code, score, node_rank from marts.fct_node_scores where cohort_code = '{cohort}'"
            )
        }
        assert marts.keys() == {(row["region_code"], row["node_code"]) for row in before}
        for row in before:
            score, rank = marts[row["region_code"], row["node_code"]]
            assert close(number(row["score"]), score) and number(row["node_rank"]) == rank, row

        SETS[weights](page)
        file = reader.download(page.locator("#save-weights").click)
        after = reader.download(page.locator("#save-ranking").click)
        expected = independent(project.folder / index, tmp_path / "seeds", file).node_scores
        differing = 0
        for row in after:
            theirs = expected[int(row["edition"]), cohort, row["region_code"], row["node_code"]]
            assert close(number(row["score"]), theirs.score) and number(row["node_rank"]) == theirs.rank, (row, theirs)
            differing += not close(number(row["score"]), marts[row["region_code"], row["node_code"]][0])
        assert differing > 0.9 * len({row["region_code"] for row in after})

        # The address has it all: whoever opens it sees the same.
        address = page.url
        shown = page.locator(".ranking tbody").inner_text()
        page.goto("about:blank")
        page.goto(address)
        page.locator("body[data-drawn]").wait_for()
        assert page.locator(".ranking tbody").inner_text() == shown
        page.locator("#reset").click()
        assert reader.download(page.locator("#save-ranking").click) == before
        assert not reader.problems


RECOMPUTED = """() => new Promise((resolve) => {
    const slider = document.querySelector(".tree input[type=range]");
    const times = [];
    const step = (left) => {
        if (!left) return resolve(times.sort((one, two) => one - two));
        // The page draws in the next frame, between two callbacks of ours.
        let started;
        requestAnimationFrame(() => { started = performance.now(); });
        slider.value = 10 + left;
        slider.dispatchEvent(new Event("input"));
        requestAnimationFrame(() => { times.push(performance.now() - started); step(left - 1); });
    };
    step(30);
})"""


def test_what_if_recomputes_within_a_frame(browser, site):
    with Reader(browser, site) as reader:
        times = reader.open("what-if", cohort="city").evaluate(RECOMPUTED)
        # The quickest: what else the machine does is not the page's.
        assert times[0] < 16, times


@pytest.mark.parametrize("language", pages.LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violation_of_accessibility(browser, site, language, scheme):
    axe = (pages.PACKAGES / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    # The policy of the pages allows no foreign script, not even this one.
    with Reader(browser, site, bypass_csp=True, color_scheme=scheme) as reader:
        for view in pages.VIEWS:
            page = reader.open(view, language, **({"show": "ranks"} if view == "rankings" else {}))
            page.evaluate(axe)
            page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
            page.wait_for_timeout(100)
            found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
            assert not found, [(view, one["id"], one["nodes"][0]["html"], one["nodes"][0]["failureSummary"]) for one in found]


def test_keyboard_reaches_everything(browser, site):
    with Reader(browser, site) as reader:
        for view in pages.VIEWS:
            page = reader.open(view, cohort="circle")
            wanted = page.evaluate(
                """() => [...document.querySelectorAll("a, button, input, select, summary, [tabindex='0']")]
                    .filter((element) => element.checkVisibility() && !element.disabled).map((element, place) => {
                        element.dataset.place = place; return element.outerHTML.slice(0, 120); })"""
            )
            reached = set()
            for _ in range(len(wanted) + 2):
                page.keyboard.press("Tab")
                place, visible = page.evaluate(
                    """() => [document.activeElement.dataset.place,
                        getComputedStyle(document.activeElement).outlineStyle !== "none" || document.activeElement === document.body]"""
                )
                assert visible, (view, place and wanted[int(place)])
                reached.add(place)
            missing = [html for place, html in enumerate(wanted) if str(place) not in reached]
            assert not missing, (view, missing)
        # A choice, a slider and a link work by keyboard alone.
        page = reader.open("what-if", cohort="circle")
        page.locator(".tree input[type=range]").first.focus()
        page.keyboard.press("End")
        assert page.locator(".slider output").first.inner_text() == "100.0%"


def test_a_profile_prints_on_two_pages(browser, site, project):
    longest = project.query(
        "select cohort_code, region_code from marts.rank_regions order by length(name_en) desc, overall_rank limit 1"
    )
    with Reader(browser, site) as reader:
        for language in pages.LANGUAGES:
            for cohort, region in [*longest, ("province", "540000"), ("province", "440000")]:
                page = reader.open("profile", language, cohort=cohort, region=region)
                sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
                assert 1 <= len(sheets) <= 2, (language, region, len(sheets))


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_another_index_has_its_pages(browser, hdi_site, hdi, language):
    with Reader(browser, hdi_site) as reader:
        for view in pages.VIEWS:
            page = reader.open(view, language)
            text = seen(page)
            if view == "map":
                assert json.loads((ROOT / "report" / "text" / f"{language}.json").read_text(encoding="utf-8"))["no_map"] in text
        regions = hdi.query("select cohort_code, region_code from marts.rank_regions")
        page = reader.open("profile", language)
        found = page.evaluate(EACH_PROFILE, [f"region={region}" for _, region in regions[::-1]])
        assert not found["wrong"] and not reader.problems


def test_names_are_text(browser, hdi, scripts, tmp_path):
    def rename(marts: Path) -> None:
        for mart in ("rank_regions", "dim_regions", "dim_nodes", "dim_cohorts", "dim_editions"):
            name = "label" if mart == "dim_nodes" else "name"
            changed = ", ".join(f"{name}_{language} || $hostile as {name}_{language}" for language in pages.LANGUAGES)
            change_mart(marts, mart, f"select * replace ({changed})", hostile=HOSTILE)

    site = rendered(hdi, scripts, tmp_path, rename)
    with Reader(browser, site) as reader:
        for language in pages.LANGUAGES:
            for view in pages.VIEWS:
                page = reader.open(view, language)
                assert "<img src=x" in seen(page)
                assert page.locator("img").count() == 0
        page = reader.open("rankings")
        assert any(HOSTILE in row["region"] for row in reader.download(page.get_by_role("button", name="Download CSV").click))
        assert not reader.problems


def test_few_values_few_regions_no_figures(browser, hdi, scripts, tmp_path):
    """One region that has no score, in an edition that prints nothing: each view says what it lacks."""

    def lessen(marts: Path) -> None:
        change_mart(
            marts, "rank_regions", "select * replace (null as overall_rank, null as overall_score, null as tier)", "limit 1"
        )
        one = "where region_code in (select region_code from read_parquet($ranked))"
        ranked = str(marts / "rank_regions.parquet")
        change_mart(
            marts, "fct_node_scores", "select * replace (null as score, null as points, null as node_rank)", one, ranked=ranked
        )
        change_mart(
            marts, "fct_indicator_values", "select * replace (null as raw_value, null as normalised_value)", one, ranked=ranked
        )
        change_mart(marts, "audit_published_figures", "select *", "limit 0")

    site = rendered(hdi, scripts, tmp_path, lessen)
    with Reader(browser, site) as reader:
        for language in pages.LANGUAGES:
            for view in pages.VIEWS:
                seen(reader.open(view, language))
        assert not reader.problems


def test_no_name_no_language(browser, hdi, scripts, tmp_path):
    """Where the index has English names alone, which stand in for Chinese ones, there are English pages alone."""

    def forget(marts: Path) -> None:
        for mart in ("rank_regions", "dim_regions", "dim_nodes", "dim_cohorts", "dim_editions"):
            change_mart(marts, mart, "select * replace (name_en as name_zh)")

    site = rendered(hdi, scripts, tmp_path, forget)
    assert (site / "en").exists() and not (site / "zh").exists()
    with Reader(browser, site) as reader:
        for view in pages.VIEWS:
            seen(reader.open(view))
        assert not reader.problems


def test_several_editions(browser, changing, scripts, tmp_path):
    """The reader chooses the edition, keeps it from page to page, and sees what changed since the one before."""
    site = rendered(changing, scripts, tmp_path)
    first, *_, last = (str(edition) for (edition,) in changing.query("select edition from marts.dim_editions order by 1"))
    with Reader(browser, site) as reader:
        for view in pages.VIEWS:
            page = reader.open(view)
            assert f"edition {last} " in page.locator("footer").inner_text().lower()
            page.locator("#edition").select_option(first)
            page.locator("[data-edition]", has_text=first).wait_for()
            seen(page)
        page.locator("nav a").first.click()
        page.locator("body[data-drawn]").wait_for()
        assert f"edition={first}" in page.url

        page = reader.open("rankings")
        rows = reader.download(page.get_by_role("button", name="Download CSV").click)
        changes = dict(
            changing.query(
                "select region_code, rank_change from marts.fct_edition_changes"
                f" where edition = {last} and node_code = 'root' and region_code in (select region_code from marts.rank_regions"
                f" where edition = {last})"
            )
        )
        assert {row["region_code"]: number(row["rank_change"]) for row in rows} == changes
        assert (
            "rank_change"
            not in reader.download(reader.open("rankings", edition=first).get_by_role("button", name="Download CSV").click)[0]
        )

        (came,) = [code for code, change in changes.items() if change is None]
        assert "does not compare this region" in seen(reader.open("profile", region=came))
        page = reader.open("profile", region="r3")
        assert "Nodes came or went" in seen(page) and "The method is another one" in seen(page)
        causes = ("data", "goalpost", "weight", "method", "tree")
        (row,) = changing.query(
            f"select points_change, {', '.join(f'{cause}_points' for cause in causes)} from marts.fct_edition_changes"
            f" where edition = {last} and region_code = 'r3' and node_code = 'root'"
        )
        section = page.locator("section", has=page.locator("#changes"))
        (found, *_) = reader.download(section.get_by_role("button", name="Download CSV").click)
        assert [number(found[name]) for name in ("points_change", *(f"{cause}_points" for cause in causes))] == list(row)
        assert not reader.problems


def test_a_map_of_ones_own(browser, hdi, scripts, tmp_path, monkeypatch):
    """Places are matched by code; what the map lacks is named."""
    codes = [code for (code,) in hdi.query("select region_code from marts.rank_regions order by overall_rank, region_code")]
    squares = [
        {
            "type": "Feature",
            "properties": {"iso_a3": code, "name": HOSTILE},
            "geometry": {"type": "Polygon", "coordinates": [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]]},
        }
        for x, code in enumerate(codes[1:])
    ]
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "squares.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    monkeypatch.setenv("REPORT_MAPS", str(tmp_path / "maps"))
    site = rendered(hdi, scripts, tmp_path)
    (lacking,) = hdi.query(f"select name_en from marts.dim_regions where region_code = '{codes[0]}'")
    with Reader(browser, site) as reader:
        page = reader.open("map")
        figure = page.locator("figure")
        assert f"Not on the base map: {lacking[0]}" in figure.inner_text() and "squares.geojson" in figure.inner_text()
        canvas = page.locator(".canvas canvas")
        assert (
            canvas.evaluate(
                """(canvas) => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size"""
            )
            > 20
        )
        assert not reader.problems


def change_mart(marts: Path, mart: str, select: str, rest: str = "", **parameters: str) -> None:
    path = marts / f"{mart}.parquet"
    with duckdb.connect() as connection:
        used = {name: value for name, value in parameters.items() if f"${name}" in select + rest}
        connection.execute(f"create table changed as {select} from read_parquet($path) {rest}", {"path": str(path), **used})
        connection.execute(f"copy changed to '{path}' (format parquet)")


def test_same_release_same_bytes(project, scripts, site, tmp_path):
    again = rendered(project, scripts, tmp_path)
    files = {str(path.relative_to(site)): path for path in site.glob("**/*") if path.is_file()}
    assert files.keys() == {str(path.relative_to(again)) for path in again.glob("**/*") if path.is_file()}
    assert all((again / name).read_bytes() == path.read_bytes() for name, path in files.items())
    assert sum(path.stat().st_size for path in files.values()) < 6_000_000
    for name, path in files.items():
        assert str(ROOT) not in path.read_text(encoding="utf-8"), name


def test_pages_belong_to_their_release(browser, own_hdi, scripts):
    """Those of make report, and those of the next build, in which weights saved from the page are a scenario."""
    shutil.copytree(pages.PACKAGES, own_hdi.folder / "target" / "report", dirs_exist_ok=True)
    made = own_hdi.run("python", "report/pages.py")
    assert made.returncode == 0, made.stdout
    current = own_hdi.warehouse / "current"
    described = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
    assert "report/index.html" in described["rendered"]
    assert own_hdi.run("python", "scripts/build.py", "--verify").returncode == 0

    with Reader(browser, (own_hdi.warehouse / "report").resolve()) as reader:
        page = reader.open("what-if")
        move(page, 0, 61.8)
        move(page, 2, 0)
        (own_hdi.folder / "scenarios").mkdir()
        with page.expect_download() as waiting:
            page.locator("#save-weights").click()
        waiting.value.save_as(own_hdi.folder / "scenarios" / "mine.csv")
        shown = reader.download(page.locator("#save-ranking").click)
        assert not reader.problems
    built = own_hdi.build("--exclude-resource-type", "unit_test", SCENARIOS_PATH="scenarios")
    assert built.returncode == 0, built.stdout
    computed = {
        (region, node): (score, rank)
        for region, node, score, rank in own_hdi.query(
            "select region_code, node_code, score, node_rank from marts.fct_scenario_ranks where scenario_code = 'what_if'"
        )
    }
    assert len(shown) == len(computed) > 0
    for row in shown:
        score, rank = computed[row["region_code"], row["node_code"]]
        assert close(number(row["score"]), score) and number(row["node_rank"]) == rank, row

    # The new release has pages of its own, which its manifest lists.
    data = (current / "report" / "data" / f"{described['editions'][0]}.js").read_text(encoding="utf-8")
    assert '"what_if"' in data
    assert own_hdi.run("python", "scripts/build.py", "--verify", SCENARIOS_PATH="scenarios").returncode == 0
    (current / "report" / "en" / "index.html").write_text("changed", encoding="utf-8")
    verified = own_hdi.run("python", "scripts/build.py", "--verify", SCENARIOS_PATH="scenarios")
    assert verified.returncode == 1 and "report/en/index.html" in verified.stdout


def test_one_sentence_where_pages_cannot_be_made(copy_project, own_hdi, tmp_path):
    without = copy_project().run("python", "report/pages.py")
    assert without.returncode == 2 and "make build" in without.stdout and without.stdout.count("\n") == 1

    if shutil.which("node", path=str(Path(sys.executable).parent)):
        pytest.skip("Node is beside Python here")
    releases = sorted(path.name for path in (own_hdi.warehouse / "releases").iterdir())
    environment = {"PATH": str(tmp_path), "INDEX_SEEDS": own_hdi.seeds}
    command = [sys.executable, "report/pages.py"]
    no_node = subprocess.run(command, cwd=own_hdi.folder, env=environment, capture_output=True, text=True)
    assert no_node.returncode == 1 and "Node" in no_node.stdout and no_node.stderr == ""
    assert sorted(path.name for path in (own_hdi.warehouse / "releases").iterdir()) == releases


def test_packages_are_pinned_without_hosts():
    lock = json.loads((ROOT / "report" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in packages.values())
    wanted = json.loads((ROOT / "report" / "package.json").read_text(encoding="utf-8"))
    assert all(
        re.fullmatch(r"(npm:\w+@)?[0-9.]+", pin)
        for kind in ("dependencies", "devDependencies")
        for pin in wanted[kind].values()
    )


def test_texts_are_the_same_in_both_languages():
    texts = [json.loads((ROOT / "report" / "text" / f"{code}.json").read_text(encoding="utf-8")) for code in pages.LANGUAGES]
    assert texts[0].keys() == texts[1].keys()
    placeholders = [{key: set(re.findall(r"\{\w+\}", text)) for key, text in some.items()} for some in texts]
    assert placeholders[0] == placeholders[1]
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "report").glob("**/*") if path.suffix in (".js", ".html", ".py")
    )
    built = (
        "title_",
        "heading_",
        "firmness_",
        "cause_",
        "changes_",
        "factor_",
        "aggregator_",
        "missing_rule_",
        "transform_",
        "normaliser_",
        "origin_",
        "reason_",
    )
    unused = [key for key in texts[0] if not re.search(rf'["\'.]{re.escape(key)}\b', sources) and not key.startswith(built)]
    assert not unused

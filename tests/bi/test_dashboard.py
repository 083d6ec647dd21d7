"""The dashboard in a Superset set up from the YAML files: each chart over REST, and all of it in Chromium."""

import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request

import pytest
import yaml
from conftest import ROOT, free_port, install, leave_out

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
CHARTS = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (ROOT / "report/superset/assets/charts").glob("*.yaml")
}


class Rest:
    """Superset's interface, with a session of its own."""

    def __init__(self, address: str, password: str):
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        login = {"username": "admin", "password": password, "provider": "db", "refresh": False}
        self.token = self("api/v1/security/login", login)["access_token"]

    def __call__(self, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(f"{self.address}/{path}", json.dumps(body).encode() if body else None)
        request.add_header("Content-Type", "application/json")
        if hasattr(self, "token"):
            request.add_header("Authorization", f"Bearer {self.token}")
        with self.opener.open(request, timeout=120) as response:
            return json.load(response)


@pytest.fixture(scope="module")
def superset(project, tmp_path_factory):
    """As `make dashboard` starts it; address and password are what it prints."""
    port = str(free_port())
    folder = tmp_path_factory.mktemp("superset")
    log = folder / "log"
    program = [
        ROOT / ".venv-dashboard" / "bin" / "python",
        ROOT / "report" / "superset" / "dashboard.py",
        # Like make dashboard's, not absolute.
        "home",
        port,
    ]
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            program,
            cwd=folder,
            env={**os.environ, "DASHBOARD_WAREHOUSE": str(project.published.with_name("bi.duckdb"))},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 900
        while not (said := re.search(r"(http://127\.0\.0\.1:\d+)(\S+) \(admin, (\S+)\)", log.read_text(encoding="utf-8"))):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(1)
        while True:
            try:
                urllib.request.urlopen(f"{said[1]}/health", timeout=10)
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
                time.sleep(1)
        yield said[1], said[2], said[3]
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="module")
def rest(superset) -> Rest:
    return Rest(superset[0], superset[2])


def test_each_chart_has_its_rows(rest, project):
    """As many as the marts have, and the numbers of the first."""
    listed = {chart["slice_name"]: chart["id"] for chart in rest("api/v1/chart/")["result"]}
    assert set(listed) == {chart["slice_name"] for chart in CHARTS.values()}
    rows = {}
    for name, chart in CHARTS.items():
        query = json.loads(chart["query_context"])
        dataset = rest(f"api/v1/chart/{listed[chart['slice_name']]}")["result"]
        data = rest("api/v1/chart/data", {**query, "datasource": {"id": dataset_id(rest, chart), "type": "table"}})
        rows[name] = data["result"][0]["data"]
        assert rows[name] and not data["result"][0].get("error"), dataset
    scored = project.query("select count(*) from marts.rank_regions where overall_rank is not null")
    assert len(rows["ranking"]) == scored[0][0]
    assert {row["iso_code"]: row["score"] for row in rows["map"]}["CN-BJ"] > 90 and len(rows["map"]) == 31
    assert (
        sum(row["rows_used"] for row in rows["data_status"])
        == project.query("select sum(accepted_row_count) from marts.dq_sample_sizes")[0][0]
    )
    assert {row["label_zh"] for row in rows["contributions"]} == {row["label_zh"] for row in rows["heatmap"]}


def dataset_id(rest: Rest, chart: dict) -> int:
    files = (ROOT / "report/superset/assets/datasets").glob("**/*.yaml")
    (name,) = [
        dataset["table_name"]
        for dataset in (yaml.safe_load(path.read_text("utf-8")) for path in files)
        if dataset["uuid"] == chart["dataset_uuid"]
    ]
    (found,) = [dataset["id"] for dataset in rest("api/v1/dataset/")["result"] if dataset["table_name"] == name]
    return found


def test_columns_are_described(rest):
    dataset = rest("api/v1/dataset/?q=(page_size:100)")["result"][0]
    columns = rest(f"api/v1/dataset/{dataset['id']}")["result"]["columns"]
    assert columns and all(column["description"] for column in columns)


def test_it_is_drawn(superset, tmp_path):
    """Every chart shows a picture or a table in Chromium, none an error, and the map is not blank."""
    if not shutil.which("chromium"):
        install("chromium", "the dashboard in a browser")
    if not (program := shutil.which("chromium")):
        leave_out("the dashboard in a browser, for want of a Chromium.")
    from playwright.sync_api import sync_playwright

    address, path, password = superset
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        page = browser.new_page(viewport={"width": 1400, "height": 2200})
        page.goto(f"{address}/login/", timeout=120_000)
        page.fill("input[name=username], #username", "admin")
        page.fill("input[name=password], #password", password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url, timeout=120_000)
        page.goto(f"{address}{path}?standalone=1", timeout=120_000)
        for chart in CHARTS.values():
            page.get_by_text(chart["slice_name"], exact=True).first.wait_for(timeout=120_000)
        page.wait_for_function(
            "document.querySelectorAll('.loading, [data-test=\"loading-indicator\"]').length === 0", timeout=240_000
        )
        page.wait_for_timeout(3000)
        page.screenshot(path=os.environ.get("DASHBOARD_PICTURE", str(tmp_path / "dashboard.png")), full_page=True)
        assert page.locator("canvas").count() >= 2
        filled = page.evaluate(
            "[...document.querySelectorAll('path.region')].filter(p => p.style.fill && p.style.fill !== 'none').length"
        )
        assert filled >= 31, filled
        assert page.locator("[data-test='alert'], .ant-alert-error").count() == 0
        browser.close()

"""Places of yesterday, counties, and spellings of several places: each is located where it is today, or refused with a reason."""

from collections import defaultdict
from pathlib import Path

import pytest
from independent_index import read_places, read_table

REFERENCE = Path(__file__).resolve().parent.parent / "seeds" / "reference"

LOCATED = {
    # Codes and names since 1995.
    "142300": "141100",
    "152600": "150900",
    "452600": "451000",
    "513500": "500000",
    "452400": None,
    "530200": "530100",
    "654100": "654000",
    "绥化地区": "231200",
    "黑龙江省绥化地区": "231200",
    "哲里木盟": "150500",
    "襄樊": "420600",
    "思茅": "530800",
    "莱芜": "370100",
    "371200": "370100",
    "贺州地区": "451100",
    # Divided.
    "341400": None,
    "巢湖": None,
    "柳州地区": None,
    # Traditional characters.
    "廣東省": "440000",
    "廣東省廣州市": "440100",
    "煙臺": "370600",
    "煙台市": "370600",
    # Counties, of today and of yesterday.
    "昆山": "320500",
    "320583": "320500",
    "330782000000": "330700",
    "浦东新区": "310000",
    "110108": "110000",
    "广东省 深圳市 南山区": "440300",
    "广东深圳南山": "440300",
    "广东南山区": "440300",
    "巢湖市庐江县": "340100",
    "安徽省合肥市巢湖市": "340100",
    "吉林省四平市公主岭市": "220100",
    "萧山市": "330100",
    "襄樊市襄城区": "420600",
    # Names of several counties.
    "鼓楼区": None,
    "江苏鼓楼区": None,
    "徐州鼓楼区": "320300",
    "朝阳区": None,
    # Bare names of a region and a county.
    "朝阳": None,
    "Chaoyang": None,
    "Chaoyang City": "211300",
    "朝阳市": "211300",
    "北京朝阳": "110000",
    "北京市北京市朝阳区": "110000",
    "北京市市辖区朝阳区": "110000",
    "长春朝阳": "220100",
    "辽宁朝阳": "211300",
    "西安": "610100",
    "河北": "130000",
    "河北区": "120000",
    "海南": "460000",
    "海南区": "150300",
    "中山": "442000",
    "中山区": "210200",
    "吉林": None,
    "中原": None,
}
NOT_RANKED = ["香港", "Hong Kong", "澳門", "台湾省", "臺灣", "710000", "810000", "高雄", "香港湾仔区"]


@pytest.fixture(scope="module")
def places(project) -> dict[str, tuple]:
    """Spelling -> region_code, refusal, as the warehouse has them."""
    rows = project.query("select alias_key, region_code, refusal from staging.stg_region_aliases")
    places = {key: (code, refusal) for key, code, refusal in rows}
    assert len(places) == len(rows), "a spelling stands twice"
    return places


@pytest.fixture(scope="module")
def regions() -> dict[str, dict]:
    return {row["region_code"]: row for row in read_table(REFERENCE / "ref_regions.csv")}


def key(text: str) -> str:
    return text.replace(" ", "").lower()


@pytest.mark.parametrize("spelling", LOCATED)
def test_spelling_means_what_it_says(places, spelling):
    code, refusal = places[key(spelling)]
    assert (code, refusal) == (LOCATED[spelling], None if LOCATED[spelling] else "ambiguous_region")


@pytest.mark.parametrize("spelling", NOT_RANKED)
def test_place_without_rank(places, spelling):
    assert places[key(spelling)] == (None, "region_not_ranked")


def test_independent_reading(places):
    """Every spelling of the warehouse, and no other, from the tables by another program."""
    assert read_places(REFERENCE) == {spelling: code for spelling, (code, _) in places.items() if code}


def test_every_code_since_1995(places):
    """Revisions since 1995 have these prefectures' codes; none is unknown, and each of yesterday has its last year and source."""
    old = {row["alias"]: row for row in read_table(REFERENCE / "ref_region_aliases.csv") if row["valid_until"]}
    codes = {alias for alias in old if len(alias) == 6 and alias.isdigit()}
    assert len(codes) >= 70
    assert all(places[code][0] or places[code][1] == "ambiguous_region" for code in codes)
    assert all(row["source"] and row["note"] and 1994 <= int(row["valid_until"]) <= 2023 for row in old.values())
    # A county of yesterday names its prefecture: its code is known, too.
    counties = read_table(REFERENCE / "ref_counties.csv")
    prefectures = {row["county_code"][:4] + "00" for row in counties if row["county_code"][2] not in "9"}
    assert sorted(code for code in prefectures if code not in places) == []


def test_every_county_code(places, regions):
    """A code is located in its region; the exception are codes that two counties had in turn."""
    meanings = defaultdict(set)
    for row in read_table(REFERENCE / "ref_counties.csv"):
        meanings[row["county_code"]].add(row["region_code"])
        assert row["name_zh"].startswith(row["short_name_zh"])
        assert row["region_code"] in regions
    twice = [code for code, codes in meanings.items() if len(codes) > 1]
    assert twice == ["469031", "469033"]
    assert [c for c, codes in meanings.items() if c not in twice and places[c][0] not in codes] == []


def test_no_qualified_spelling_leaves_its_province(places, regions):
    """Whatever is built of province, city and county lies in that province, or is refused."""
    provinces = defaultdict(set)
    for row in regions.values():
        if row["region_level"] in ("province", "city"):
            province = row if row["region_level"] == "province" else regions[row["parent_region_code"]]
            provinces[province["region_code"]].add(row["region_code"])
    strays, located = [], 0
    for row in read_table(REFERENCE / "ref_counties.csv"):
        region = regions[row["region_code"]]
        province = region if region["region_level"] == "province" else regions[region["parent_region_code"]]
        for first in (province["name_zh"], province["short_name_zh"]):
            for second in ("",) if region is province else ("", region["name_zh"], region["short_name_zh"]):
                for third in filter(None, (row["name_zh"], row["short_name_zh"])):
                    code, refusal = places[key(first + second + third)]
                    located += bool(code)
                    if (code and code not in provinces[province["region_code"]]) or not (code or refusal):
                        strays.append((first + second + third, code))
                    if code and second and code != row["region_code"]:
                        strays.append((first + second + third, code))
    assert located > 30_000
    assert strays == []


def test_remedy_names_the_candidates(project):
    """The shipped sample has rows in 吉林 and Suzhou."""
    remedies = dict(
        project.query("select rejected_value, remedy from marts.dq_rejected_rows where reason = 'ambiguous_region'")
    )
    assert "220000 吉林省 or 220200 吉林市" in remedies["吉林"]
    assert "320500 苏州市 or 341300 宿州市" in remedies["Suzhou"]

"""The index a second time, in plain Python, straight from the CSV files.

Written from the report and the data contract, not from the SQL, so that a mistake in one of
the two shows as a difference. It favours being obvious over being fast: a few seconds for the
shipped sample. Scores are on the 0-100 scale, normalised values on the 0-1 scale, amounts in
10,000 CNY; a missing value is None.
"""

import csv
import datetime
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))

DOMESTIC_PARTNERS = {"CN", "HK", "MO", "TW"}
TRUE_WORDS, FALSE_WORDS = {"是", "true", "1", "1.0", "yes", "y", "t"}, {"否", "false", "0", "0.0", "no", "n", "f"}
EARLIEST_DATE = datetime.date(1980, 1, 1)
MIDNIGHT = r"([ T]0{1,2}:00(:00(\.0+)?)?(Z|\+00(:?00)?)?)?"
DATE_FORMS = [
    re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + MIDNIGHT),
    re.compile(r"([0-9]{4})(年)([0-9]{1,2})月([0-9]{1,2})日" + MIDNIGHT),
    re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})(\.0+)?"),
]
INVISIBLE = {0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060}
FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
FOLD |= {
    code: " " if chr(code).isspace() and not 0x1C <= code <= 0x1F else None
    for code in range(1, 0x3001)
    if unicodedata.category(chr(code)) in ("Cc", "Zs", "Zl", "Zp") or code in INVISIBLE
}
FOLD[0xFEFF] = None

BASE_MEASURES = {
    "enterprise_count",
    "enterprise_patent_count",
    "core_layer_enterprise_count",
    "technology_enabling_relation_count",
    "university_count",
    "university_paper_count",
    "university_patent_count",
    "institute_count",
    "institute_paper_count",
    "institute_patent_count",
    "financing_relation_count",
    "financing_amount",
    "investment_relation_count",
    "international_technology_input_count",
    "international_technology_enabling_count",
    "conference_count",
    "alliance_count",
    "park_count",
    "policy_count",
}


class IndicatorValue(NamedTuple):
    """One row per edition, cohort, region and leaf; points on the 0-100 scale of the root."""

    numerator: float | None
    denominator: float | None
    raw_value: float | None
    transformed_value: float | None
    normalised_value: float | None
    effective_weight: float
    points: float | None
    rank: int | None


class NodeScore(NamedTuple):
    """One row per edition, cohort, region and node, leaves and root included; score 0-100."""

    score: float | None
    points: float | None
    rank: int | None
    observed_weight_share: float


class Result(NamedTuple):
    """accepted_keys: table -> {(edition, key)}; the other two as their classes say."""

    accepted_keys: dict[str, set]
    indicator_values: dict[tuple, IndicatorValue]
    node_scores: dict[tuple, NodeScore]


class Unusable(Exception):
    """A value that the data contract does not allow; it rejects its row."""


# Cleaning: text -> typed value. A parser sees folded, non-blank text and the row's edition.


def fold(text: str) -> str:
    return text.translate(FOLD).strip(" ")


def region_key(text: str) -> str:
    return fold(text).removesuffix(".0").lower().replace(" ", "")


def any_text(text, edition):
    return text


def matching(pattern, convert):
    """A parser for text that fits the pattern as a whole."""
    compiled = re.compile(pattern)

    def parse(text, edition):
        if not compiled.fullmatch(text):
            raise Unusable(text)
        return convert(text)

    return parse


def one_of(*allowed, case=str):
    def parse(text, edition):
        if case(text) not in allowed:
            raise Unusable(text)
        return case(text)

    return parse


def year(text, edition):
    if not re.fullmatch(r"[0-9]{4}(\.0+)?", text) or not 1900 <= int(text[:4]) <= edition:
        raise Unusable(text)
    return int(text[:4])


def boolean(text, edition):
    if text.lower() not in TRUE_WORDS | FALSE_WORDS:
        raise Unusable(text)
    return text.lower() in TRUE_WORDS


def date(text, edition):
    match = next((m for m in (form.fullmatch(text) for form in DATE_FORMS) if m), None)
    if match is None:
        raise Unusable(text)
    try:
        day = datetime.date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError as error:
        raise Unusable(text) from error
    if not EARLIEST_DATE <= day <= datetime.date(edition, 12, 31):
        raise Unusable(text)
    return day


count = matching(r"[0-9]{1,15}(\.0+)?", lambda text: int(text.split(".")[0]))
amount = matching(r"[0-9]{1,12}(\.[0-9]{1,4}0*)?", Decimal)
number = matching(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?|[+-]?[1-9](\.[0-9]{1,17})?[eE]([+]?(0?[0-9]|1[0-7])|-0?1)", Decimal)
country = matching(r"[A-Za-z]{2}", str.upper)
layer = one_of("基础层", "技术层", "应用层")
direction = one_of("enabling", "input", case=str.lower)
level = one_of("国家级", "省级", "市级")
investor_type = one_of("投资机构", "非投资机构")
institute_type = one_of("科研院所", "实验室", "新型研发机构")
policy_type = one_of("规划", "实施意见", "行动计划")

# Table -> key columns, then column -> (parser, required) after `edition`, in contract order.
# The parsers "region", "raw_enterprises" and "raw_investors" are look-ups.
REGION = ("region", True)
CONTRACT = {
    "raw_enterprises": (
        ("enterprise_id",),
        {
            "enterprise_id": (any_text, True),
            "enterprise_name": (any_text, False),
            "region": REGION,
            "founded_year": (year, False),
            "technology_layer": (layer, True),
            "is_backbone": (boolean, True),
            "sales_revenue_cny_10k": (amount, False),
            "patent_count": (count, True),
        },
    ),
    "raw_investors": (
        ("investor_id",),
        {
            "investor_id": (any_text, True),
            "investor_name": (any_text, False),
            "investor_type": (investor_type, False),
            "region": REGION,
        },
    ),
    "raw_universities": (
        ("university_id",),
        {
            "university_id": (any_text, True),
            "university_name": (any_text, False),
            "region": REGION,
            "international_paper_count": (count, True),
            "patent_count": (count, True),
        },
    ),
    "raw_research_institutes": (
        ("institute_id",),
        {
            "institute_id": (any_text, True),
            "institute_name": (any_text, False),
            "institute_type": (institute_type, False),
            "region": REGION,
            "international_paper_count": (count, True),
            "patent_count": (count, True),
        },
    ),
    "raw_alliances": (
        ("alliance_id",),
        {
            "alliance_id": (any_text, True),
            "alliance_name": (any_text, False),
            "alliance_level": (level, False),
            "region": REGION,
            "founded_on": (date, False),
        },
    ),
    "raw_conferences": (
        ("conference_id",),
        {"conference_id": (any_text, True), "conference_name": (any_text, False), "region": REGION, "held_on": (date, False)},
    ),
    "raw_policies": (
        ("policy_id",),
        {
            "policy_id": (any_text, True),
            "policy_title": (any_text, False),
            "policy_type": (policy_type, False),
            "region": REGION,
            "issued_on": (date, False),
        },
    ),
    "raw_parks": (
        ("park_id",),
        {
            "park_id": (any_text, True),
            "park_name": (any_text, False),
            "park_level": (level, False),
            "region": REGION,
            "approved_on": (date, False),
        },
    ),
    "raw_technology_relations": (
        ("relation_id",),
        {
            "relation_id": (any_text, True),
            "enterprise_id": ("raw_enterprises", True),
            "direction": (direction, True),
            "partner_name": (any_text, False),
            "partner_country": (country, True),
        },
    ),
    "raw_investment_relations": (
        ("relation_id",),
        {
            "relation_id": (any_text, True),
            "investor_id": ("raw_investors", True),
            "enterprise_id": ("raw_enterprises", True),
            "amount_cny_10k": (amount, False),
            "invested_on": (date, False),
        },
    ),
    "raw_indicator_values": (
        ("region", "indicator_code"),
        {"region": REGION, "indicator_code": (any_text, True), "indicator_value": (number, True)},
    ),
}


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows; what the index does not have is empty."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [defaultdict(str, row) for row in csv.DictReader(file)]


def clean_row(raw: dict, columns: dict, editions: set, aliases: dict, accepted: dict) -> dict:
    """Typed values of one raw row, regions as codes; raises Unusable if any is unusable.

    `accepted` holds the tables read so far: a reference must point into its own edition.
    """
    edition_text = fold(raw["edition"])
    if not re.fullmatch(r"[0-9]{4}(\.0+)?", edition_text) or int(edition_text[:4]) not in editions:
        raise Unusable(edition_text)
    row = {"edition": int(edition_text[:4])}
    for column, (parse, is_required) in columns.items():
        text = fold(raw[column])
        if not text:
            if is_required:
                raise Unusable(column)
            row[column] = None
        elif parse == "region":
            if region_key(text) not in aliases:
                raise Unusable(text)
            row[column] = aliases[region_key(text)]
        elif isinstance(parse, str):
            if (row["edition"], text) not in accepted[parse]:
                raise Unusable(text)
            row[column] = text
        else:
            row[column] = parse(text, row["edition"])
    return row


def read_places(reference: Path) -> dict[str, str]:
    """Spelling -> region_code: what the table says, and the counties with and without the city or province that they are in."""
    written = read_table(reference / "ref_region_aliases.csv")
    regions = read_table(reference / "ref_regions.csv")
    parents = {row["region_code"]: row["parent_region_code"] for row in regions}
    names = defaultdict(set)
    for row in regions:
        if row["region_level"] in ("province", "city") and row["short_name_zh"]:
            names[row["region_code"]].add(region_key(row["short_name_zh"]))
    for row in written:
        if row["region_code"] and row["source"] != "traditional characters" and re.fullmatch("[^ -~]{2,}", row["alias"]):
            names[row["region_code"]].add(region_key(row["alias"]))
    meanings = defaultdict(set)
    for row in read_table(reference / "ref_counties.csv"):
        code = row["region_code"]
        name, short, former = (region_key(row[column]) for column in ("name_zh", "short_name_zh", "former_city_name_zh"))
        provinces = names[parents[code]]
        formers = {former, former.replace("地区", "").replace("市", "")} - {""}
        prefixes = names[code] | provinces | formers | {province + city for province in provinces for city in formers}
        spellings = {row["county_code"], row["county_code"] + "000000", name}
        spellings |= {prefix + form for prefix in prefixes for form in (name, short) if form}
        spellings |= {short} if short and not row["valid_until"] else set()
        for spelling in spellings:
            meanings[spelling].add(code)
    places = {spelling: codes.pop() for spelling, codes in meanings.items() if len(codes) == 1}
    named = defaultdict(set)
    localities = {
        code
        for cohorts in expand_members(reference.parent).values()
        for regions in cohorts.values()
        for codes in regions.values()
        for code in codes
    }
    for row in regions:
        for column in ("region_code", "name_zh", "short_name_zh", "name_en"):
            if row[column] and row["region_code"] in localities:
                named[region_key(row[column])].add(row["region_code"])
    places |= {spelling: min(codes) if len(codes) == 1 else "" for spelling, codes in named.items()}
    places |= {region_key(row["alias"]): row["region_code"] for row in written}
    return {spelling: code for spelling, code in places.items() if code}


def accept_rows(seeds: Path, editions: set[int], aliases: dict[str, str]) -> dict[str, dict]:
    """table -> {(edition, key...): typed row}; of duplicates the first in binary text order, and none of two different values."""
    accepted: dict[str, dict] = {}
    for table, (key_columns, columns) in CONTRACT.items():
        rows = read_table(seeds / "samples" / f"{table}.csv")
        rows.sort(key=lambda raw: [raw[column] for column in ("edition", *columns)])
        accepted[table], contradicted = {}, set()
        for raw in rows:
            try:
                row = clean_row(raw, columns, editions, aliases, accepted)
            except Unusable:
                continue
            key = (row["edition"], *(row[column] for column in key_columns))
            kept = accepted[table].setdefault(key, row)
            if row.get("indicator_value") != kept.get("indicator_value"):
                contradicted.add(key)
        for key in contradicted:
            del accepted[table][key]
    return accepted


def measure_localities(accepted: dict[str, dict]) -> tuple[dict, dict]:
    """Base counts and ready-made values, each {(edition, measure): {region_code: total}}."""
    totals: dict[tuple, Counter] = defaultdict(Counter)
    ready_made: dict[tuple, dict] = defaultdict(dict)

    def add(row, region, measure, value=1):
        totals[row["edition"], measure][region] += value

    for row in accepted["raw_enterprises"].values():
        add(row, row["region"], "enterprise_count")
        add(row, row["region"], "enterprise_patent_count", row["patent_count"])
        if row["technology_layer"] in ("基础层", "技术层"):
            add(row, row["region"], "core_layer_enterprise_count")
    for table, prefix in (("raw_universities", "university"), ("raw_research_institutes", "institute")):
        for row in accepted[table].values():
            add(row, row["region"], f"{prefix}_count")
            add(row, row["region"], f"{prefix}_paper_count", row["international_paper_count"])
            add(row, row["region"], f"{prefix}_patent_count", row["patent_count"])
    for table, measure in (
        ("raw_conferences", "conference_count"),
        ("raw_parks", "park_count"),
        ("raw_alliances", "alliance_count"),
        ("raw_policies", "policy_count"),
    ):
        for row in accepted[table].values():
            add(row, row["region"], measure)
    for row in accepted["raw_technology_relations"].values():
        region = accepted["raw_enterprises"][row["edition"], row["enterprise_id"]]["region"]
        if row["direction"] == "enabling":
            add(row, region, "technology_enabling_relation_count")
        if row["partner_country"] not in DOMESTIC_PARTNERS:
            add(row, region, f"international_technology_{row['direction']}_count")
    for row in accepted["raw_investment_relations"].values():
        region = accepted["raw_enterprises"][row["edition"], row["enterprise_id"]]["region"]
        investor = accepted["raw_investors"][row["edition"], row["investor_id"]]
        add(row, region, "financing_relation_count")
        add(row, region, "financing_amount", row["amount_cny_10k"] or 0)
        add(row, investor["region"], "investment_relation_count")
    for row in accepted["raw_indicator_values"].values():
        ready_made[row["edition"], row["indicator_code"]][row["region"]] = row["indicator_value"]
    return totals, ready_made


def expand_members(seeds: Path) -> dict[int, dict[str, dict[str, set[str]]]]:
    """edition -> cohort -> region -> the localities added up for it: each member and all below it."""
    children = defaultdict(set)
    for region in read_table(seeds / "reference" / "ref_regions.csv"):
        children[region["parent_region_code"]].add(region["region_code"])

    def with_descendants(code):
        return {code}.union(*(with_descendants(child) for child in children[code]))

    rows = [{"edition": "*"} | row for row in read_table(seeds / "reference" / "ref_cohort_members.csv")]
    stated = {(row["edition"], row["cohort_code"], row["region_code"]) for row in rows}
    cohorts: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for edition in (row["edition"] for row in read_table(seeds / "reference" / "ref_editions.csv")):
        for row in rows:
            cohort, region = row["cohort_code"], row["region_code"]
            if row["edition"] == (edition if (edition, cohort, region) in stated else "*"):
                member = row.get("member_region_code") or region
                cohorts[int(edition)][cohort][region] |= with_descendants(member)
    return cohorts


def find_method(methods: list[dict], edition: int, cohort: str, node: str) -> dict:
    """The most specific row that applies: a named node beats a named cohort, both beat one."""
    asked = {"node_code": node, "cohort_code": cohort, "edition": str(edition)}
    fitting = [m for m in methods if all(m[column] in ("*", value) for column, value in asked.items())]
    return max(fitting, key=lambda m: [m[column] != "*" for column in asked])


def transform(value: float | None, name: str) -> float | None:
    if value is None or name == "identity":
        return value
    if name == "log1p":
        return math.log1p(value) if value > -1 else None
    if name == "log":
        return math.log(value) if value > 0 else None
    raise ValueError(f"ref_methods: transform {name!r} is unknown; use identity, log1p or log")


def round_half_up(value: float, decimals: int) -> Decimal:
    """Rounded to 12 decimals first, so that floating-point noise cannot split a tie."""
    twelve = Decimal(value).quantize(Decimal("1e-12"), ROUND_HALF_UP)
    return twelve.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def competition_ranks(values: dict[str, float | None], decimals: int) -> dict[str, int]:
    """Rank 1 is the largest rounded value, ties share the best rank; missing values have none."""
    rounded = {code: round_half_up(v, decimals) for code, v in values.items() if v is not None}
    ordered = sorted(rounded.values(), reverse=True)
    first_rank = {value: ordered.index(value) + 1 for value in set(ordered)}
    return {code: first_rank[value] for code, value in rounded.items()}


def normalise(transformed: dict[str, float | None], sign: int, method: dict) -> dict[str, float | None]:
    """Normalised value of every region of a cohort for one leaf, 0-1 for most normalisers."""
    present = {code: value for code, value in transformed.items() if value is not None}
    result: dict[str, float | None] = dict.fromkeys(transformed)
    if not present:
        return result
    values, n = list(present.values()), len(present)
    name = method["normaliser"]
    if name == "min_max":
        low, high = (
            observed(values) if method[column] == "observed" else transform(float(method[column]), method["transform"])
            for column, observed in (("lower_goalpost", min), ("upper_goalpost", max))
        )
        if low is None or high is None:  # a goalpost that the transform cannot take
            return result
        start, step = (low, high - low) if sign == 1 else (high, low - high)
        scaled = {c: (v - start) / step if high > low else 0.0 for c, v in present.items()}
    elif name == "z_score":
        mean = math.fsum(values) / n
        is_constant = n == 1 or max(values) == min(values)
        deviation = 0 if is_constant else math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
        scaled = {c: sign * (v - mean) / deviation if deviation else 0.0 for c, v in present.items()}
    elif name == "rank":
        ranks = competition_ranks({c: sign * v for c, v in present.items()}, 12)
        scaled = {c: (n - rank) / (n - 1) if max(ranks.values()) > 1 else 0.0 for c, rank in ranks.items()}
    elif name == "percentile":
        signed = {c: round_half_up(sign * v, 12) for c, v in present.items()}
        counts = Counter(signed.values())
        scaled = {c: (sum(k for other, k in counts.items() if other < v) + 0.5 * counts[v]) / n for c, v in signed.items()}
    else:
        raise ValueError(f"ref_methods: normaliser {name!r} is unknown")
    if method["is_clamped"].lower() == "true":
        scaled = {c: min(1.0, max(0.0, v)) for c, v in scaled.items()}
    return result | scaled


def aggregate(children: list[tuple[float, float | None]], name: str, missing: str) -> float | None:
    """One value on the 0-1 scale from the (printed weight, value) pairs of a node's children."""
    known = [(weight, value) for weight, value in children if value is not None]
    if not known or (missing == "unknown" and len(known) < len(children)):
        return None
    total = math.fsum(weight for weight, _ in (known if missing == "reweight" else children))
    if name == "arithmetic":
        return math.fsum(weight * value for weight, value in known) / total
    if missing == "zero" and len(known) < len(children):
        raise ValueError(f"ref_methods: {name} mean of missing values taken for zero")
    if any(value < 0 for _, value in known):
        return None
    if any(value == 0 for _, value in known):
        return 0.0
    if name == "geometric":
        return math.exp(math.fsum(weight * math.log(value) for weight, value in known) / total)
    if name == "harmonic":
        return total / math.fsum(weight / value for weight, value in known)
    raise ValueError(f"ref_methods: aggregator {name!r} is unknown")


def effective_weights(nodes: dict[str, dict], children: dict[str, list[str]]) -> dict[str, float]:
    """node -> its share among its siblings times its parent's effective weight; root 1."""
    weights = {code: 1.0 for code, node in nodes.items() if not node["parent_node_code"]}
    pending = list(weights)
    while pending:
        parent = pending.pop()
        total = math.fsum(float(nodes[child]["printed_weight"]) for child in children[parent])
        for child in children[parent]:
            weights[child] = float(nodes[child]["printed_weight"]) / total * weights[parent]
            pending.append(child)
    return weights


def compute(seeds: Path) -> Result:
    """Every indicator value and node score of every edition and cohort found in `seeds`."""
    reference = Path(seeds) / "reference"
    editions: dict[int, dict[str, dict]] = defaultdict(dict)
    for node in read_table(reference / "ref_nodes.csv"):
        editions[int(node["edition"])][node["node_code"]] = node
    aliases = read_places(reference)
    methods = read_table(reference / "ref_methods.csv")
    members = expand_members(Path(seeds))
    accepted = accept_rows(Path(seeds), set(editions), aliases)
    totals, ready_made = measure_localities(accepted)
    result = Result({table: set(rows) for table, rows in accepted.items()}, {}, {})

    def total(edition, measure, localities):
        """Sum over localities; a count nobody contributes to is 0, a ready-made value missing."""
        if not measure:
            return None
        if measure in BASE_MEASURES:
            return float(sum(totals[edition, measure][code] for code in localities))
        found = [v for code, v in ready_made[edition, measure].items() if code in localities]
        return float(sum(found)) if found else None

    for edition, nodes in editions.items():
        children = defaultdict(list)
        for code, node in nodes.items():
            children[node["parent_node_code"]].append(code)
        weights = effective_weights(nodes, children)

        bottom_up = [code for code in nodes if not nodes[code]["parent_node_code"]]
        for code in bottom_up:
            bottom_up.extend(children[code])
        bottom_up.reverse()
        for cohort, regions in members[edition].items():
            values: dict[str, dict] = {}  # node -> region -> value on the 0-1 scale
            shares: dict[str, dict] = {}  # node -> region -> observed weight share
            for code in bottom_up:
                node, method = nodes[code], find_method(methods, edition, cohort, code)
                decimals, family = int(method["rank_decimals"]), children[code]
                if family:
                    printed = [float(nodes[child]["printed_weight"]) for child in family]
                    shares[code] = {
                        region: math.fsum(w * shares[child][region] for w, child in zip(printed, family)) / math.fsum(printed)
                        for region in regions
                    }
                    values[code] = {
                        region: aggregate(
                            list(zip(printed, (values[child][region] for child in family))),
                            method["aggregator"],
                            method["missing_rule"],
                        )
                        if shares[code][region] >= float(method["least_observed_share"] or 0)
                        else None
                        for region in regions
                    }
                else:
                    numerators, denominators, raw = {}, {}, {}
                    for region, localities in regions.items():
                        top = numerators[region] = total(edition, node["numerator"], localities)
                        bottom = denominators[region] = total(edition, node["denominator"], localities)
                        if node["denominator"]:
                            raw[region] = top / bottom if top is not None and bottom else None
                        else:
                            raw[region] = top
                    transformed = {r: transform(v, method["transform"]) for r, v in raw.items()}
                    values[code] = normalise(transformed, int(node["direction"]), method)
                    shares[code] = {r: float(v is not None) for r, v in values[code].items()}
                ranks = competition_ranks(values[code], decimals)
                for region, value in values[code].items():
                    score = None if value is None else 100 * value
                    points = None if value is None else weights[code] * score
                    key, rank = (edition, cohort, region, code), ranks.get(region)
                    result.node_scores[key] = NodeScore(score, points, rank, shares[code][region])
                    if not family:
                        result.indicator_values[key] = IndicatorValue(
                            numerators[region],
                            denominators[region],
                            raw[region],
                            transformed[region],
                            value,
                            weights[code],
                            points,
                            rank,
                        )
    return result

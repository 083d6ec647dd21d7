"""Where the search starts: counts that look reasonable before any figure is met.

Province levels come from the printed scores and ranks, printed cities take a level from
their rank, and what is left of a province goes to its other cities by assumed size.
"""

import numpy as np

from reconstruction.definition import Definition

# Assumed order of size among cities that the report does not print. Our own judgement; it
# decides who fills the rank positions between printed cities and nothing else.
SECOND_CITIES = [
    "长春",
    "大连",
    "哈尔滨",
    "泉州",
    "常州",
    "南通",
    "嘉兴",
    "昆明",
    "石家庄",
    "太原",
    "南昌",
    "南宁",
    "贵阳",
    "烟台",
    "温州",
    "绍兴",
    "金华",
    "惠州",
    "中山",
    "徐州",
    "潍坊",
    "海口",
    "乌鲁木齐",
    "兰州",
    "呼和浩特",
    "洛阳",
    "绵阳",
    "芜湖",
    "扬州",
    "台州",
    "桂林",
    "保定",
    "江门",
    "临沂",
    "淄博",
    "湖州",
    "银川",
    "株洲",
    "镇江",
    "唐山",
    "盐城",
    "廊坊",
    "柳州",
    "宜昌",
    "赣州",
    "威海",
    "襄阳",
    "西宁",
    "济宁",
    "拉萨",
    "湘潭",
    "漳州",
    "新乡",
    "汕头",
    "泰州",
    "秦皇岛",
    "衡阳",
    "遵义",
    "德阳",
    "肇庆",
    "蚌埠",
    "大庆",
    "湛江",
    "鞍山",
    "包头",
    "宝鸡",
    "马鞍山",
    "咸阳",
    "邯郸",
    "九江",
    "连云港",
    "吉林市",
    "鄂尔多斯",
    "滁州",
    "南阳",
    "舟山",
    "三亚",
    "大理",
    "克拉玛依",
    "大同",
]

# Largest province value of each free base count or average (a scale, not a target).
SCALES = {
    "enterprise_patent_count": 60_000,
    "core_layer_enterprise_count": 1_300,
    "technology_enabling_relation_count": 3_800,
    "university_paper_count": 900,
    "university_patent_count": 700,
    "institute_paper_count": 400,
    "institute_patent_count": 300,
    "financing_relation_count": 3_600,
    "financing_amount": 40_000_000,
    "investment_relation_count": 3_800,
    "international_technology_input_count": 700,
    "international_technology_enabling_count": 1_100,
}
# Institutions are more concentrated than the scores, to which their averages contribute.
STEEPNESS = {"university_count": 1.5, "institute_count": 2.0}
# Where the printed order can only hold on one side of a fork that no gradient crosses.
# 重庆 leads 天津 in linkage among cities and trails it among provinces, so the leader in
# alliances must differ: a whole province there, not a municipality. 重庆 then has the alliances
# and 天津 the conferences. In patents per university somebody else than 北京 starts ahead, for
# 北京 cannot lead in everything and still print 21.05 of 21.34.
NUDGES = {
    ("alliance_count", "110000"): 0.15,
    ("alliance_count", "310000"): 0.5,
    ("alliance_count", "500000"): 2.0,
    ("alliance_count", "120000"): 0.5,
    ("university_patent_count", "310000"): 3.0,
}
# Mean amount of a financing relation where amounts are smallest, in 10k CNY.
SMALL_DEAL = 300
PROVINCIAL_POLICY_SHARE = 0.25
# Level (share of the leader's logarithm) against rank among provinces and among cities.
PROVINCE_LEVELS = ([1, 5, 10, 20, 26, 31], [1.0, 0.83, 0.66, 0.48, 0.38, 0.18])
CITY_LEVELS = ([1, 3, 10, 25, 40, 120, 337], [1.0, 0.8, 0.66, 0.52, 0.43, 0.25, 0.1])


def levels(definition: Definition, cohort: str, node: str) -> dict[str, float]:
    """Share of the maximum that each printed region reaches in a first-level node."""
    full = float(definition.leaf_points @ definition.sums[:, definition.reported.index(node)])
    ranks, scores = {}, {}
    for row in definition.figures:
        if row["cohort_code"] == cohort and row["node_code"] == node and not row["contradicted_by"]:
            if row["figure_type"] == "rank":
                ranks[row["region_code"]] = int(row["printed_value"])
            elif row["figure_type"] == "score":
                scores[row["region_code"]] = float(row["printed_value"]) / full
    ranked, shares = PROVINCE_LEVELS if cohort == "province" else CITY_LEVELS
    curve = {code: curve_at(rank, ranked, shares) for code, rank in ranks.items()}
    if cohort == "province":
        # The curve goes on where the printed scores end, and a shared last rank means none at all.
        last = min((code for code in scores if code in ranks), key=lambda code: scores[code])
        bottom = max(ranks.values())
        shared = sum(rank == bottom for rank in ranks.values()) > 1
        for code, rank in ranks.items():
            curve[code] *= scores[last] / curve_at(ranks[last], ranked, shares)
            if shared:
                curve[code] *= (max(bottom - rank, 0) / max(bottom - ranks[last], 1)) ** 0.5
    return {**curve, **scores}


def curve_at(rank: int, ranks: list[int], shares: list[float]) -> float:
    """Value of a level curve at a rank."""
    return float(np.interp(np.log(rank), np.log(ranks), shares))


def sizes(definition: Definition) -> np.ndarray:
    """Assumed relative size of each locality within its province."""
    result = np.zeros(len(definition.localities))
    position: dict[str, int] = {}
    known = {name: i for i, name in enumerate(SECOND_CITIES)}
    order = sorted(
        range(len(definition.localities)),
        key=lambda i: (
            known.get(definition.regions[definition.localities[i]]["short_name_zh"], 999),
            definition.localities[i],
        ),
    )
    for i in order:
        if definition.is_city[i]:
            province = definition.province_of[i]
            position[province] = position.get(province, 0) + 1
            result[i] = position[province] ** -1.1
    return result


def spread(total: int, weights: np.ndarray) -> np.ndarray:
    """Split a whole number in proportion to weights (largest remainders)."""
    weights = np.asarray(weights, dtype=float)
    if total == 0 or weights.sum() == 0:
        return np.zeros(len(weights), dtype=np.int64)
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    rest = np.argsort(-(exact - whole), kind="stable")[: total - whole.sum()]
    whole[rest] += 1
    return whole


def plausible_counts(definition: Definition) -> np.ndarray:
    """Real-valued base counts per locality with the totals of table 1."""
    size = sizes(definition)
    province_of = np.array(definition.province_of)
    counts = np.zeros((len(definition.localities), len(definition.bases)))
    for k, base in enumerate(definition.bases):
        indicator = definition.indicators[k]
        node = definition.nodes[definition.nodes[indicator]["parent_node_code"]]["parent_node_code"]
        steep = STEEPNESS.get(base, 1.0)
        provinces = {r: v**steep for r, v in levels(definition, "province", node).items()}
        cities = {r: v**steep for r, v in levels(definition, "city", node).items()}

        def fill(scale: float, provinces=provinces, cities=cities) -> np.ndarray:
            column = np.zeros(len(size))
            for code, level in provinces.items():
                inside = np.flatnonzero((province_of == code) & definition.is_city)
                total = (1 + scale) ** level - 1
                printed = {i for i in inside if definition.localities[i] in cities}
                for i in printed:
                    column[i] = (1 + 0.9 * scale) ** cities[definition.localities[i]] - 1
                rest = [i for i in inside if i not in printed]
                if rest:
                    left = max(total - column[list(printed)].sum(), 0.2 * total)
                    column[rest] = left * size[rest] / size[rest].sum()
            return column

        if base in definition.table_1:
            low, high = 1.0, 1e6
            for _ in range(60):
                middle = (low * high) ** 0.5
                low, high = (middle, high) if fill(middle).sum() < definition.table_1[base] else (low, middle)
            counts[:, k] = fill(low)
        elif definition.denominator[k] >= 0:
            scale = SCALES[base]
            level = np.array([provinces[code] for code in province_of])
            number = counts[:, definition.denominator[k]]
            # Where there are few institutions, each tends to be a large one.
            average = scale * (0.15 + 0.7 * level) * np.maximum(number, 1) ** -0.25
            counts[:, k] = average * number
        else:
            counts[:, k] = fill(SCALES[base])

    # Money shrinks faster than relations down the ranks; small places have few, not tiny ones.
    amount = counts[:, definition.bases.index("financing_amount")]
    relations = counts[:, definition.bases.index("financing_relation_count")]
    np.minimum(relations, amount / SMALL_DEAL, out=relations)

    for (base, code), factor in NUDGES.items():
        counts[definition.localities.index(code), definition.bases.index(base)] *= factor

    policies = definition.bases.index("policy_count")
    for i in np.flatnonzero(~definition.is_city):
        inside = (province_of == province_of[i]) & definition.is_city
        counts[i, policies] = PROVINCIAL_POLICY_SHARE * counts[inside, policies].sum()
        counts[inside, policies] *= 1 - PROVINCIAL_POLICY_SHARE
    return counts

"""From base counts per locality to rows of the eleven raw tables.

Each table is first made clean, as lists of typed cells, then spelled the way people
spell things, and finally salted with rows that cannot be used (see `dirt`).
"""

import csv
import datetime
import zlib
from pathlib import Path

import numpy as np

from reconstruction import EDITION, SEED
from reconstruction.definition import AMOUNT, SEEDS, Definition, read_csv
from reconstruction.dirt import Speller, spoil
from reconstruction.plausible import spread

COLUMNS = {
    "raw_enterprises": [
        "edition", "enterprise_id", "enterprise_name", "region", "founded_year",
        "technology_layer", "is_backbone", "sales_revenue_cny_10k", "patent_count",
    ],
    "raw_investors": ["edition", "investor_id", "investor_name", "investor_type", "region"],
    "raw_universities": [
        "edition", "university_id", "university_name", "region",
        "international_paper_count", "patent_count",
    ],
    "raw_research_institutes": [
        "edition", "institute_id", "institute_name", "institute_type", "region",
        "international_paper_count", "patent_count",
    ],
    "raw_alliances": ["edition", "alliance_id", "alliance_name", "alliance_level", "region", "founded_on"],
    "raw_conferences": ["edition", "conference_id", "conference_name", "region", "held_on"],
    "raw_policies": ["edition", "policy_id", "policy_title", "policy_type", "region", "issued_on"],
    "raw_parks": ["edition", "park_id", "park_name", "park_level", "region", "approved_on"],
    "raw_technology_relations": [
        "edition", "relation_id", "enterprise_id", "direction", "partner_name", "partner_country",
    ],
    "raw_investment_relations": [
        "edition", "relation_id", "investor_id", "enterprise_id", "amount_cny_10k", "invested_on",
    ],
    "raw_indicator_values": ["edition", "region", "indicator_code", "indicator_value"],
}  # fmt: skip

# The report's data were collected up to December 2023.
LAST_DAY = datetime.date(EDITION - 1, 12, 31)
PARTNER_COUNTRIES = {
    "US": 38, "JP": 12, "DE": 10, "GB": 7, "KR": 7, "SG": 6, "FR": 5, "NL": 3, "IL": 3,
    "CA": 3, "CH": 2, "SE": 2, "AU": 1, "FI": 1,
}  # fmt: skip
# Technology that comes from domestic partners counts in no indicator, but belongs in such a table.
DOMESTIC_INPUT_SHARE = 0.1
SAME_PROVINCE_SHARE = 0.4
UNDISCLOSED_SHARE = 0.12


class RowMaker:
    """Makes the clean rows of every table; region cells hold region codes."""

    def __init__(self, definition: Definition, counts: np.ndarray):
        self.definition = definition
        self.counts = {base: counts[:, k].astype(np.int64) for k, base in enumerate(definition.bases)}
        # Hundredths of the amount, apart from its whole part.
        amount = counts[:, definition.bases.index(AMOUNT)]
        self.hundredths = np.round(100 * (amount - self.counts[AMOUNT])).astype(np.int64)
        self.short = [definition.regions[code]["short_name_zh"] for code in definition.localities]
        self.enterprises: list[list] = []

    def random(self, table: str) -> np.random.Generator:
        """A generator of a table's own, so that one table's change leaves the others alone."""
        return np.random.default_rng([SEED, zlib.crc32(table.encode())])

    def places(self, base: str, random: np.random.Generator) -> np.ndarray:
        """One locality per row, in mixed order."""
        return random.permutation(np.repeat(np.arange(len(self.short)), self.counts[base]))

    def code(self, place: int) -> str:
        """Region code of a locality."""
        return self.definition.localities[place]

    def days(self, random: np.random.Generator, size: int, first: int, peak: float, blank: float) -> list:
        """Dates that become more frequent towards the last day; some are not known."""
        span = (LAST_DAY - datetime.date(first, 1, 1)).days
        back = np.floor(span * random.beta(1.0, peak, size)).astype(int)
        known = random.random(size) >= blank
        return [LAST_DAY - datetime.timedelta(int(b)) if k else None for b, k in zip(back, known, strict=True)]

    def split(self, places: np.ndarray, base: str, weights: np.ndarray) -> np.ndarray:
        """Share each locality's total among its rows in proportion to weights."""
        result = np.zeros(len(places), dtype=np.int64)
        for place in np.unique(places):
            rows = np.flatnonzero(places == place)
            result[rows] = spread(int(self.counts[base][place]), weights[rows])
        return result

    def make_enterprises(self) -> list[list]:
        """Enterprises with layer, backbone mark, revenue and patents."""
        random = self.random("raw_enterprises")
        places = self.places("enterprise_count", random)
        size = len(places)
        strength = random.lognormal(0, 1.0, size)
        # A backbone enterprise is a strong one; the cut is the same everywhere.
        backbone = np.zeros(size, dtype=bool)
        strongest = np.argsort(-strength, kind="stable")
        backbone[strongest[: self.definition.sample_sizes["raw_enterprises.is_backbone"]]] = True
        core = np.zeros(size, dtype=bool)
        for place in np.unique(places):
            rows = np.flatnonzero(places == place)
            order = np.argsort(-(strength[rows] ** 0.3) * random.random(len(rows)), kind="stable")
            core[rows[order[: self.counts["core_layer_enterprise_count"][place]]]] = True
        patents = self.split(places, "enterprise_patent_count", strength**1.2 * random.lognormal(0, 0.8, size))
        founded = EDITION - 2 - np.minimum(random.gamma(2.6, 3.2, size), 40).astype(int)
        revenue = 3_000 * strength**1.5 * random.lognormal(0, 1.0, size)
        foundation = random.random(size) < 0.3
        self.enterprise_places, self.enterprise_strength, self.founded = places, strength, founded
        self.enterprise_ids = [f"E{n:05d}" for n in range(1, size + 1)]
        return [
            [
                EDITION,
                self.enterprise_ids[i],
                f"{self.short[p]}样本智能企业{i + 1:05d}",
                self.code(p),
                int(founded[i]) if random.random() > 0.03 else None,
                "应用层" if not core[i] else "基础层" if foundation[i] else "技术层",
                bool(backbone[i]),
                f"{revenue[i]:.2f}" if random.random() > 0.25 else None,
                int(patents[i]),
            ]
            for i, p in enumerate(places)
        ]

    def make_investors(self) -> list[list]:
        """Investors, placed where investment relations start."""
        random = self.random("raw_investors")
        relations = self.counts["investment_relation_count"]
        size = self.definition.sample_sizes["raw_investors"]
        # Every investor has at least one relation, every locality with relations an investor.
        per_place = (relations > 0) + spread(size - int((relations > 0).sum()), np.maximum(relations - 1, 0))
        if (per_place > relations).any() or per_place.sum() != size:
            raise SystemExit(
                f"locality_counts.csv: {relations.sum()} investment relations cannot occupy {size} investors; solve again"
            )
        places = random.permutation(np.repeat(np.arange(len(self.short)), per_place))
        self.investor_places = places
        self.investor_ids = [f"V{n:05d}" for n in range(1, size + 1)]
        return [
            [
                EDITION,
                self.investor_ids[i],
                f"{self.short[p]}样本投资者{i + 1:05d}",
                "投资机构" if random.random() < 0.72 else "非投资机构",
                self.code(p),
            ]
            for i, p in enumerate(places)
        ]

    def make_academics(self, table: str, kind: str, letter: str, label: str, types: dict[str, float]) -> list[list]:
        """Universities or research institutes with their papers and patents."""
        random = self.random(table)
        places = self.places(f"{kind}_count", random)
        weights = random.lognormal(0, 0.6, len(places))
        papers = self.split(places, f"{kind}_paper_count", weights * random.lognormal(0, 0.25, len(places)))
        patents = self.split(places, f"{kind}_patent_count", weights * random.lognormal(0, 0.35, len(places)))
        rows = []
        for i, p in enumerate(places):
            number = f"{i + 1:04d}"
            kind_cell = [random.choice(list(types), p=list(types.values()))] if types else []
            rows.append(
                [EDITION, f"{letter}{number}", f"{self.short[p]}样本{label}{number}", *kind_cell,
                 self.code(p), int(papers[i]), int(patents[i])]
            )  # fmt: skip
        return rows

    def make_events(self, table: str, base: str, letter: str, label: str,
                    types: dict[str, float], first: int, peak: float) -> list[list]:  # fmt: skip
        """Rows that only have to be somewhere: alliances, conferences, policies, parks."""
        random = self.random(table)
        places = self.places(base, random)
        days = self.days(random, len(places), first, peak, 0.06)
        rows = []
        for i, p in enumerate(places):
            number = f"{i + 1:05d}"
            kind = [random.choice(list(types), p=list(types.values()))] if types else []
            rows.append(
                [
                    EDITION,
                    f"{letter}{number}",
                    f"{self.short[p]}样本{label}{number}",
                    *kind,
                    self.code(p),
                    days[i],
                ]
            )
        return rows

    def pick_enterprises(self, base: str, random: np.random.Generator) -> np.ndarray:
        """Enterprises that a locality's relations belong to; strong ones have more."""
        weights = self.enterprise_strength * random.lognormal(0, 0.5, len(self.enterprise_places))
        taken = self.split(self.enterprise_places, base, weights)
        return np.repeat(np.arange(len(taken)), taken)

    def make_technology_relations(self) -> list[list]:
        """Enabling relations (foreign ones among them) and inputs, foreign and domestic."""
        random = self.random("raw_technology_relations")
        countries = list(PARTNER_COUNTRIES)
        share = np.array(list(PARTNER_COUNTRIES.values()), dtype=float)
        enabling = self.counts["technology_enabling_relation_count"]
        foreign_enabling = self.counts["international_technology_enabling_count"]
        self.counts["domestic_enabling"] = enabling - foreign_enabling
        self.counts["domestic_input"] = (enabling * DOMESTIC_INPUT_SHARE).astype(np.int64)
        rows = []
        for base, direction, is_foreign in (
            ("domestic_enabling", "enabling", False),
            ("international_technology_enabling_count", "enabling", True),
            ("domestic_input", "input", False),
            ("international_technology_input_count", "input", True),
        ):
            for enterprise in self.pick_enterprises(base, random):
                country = str(random.choice(countries, p=share / share.sum())) if is_foreign else "CN"
                number = int(random.integers(1, 4_000 if is_foreign else 9_000))
                name = f"Sample Partner {country}-{number:04d}" if is_foreign else f"样本合作方{number:04d}"
                rows.append([EDITION, "", self.enterprise_ids[enterprise], direction, name, country])
        rows = [rows[i] for i in random.permutation(len(rows))]
        for n, row in enumerate(rows, 1):
            row[1] = f"T{n:06d}"
        return rows

    def make_investment_relations(self) -> list[list]:
        """Each row ties an investor to an enterprise; totals of both sides are given."""
        random = self.random("raw_investment_relations")
        enterprises = random.permutation(self.pick_enterprises("financing_relation_count", random))
        first = np.bincount(self.investor_places, minlength=len(self.short))
        self.counts["further_investments"] = self.counts["investment_relation_count"] - first
        weights = random.lognormal(0, 1.2, len(self.investor_places))
        more = self.split(self.investor_places, "further_investments", weights)
        investors = random.permutation(np.repeat(np.arange(len(more)), more + 1))
        if len(investors) != len(enterprises):
            raise SystemExit("locality_counts.csv: financing and investment relations differ in total; solve again")

        # Part of the relations stay within a province, the rest meet at random.
        province = np.array(self.definition.province_of)
        where_from = province[self.investor_places[investors]]
        where_to = province[self.enterprise_places[enterprises]]
        pairs, used_from, used_to = [], np.zeros(len(investors), bool), np.zeros(len(investors), bool)
        for code in np.unique(province):
            start, end = np.flatnonzero(where_from == code), np.flatnonzero(where_to == code)
            near = int(min(len(start), len(end)) * SAME_PROVINCE_SHARE)
            pairs += list(zip(start[:near], end[:near], strict=True))
            used_from[start[:near]] = used_to[end[:near]] = True
        pairs += list(zip(np.flatnonzero(~used_from), random.permutation(np.flatnonzero(~used_to)), strict=True))
        pairs = [pairs[i] for i in random.permutation(len(pairs))]

        target = np.array([enterprises[j] for _, j in pairs])
        places = self.enterprise_places[target]
        weights = self.enterprise_strength[target] ** 0.5 * random.lognormal(0, 1.1, len(pairs))
        undisclosed = random.random(len(pairs)) < UNDISCLOSED_SHARE
        for place in np.unique(places):
            inside = np.flatnonzero(places == place)
            if undisclosed[inside].all():
                undisclosed[inside[0]] = False
        amounts = self.split(places, AMOUNT, np.where(undisclosed, 0.0, weights))
        cents = self.cents(random, places, undisclosed | (amounts < 2))
        for place in np.unique(places):
            inside = np.flatnonzero(places == place)
            cents[inside[amounts[inside].argmax()]] += self.hundredths[place]
        days = self.days(random, len(pairs), 2012, 2.2, 0.05)
        # Nobody invests in an enterprise before it is founded.
        for n, year in enumerate(self.founded[target]):
            if days[n] and days[n].year < year:
                days[n] = datetime.date(int(year), days[n].month, min(days[n].day, 28))
        return [
            [
                EDITION,
                f"R{n + 1:06d}",
                self.investor_ids[investors[i]],
                self.enterprise_ids[enterprises[j]],
                None if undisclosed[n] else self.amount(int(amounts[n]), int(cents[n])),
                days[n],
            ]
            for n, (i, j) in enumerate(pairs)
        ]

    def cents(self, random: np.random.Generator, places: np.ndarray, without: np.ndarray) -> np.ndarray:
        """Hundredths that cancel out within each locality, as converted currencies leave them."""
        result = np.zeros(len(places), dtype=np.int64)
        chosen = np.flatnonzero(~without & (random.random(len(places)) < 0.2))
        waiting: dict[int, int] = {}
        for row in chosen:
            other = waiting.pop(places[row], None)
            if other is None:
                waiting[places[row]] = row
            else:
                result[row] = random.integers(1, 100)
                result[other] = -result[row]
        return result

    @staticmethod
    def amount(whole: int, cents: int) -> str:
        """An amount in 10k CNY, with decimals only where there are any."""
        if cents == 0:
            return str(whole)
        hundredths = whole * 100 + cents
        return f"{hundredths // 100}.{hundredths % 100:02d}"

    def tables(self) -> dict[str, list[list]]:
        """Every table's clean rows."""
        levels = {"国家级": 0.05, "省级": 0.35, "市级": 0.6}
        return {
            "raw_enterprises": self.make_enterprises(),
            "raw_investors": self.make_investors(),
            "raw_universities": self.make_academics("raw_universities", "university", "U", "大学", {}),
            "raw_research_institutes": self.make_academics(
                "raw_research_institutes", "institute", "N", "研究机构",
                {"科研院所": 0.45, "实验室": 0.25, "新型研发机构": 0.3},
            ),
            "raw_alliances": self.make_events(
                "raw_alliances", "alliance_count", "A", "智能产业联盟", levels, 2008, 1.6
            ),
            "raw_conferences": self.make_events(
                "raw_conferences", "conference_count", "C", "智能会议", {}, 2016, 1.3
            ),
            "raw_policies": self.make_events(
                "raw_policies", "policy_count", "P", "智能产业政策",
                {"规划": 0.35, "实施意见": 0.3, "行动计划": 0.35}, 2015, 1.5,
            ),
            "raw_parks": self.make_events(
                "raw_parks", "park_count", "K", "智能产业园", levels, 2000, 1.4
            ),
            "raw_technology_relations": self.make_technology_relations(),
            "raw_investment_relations": self.make_investment_relations(),
            "raw_indicator_values": [],
        }  # fmt: skip


def write_samples(definition: Definition, counts: np.ndarray, folder: Path) -> dict[str, int]:
    """Write all raw tables; returns the number of rows of each, unusable ones included."""
    folder.mkdir(parents=True, exist_ok=True)
    maker = RowMaker(definition, counts)
    speller = Speller(definition, read_csv(SEEDS / "reference" / "ref_region_aliases.csv"))
    sizes = {}
    for table, clean in maker.tables().items():
        random = maker.random(f"{table} spelling")
        rows = speller.spell(table, COLUMNS[table], clean, random)
        rows = spoil(table, COLUMNS[table], rows, maker.random(f"{table} dirt"))
        sizes[table] = len(rows)
        path = folder / f"{table}.csv"
        temporary = path.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS[table])
            writer.writerows(rows)
        temporary.replace(path)
    return sizes

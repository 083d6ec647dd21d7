"""What is computed: localities, cohorts, the indicator tree and the score itself.

Everything is read from `seeds/`, so that the reconstruction uses the same definition
as the warehouse, but the arithmetic below is written independently of its SQL.
"""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from reconstruction import EDITION

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
COUNTS = Path(__file__).resolve().parent / "locality_counts.csv"

# The one base count that is no whole number: 10k CNY with two decimals.
AMOUNT = "financing_amount"
# Base counts that table 1 prints; every other total is free.
TABLE_1_TABLES = {
    "enterprise_count": "raw_enterprises",
    "university_count": "raw_universities",
    "institute_count": "raw_research_institutes",
    "alliance_count": "raw_alliances",
    "conference_count": "raw_conferences",
    "policy_count": "raw_policies",
    "park_count": "raw_parks",
}


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a whole CSV file as a list of rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Cohort:
    """Regions that are compared with each other, as sums over localities."""

    regions: list[str]
    membership: np.ndarray  # regions x localities, 0 or 1

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each region code."""
        return {code: i for i, code in enumerate(self.regions)}

    @cached_property
    def places(self) -> np.ndarray | None:
        """The locality of each region where every region is one locality, else nothing."""
        alone = (self.membership.sum(axis=1) == 1).all()
        return self.membership.argmax(axis=1) if alone else None

    def add_up(self, counts: np.ndarray) -> np.ndarray:
        """Sums of counts over each region's localities."""
        return self.membership @ counts if self.places is None else counts[self.places]


class Definition:
    """The index of one edition: its localities, cohorts, nodes and weights."""

    def __init__(self, seeds: Path = SEEDS):
        reference = seeds / "reference"
        self.regions = {row["region_code"]: row for row in read_csv(reference / "ref_regions.csv")}
        self._read_nodes(reference)
        self._read_cohorts(reference)
        figures = read_csv(seeds / "published" / "pub_figures.csv")
        self.figures = [row for row in figures if row["edition"] == str(EDITION)]
        self.sample_sizes = {
            row["sample_table"]: int(row["printed_value"])
            for row in self.figures
            if row["figure_type"] == "sample_size" and not row["contradicted_by"]
        }
        self.table_1 = {base: self.sample_sizes[table] for base, table in TABLE_1_TABLES.items()}

    def _read_nodes(self, reference: Path) -> None:
        nodes = [r for r in read_csv(reference / "ref_nodes.csv") if r["edition"] == str(EDITION)]
        self.nodes = {row["node_code"]: row for row in nodes}
        level = {d: [r["node_code"] for r in nodes if r["node_level"] == str(d)] for d in range(4)}
        self.first_level, self.second_level, self.indicators = level[1], level[2], level[3]
        siblings: dict[str, float] = {}
        for row in nodes:
            parent = row["parent_node_code"]
            siblings[parent] = siblings.get(parent, 0.0) + float(row["printed_weight"])
        effective: dict[str, float] = {}
        for row in sorted(nodes, key=lambda r: int(r["node_level"])):
            parent = row["parent_node_code"]
            share = float(row["printed_weight"]) / siblings[parent]
            effective[row["node_code"]] = share * effective.get(parent, 1.0)
        self.leaf_points = np.array([100 * effective[code] for code in self.indicators])

        # One base count per indicator; an average is a numerator over another base count.
        self.bases = [self.nodes[code]["numerator"] for code in self.indicators]
        self.denominator = np.array(
            [
                self.bases.index(self.nodes[code]["denominator"]) if self.nodes[code]["denominator"] else -1
                for code in self.indicators
            ]
        )
        # Nodes that scores are printed or ranked for, as sums of indicator points.
        self.reported = ["overall", *self.first_level, *self.second_level]
        self.sums = np.zeros((len(self.indicators), len(self.reported)))
        for i, code in enumerate(self.indicators):
            while code:
                if code in self.reported:
                    self.sums[i, self.reported.index(code)] = 1
                code = self.nodes[code]["parent_node_code"]

    def _read_cohorts(self, reference: Path) -> None:
        members: dict[str, dict[str, list[str]]] = {}
        for row in read_csv(reference / "ref_cohort_members.csv"):
            regions = members.setdefault(row["cohort_code"], {})
            regions.setdefault(row["region_code"], []).append(row["member_region_code"])
        cities = list(members["city"])
        # Rows can also sit at a province (its policies); municipalities are both at once.
        provinces = [code for code in members["province"] if code not in members["city"]]
        self.localities = sorted(cities + provinces)
        self.is_city = np.array([code in members["city"] for code in self.localities])
        self.province_of = [
            code if self.regions[code]["region_level"] == "province" else self.regions[code]["parent_region_code"]
            for code in self.localities
        ]
        self.cohorts = {}
        for cohort, regions in members.items():
            membership = np.zeros((len(regions), len(self.localities)))
            for i, parts in enumerate(regions.values()):
                for j, locality in enumerate(self.localities):
                    inside = locality in parts or self.regions[locality]["parent_region_code"] in parts
                    membership[i, j] = float(inside)
            self.cohorts[cohort] = Cohort(list(regions), membership)

    def leaf_values(self, cohort: Cohort, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Raw indicator values of a cohort and where they are observed."""
        totals = cohort.add_up(counts)
        values = totals.copy()
        observed = np.ones_like(totals, dtype=bool)
        for k, d in enumerate(self.denominator):
            if d >= 0:
                observed[:, k] = totals[:, d] > 0
                values[:, k] = np.where(observed[:, k], totals[:, k] / np.maximum(totals[:, d], 1e-300), 0.0)
        return values, observed

    def points(self, cohort: Cohort, counts: np.ndarray) -> np.ndarray:
        """Points of each reported node (columns as `reported`) for each region of a cohort.

        ln(1 + x) over the cohort's maximum, weighted; a missing average contributes nothing.
        """
        values, _ = self.leaf_values(cohort, counts)
        transformed = np.log1p(values)
        top = transformed.max(axis=0)
        normalised = np.divide(transformed, top, out=np.zeros_like(transformed), where=top > 0)
        return (normalised * self.leaf_points) @ self.sums

    def scores(self, points: np.ndarray) -> np.ndarray:
        """Scores from 0 to 100 within each node, rounded to the decimals that ranks use."""
        full = self.leaf_points @ self.sums
        return np.round(100 * points / full, 6)


def read_counts(definition: Definition, path: Path = COUNTS) -> np.ndarray:
    """Read the kept base counts as a matrix localities x base counts."""
    rows = {row["region_code"]: row for row in read_csv(path)}
    unknown = sorted(set(rows) - set(definition.localities))
    if unknown:
        raise SystemExit(f"{path.name}: unknown region_code {unknown[0]}; solve again")
    counts = np.zeros((len(definition.localities), len(definition.bases)))
    for i, code in enumerate(definition.localities):
        if code in rows:
            counts[i] = [float(rows[code][base]) for base in definition.bases]
    return counts


def write_counts(definition: Definition, counts: np.ndarray, path: Path = COUNTS) -> None:
    """Write base counts, replacing the file only when it is complete."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["region_code", *definition.bases])
        for code, row in zip(definition.localities, counts, strict=True):
            if row.any():
                cells = [
                    f"{value:.2f}" if base == AMOUNT else str(round(value))
                    for base, value in zip(definition.bases, row, strict=True)
                ]
                writer.writerow([code, *cells])
    temporary.replace(path)

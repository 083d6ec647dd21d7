"""The replications a second time: a recursion over the tree in NumPy, with hashlib's draws.

Written from docs/methodology.md, not from the SQL. It begins with the indicators' transformed and normalised values, which
tests/independent_index.py computes by itself.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from independent_index import find_method, read_table


def uniform(seed: str, series: str, number: int, node: str) -> float:
    """One of 2 to the power of 28 numbers between 0 and 1."""
    return (int(hashlib.md5(f"{seed}:{series}:{number}:{node}".encode()).hexdigest()[:7], 16) + 0.5) / 2**28


def competition_ranks(scores: np.ndarray) -> np.ndarray:
    """1 and the number of those that are better; 0 without a score."""
    known = np.sort(scores[~np.isnan(scores)])
    return np.where(np.isnan(scores), 0, 1 + len(known) - np.searchsorted(known, scores, side="right"))


@dataclass
class Replications:
    """An edition and cohort of a built project."""

    project: object
    seeds: str
    edition: int
    cohort: str

    @cached_property
    def settings(self) -> dict[str, dict[str, str]]:
        found = defaultdict(dict)
        for row in self.read("ref_uncertainty"):
            found[row["setting"]][row["choice"]] = row["amount"]
        return found

    @cached_property
    def nodes(self) -> dict[str, dict]:
        return {row["node_code"]: row for row in self.read("ref_nodes")}

    @cached_property
    def children(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for code, node in self.nodes.items():
            found[node["parent_node_code"]].append(code)
        return found

    @cached_property
    def methods(self) -> list[dict]:
        return read_table(self.project.folder / self.seeds / "reference" / "ref_methods.csv")

    def read(self, table: str) -> list[dict]:
        rows = read_table(self.project.folder / self.seeds / "reference" / f"{table}.csv")
        return [row for row in rows if int(row["edition"]) == self.edition]

    def query(self, columns: str, table: str, order: str) -> list[tuple]:
        return self.project.query(
            f"select {columns} from marts.{table} where edition = {self.edition} and cohort_code = '{self.cohort}' order by {order}"
        )

    @cached_property
    def regions(self) -> list[str]:
        """Those with an overall rank, in the order of the ranks."""
        (root,) = self.children[""]
        return [
            region
            for region, node, rank in self.query(
                "region_code, node_code, node_rank", "fct_node_scores", "node_rank, region_code"
            )
            if node == root and rank is not None
        ]

    @cached_property
    def known(self) -> dict[str, np.ndarray]:
        """Node -> whether each region has a score in the published index."""
        scores = {
            (node, region): score
            for node, region, score in self.query("node_code, region_code, score", "fct_node_scores", "1, 2")
        }
        return {node: np.array([scores[node, region] is not None for region in self.regions]) for node in self.nodes}

    @cached_property
    def values(self) -> dict[tuple[str, str], np.ndarray]:
        """Indicator and normaliser -> the values of the regions; NaN is missing."""
        rows = self.query(
            "indicator_code, region_code, transformed_value, normalised_value", "fct_indicator_values", "indicator_code"
        )
        found = {}
        for indicator in {row[0] for row in rows}:
            table = {row[1]: row[2:] for row in rows if row[0] == indicator}
            regions = list(table)
            directed = np.array([np.nan if table[region][0] is None else table[region][0] for region in regions], float)
            directed *= int(self.nodes[indicator]["direction"])
            known = directed[~np.isnan(directed)]
            count, spread = len(known), np.ptp(known) if len(known) else 0
            worse = np.array([np.sum(known < value) for value in directed])
            equal = np.array([np.sum(known == value) for value in directed])
            scales = {
                "declared": np.array([np.nan if table[region][1] is None else table[region][1] for region in regions], float),
                "percentile": (worse + 0.5 * equal) / max(count, 1),
                "rank": (worse + equal - 1) / max(count - 1, 1) if spread else 0 * directed,
                "min_max": (directed - known.min()) / spread if spread else 0 * directed,
                "z_score": 0.5 + 0.1 * ((directed - known.mean()) / known.std(ddof=1) if spread else 0 * directed),
            }
            places = [regions.index(region) for region in self.regions]
            for name, scale in scales.items():
                found[indicator, name] = np.where(np.isnan(directed), np.nan, scale)[places]
        return found

    def mean(self, values: list[np.ndarray], weights: list[float], kind: str) -> np.ndarray:
        """Weighted mean over the children that count in each region; a weight is zero where one does not."""
        whole = sum(weights)
        with np.errstate(all="ignore"):
            if kind == "arithmetic":
                return sum(w * v for w, v in zip(weights, values)) / whole
            product = np.exp(sum(np.where(w > 0, w * np.log(v), 0) for w, v in zip(weights, values)) / whole)
            return np.where(np.min(np.where(np.array(weights) > 0, values, np.inf), axis=0) <= 0, 0, product)

    def scores(self, factors: dict[str, float], normaliser: str, aggregator: str) -> dict[str, np.ndarray]:
        """Node -> the scores of the regions, between 0 and 1."""
        floor = float(self.settings["floor"][""])
        lifted = aggregator == "geometric"
        raw = {}

        def value(node: str) -> np.ndarray:
            family = self.children[node]
            if not family:
                plain = self.values[node, normaliser]
                raw[node] = np.maximum(floor, floor + (1 - floor) * plain) if lifted else plain
                return raw[node]
            method = find_method(self.methods, self.edition, self.cohort, node)
            values, weights = [], []
            for child in family:
                found, known = value(child), self.known[child]
                values.append(np.where(known, found, floor if lifted else 0))
                counts = known | (method["missing_rule"] == "zero")
                weights.append(float(self.nodes[child]["printed_weight"]) * factors[child] * counts)
            raw[node] = self.mean(values, weights, method["aggregator"] if aggregator == "declared" else aggregator)
            return raw[node]

        (root,) = self.children[""]
        value(root)
        found = {}
        for node in (root, *self.children[root]):
            score = (raw[node] - floor) / (1 - floor) if lifted else raw[node]
            decimals = int(find_method(self.methods, self.edition, self.cohort, node)["rank_decimals"])
            score = np.floor(np.floor(score * 1e12 + 0.5) / 10 ** (12 - decimals) + 0.5)
            found[node] = np.where(self.known[node], score, np.nan)
        return found

    def factors(self, number: int, series: str = "a") -> dict[str, float]:
        noise, (seed,) = self.settings["weight_noise"], self.settings["seed"].values()
        return {
            node: 1 + float(noise.get(str(self.level(node)), 0)) * (2 * uniform(seed, series, number, node) - 1)
            for node in self.nodes
        }

    def level(self, node: str) -> int:
        parent = self.nodes[node]["parent_node_code"]
        return 1 + self.level(parent) if parent else 0

    def choices(self, setting: str) -> list[str]:
        return sorted(self.settings[setting], key=lambda choice: (choice != "declared", choice))

    def replication(self, number: int) -> dict[str, np.ndarray]:
        normalisers, aggregators = self.choices("normaliser"), self.choices("aggregator")
        return self.scores(
            self.factors(number),
            normalisers[number % len(normalisers)],
            aggregators[number // len(normalisers) % len(aggregators)],
        )

"""The smooth half of the search: real-valued counts, moved along a gradient.

Unknowns are logarithms of base counts. Printed scores are bands, printed ranks are
chains of regions that must stay a margin apart; both are hinges, zero when met.
"""

import numpy as np
from scipy.optimize import minimize

from reconstruction.definition import Definition
from reconstruction.targets import read_targets

# Points in which a miss counts as one unit of loss.
UNIT = 0.01
# Neighbours in rank are pulled this far apart where nothing speaks against it, because
# whole numbers will move them.
COMFORT_MARGIN = 0.04
# (numerator, denominator, lowest, highest ratio) that a locality may plausibly show.
RATIOS = [
    ("core_layer_enterprise_count", "enterprise_count", 0.05, 0.75),
    ("enterprise_patent_count", "enterprise_count", 0.3, 40.0),
    ("technology_enabling_relation_count", "enterprise_count", 0.1, 2.5),
    ("financing_relation_count", "enterprise_count", 0.01, 4.0),
    ("investment_relation_count", "enterprise_count", 0.03, 5.0),
    ("financing_amount", "financing_relation_count", 60.0, 40_000.0),
    ("university_paper_count", "university_count", 6.0, 1_100.0),
    ("university_patent_count", "university_count", 4.0, 1_100.0),
    ("institute_paper_count", "institute_count", 3.0, 650.0),
    ("institute_patent_count", "institute_count", 2.0, 650.0),
    ("international_technology_input_count", "enterprise_count", 0.0, 0.5),
    ("international_technology_enabling_count", "technology_enabling_relation_count", 0.0, 0.6),
]
# Columns whose totals are not printed but decide how many rows there are.
RELATION_TOTALS = {
    "financing_relation_count": (13_000, 28_800),
    "investment_relation_count": (13_000, 28_800),
    "technology_enabling_relation_count": (8_000, 11_000),
    "international_technology_input_count": (1_500, 3_400),
    "financing_amount": (100_000_000, 560_000_000),
}


# How firmly a column keeps to its plausible start; 1 where nothing is said.
FIRMNESS = {
    "enterprise_count": 10.0,
    "university_count": 300.0,
    "institute_count": 300.0,
    "conference_count": 5.0,
    "alliance_count": 3.0,
    "park_count": 3.0,
    "policy_count": 3.0,
    "core_layer_enterprise_count": 3.0,
    "technology_enabling_relation_count": 3.0,
    "financing_relation_count": 2.0,
}


class Problem:
    """Loss and gradient of all conditions at once."""

    def __init__(self, definition: Definition, start: np.ndarray, active: np.ndarray):
        self.definition = definition
        self.targets = read_targets(definition)
        self.start = start
        self.active = active
        self.bases = definition.bases
        self.tolerance, self.margin = 0.0042, 0.003
        self.moving = active
        self.prior = 0.0
        self.comfort = 0.0
        self.chains: dict[tuple[str, int], tuple[np.ndarray, np.ndarray]] = {}
        self.ties = self._ties()
        self.ratios = [
            (self.bases.index(n), self.bases.index(d), np.log(max(low, 1e-9)), np.log(high)) for n, d, low, high in RATIOS
        ]
        self.bands = {}
        for name, target in self.targets.items():
            rows = np.array([b[0] for b in target.bands], dtype=int)
            nodes = np.array([b[1] for b in target.bands], dtype=int)
            self.bands[name] = (rows, nodes, np.array([b[2] for b in target.bands]))

    def _ties(self) -> dict[tuple[str, int], tuple[np.ndarray, np.ndarray]]:
        """Pairs of regions that share a printed rank."""
        ties = {}
        for name, target in self.targets.items():
            for node, ranks in target.ranks.items():
                at: dict[int, list[int]] = {}
                for region, rank in ranks.items():
                    at.setdefault(rank, []).append(region)
                pairs = [(group[0], other) for group in at.values() for other in group[1:]]
                if pairs:
                    one, other = np.array(pairs).T
                    ties[name, node] = (one, other)
        return ties

    def order(self, counts: np.ndarray) -> None:
        """Turn ranks into pairs (higher, lower), filling gaps with the regions now nearest."""
        for name, target in self.targets.items():
            points = self.definition.points(self.definition.cohorts[name], counts)
            for node, ranks in target.ranks.items():
                at: dict[int, list[int]] = {}
                for region, rank in ranks.items():
                    at.setdefault(rank, []).append(region)
                free = [r for r in np.argsort(-points[:, node], kind="stable") if r not in ranks]
                pairs, previous, position = [], [], 1
                for rank in sorted(at):
                    while position < rank:
                        filler, free = free[0], free[1:]
                        pairs += [(p, filler) for p in previous]
                        previous = [filler]
                        position += 1
                    pairs += [(p, r) for p in previous for r in at[rank]]
                    previous = at[rank]
                    position += len(previous)
                pairs += [(previous[0], f) for f in free]
                higher, lower = np.array(pairs).T
                self.chains[name, node] = (higher, lower)

    def loss(self, counts: np.ndarray) -> tuple[float, np.ndarray]:
        """Loss and its gradient by counts."""
        d = self.definition
        total, gradient = 0.0, np.zeros_like(counts)
        for name, cohort in d.cohorts.items():
            sums = cohort.add_up(counts)
            values = sums.copy()
            for k, by in enumerate(d.denominator):
                if by >= 0:
                    values[:, k] = np.where(sums[:, by] > 0, sums[:, k] / np.maximum(sums[:, by], 1e-9), 0)
            logs = np.log1p(values)
            best = logs.argmax(axis=0)
            top = logs[best, np.arange(logs.shape[1])]
            share = logs / top
            points = (share * d.leaf_points) @ d.sums
            slope = np.zeros_like(points)

            rows, nodes, printed = self.bands[name]
            miss = points[rows, nodes] - printed
            over = np.sign(miss) * np.maximum(np.abs(miss) - self.tolerance, 0) / UNIT
            total += (over**2).sum()
            np.add.at(slope, (rows, nodes), 2 * over / UNIT)
            for (chain, node), (higher, lower) in self.chains.items():
                if chain == name:
                    short = np.maximum(self.margin - points[higher, node] + points[lower, node], 0) / UNIT
                    total += (short**2).sum()
                    if self.comfort:
                        wide = COMFORT_MARGIN - points[higher, node] + points[lower, node]
                        wide = np.maximum(wide, 0) / UNIT
                        total += self.comfort * (wide**2).sum()
                        short = short + self.comfort * wide
                    np.add.at(slope[:, node], higher, -2 * short / UNIT)
                    np.add.at(slope[:, node], lower, 2 * short / UNIT)

            for (chain, node), (one, other) in self.ties.items():
                if chain == name:
                    apart = (points[one, node] - points[other, node]) / UNIT
                    total += (apart**2).sum()
                    np.add.at(slope[:, node], one, 2 * apart / UNIT)
                    np.add.at(slope[:, node], other, -2 * apart / UNIT)

            by_share = (slope @ d.sums.T) * d.leaf_points
            by_log = by_share / top
            by_log[best, np.arange(logs.shape[1])] -= (by_share * share).sum(axis=0) / top
            by_value = by_log / (1 + values)
            by_sum = by_value.copy()
            for k, by in enumerate(d.denominator):
                if by >= 0:
                    safe = np.maximum(sums[:, by], 1e-9)
                    by_sum[:, k] = by_value[:, k] / safe
                    by_sum[:, by] -= by_value[:, k] * values[:, k] / safe
            if cohort.places is None:
                gradient += cohort.membership.T @ by_sum
            else:
                gradient[cohort.places] += by_sum
        return total, gradient

    def sides(self, counts: np.ndarray) -> tuple[float, np.ndarray]:
        """Totals of table 1, equal relation totals and plausible ratios."""
        total, gradient = 0.0, np.zeros_like(counts)
        column = counts.sum(axis=0)
        wanted = dict(self.definition.table_1)
        for base, (low, high) in RELATION_TOTALS.items():
            wanted[base] = float(np.clip(column[self.bases.index(base)], low, high))
        # Each relation is counted once where the money goes and once where it comes from.
        paid = self.bases.index("investment_relation_count")
        got = self.bases.index("financing_relation_count")
        miss = (column[got] / column[paid] - 1) / 2e-4
        total += miss**2
        gradient[:, got] += 2 * miss / 2e-4 / column[paid]
        gradient[:, paid] -= 2 * miss / 2e-4 * column[got] / column[paid] ** 2
        for base, size in wanted.items():
            k = self.bases.index(base)
            if not self.moving[:, k].any():
                continue
            miss = (column[k] / size - 1) / 2e-4
            total += miss**2
            gradient[:, k] += 2 * miss / 2e-4 / size
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(np.maximum(counts, 1e-300))
        for n, d, low, high in self.ratios:
            both = (counts[:, n] > 0) & (counts[:, d] > 0)
            both &= self.moving[:, n] | self.moving[:, d]
            ratio = np.where(both, logs[:, n] - logs[:, d], (low + high) / 2)
            miss = (np.maximum(ratio - high, 0) - np.maximum(low - ratio, 0)) / 0.02
            total += (miss**2).sum()
            change = np.where(both, 2 * miss / 0.02, 0)
            gradient[:, n] += change / np.maximum(counts[:, n], 1e-300) * both
            gradient[:, d] -= change / np.maximum(counts[:, d], 1e-300) * both
        return total, gradient

    def settle(self, counts: np.ndarray, moving: np.ndarray, low: np.ndarray, steps: int) -> tuple[np.ndarray, float]:
        """Move the chosen entries until every hinge is met or steps run out."""
        self.moving = moving
        where = np.nonzero(moving)
        reference = np.log(np.maximum(self.start[where], 1e-3))
        pull = self.prior * np.array([FIRMNESS.get(base, 1.0) for base in self.bases])[where[1]]

        def evaluate(z: np.ndarray) -> tuple[float, np.ndarray]:
            trial = counts.copy()
            trial[where] = np.exp(z)
            total, gradient = self.loss(trial)
            side, side_gradient = self.sides(trial)
            away = z - reference
            value = total + side + (pull * away**2).sum()
            return value, (gradient + side_gradient)[where] * trial[where] + 2 * pull * away

        z = np.log(np.maximum(counts[where], np.exp(low[where])))
        bounds = np.stack([low[where], np.full(len(z), 25.0)], axis=1)
        options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 20, "ftol": 1e-14, "gtol": 1e-9}
        found = minimize(evaluate, z, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        result = counts.copy()
        result[where] = np.exp(found.x)
        return result, float(found.fun - (pull * (found.x - reference) ** 2).sum())

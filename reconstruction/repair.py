"""The whole-number half of the search: single units move until one node is right everywhere.

Annealing over the counts of one first-level node. A move adds or takes units where a
condition is missed; in columns whose total is printed another locality gives or takes them.
"""

from itertools import combinations

import numpy as np

from reconstruction import SEED
from reconstruction.smooth import UNIT, Problem

# Scores aim at most SHIFT beside print and miss the aim by at most TOLERANCE: stricter than
# print (0.005), so that later steps have room to move.
SHIFT, TOLERANCE, MARGIN = 0.003, 0.0015, 0.001
STRICT_TOLERANCE = 0.0015
# How far regions with a printed overall score may drift: cities that lie within NEAR of each
# other can hardly move, because all their ranks point the same way; municipalities little,
# because two cohorts hold them.
NEAR = 0.1
NEAR_ROOM, MUNICIPAL_ROOM = 0.0015, 0.0015
# In nodes with fine columns rounding alone decides how far they go.
FINE_NODES, FINE_ROOM = ("enterprise_capability", "academic_ecosystem"), 0.0003
TEMPERATURE = 0.01
# Every unit away from the rounded counts costs this much, or nothing would stay where it was.
STEP_COST = 0.0005
MOVES = 300_000
REORDER_EVERY = 1_000
# Localities with most institutions, among which some may change places.
KEY_PLACES = 6


class NodeState:
    """Sums and missed conditions of one first-level node under its current counts."""

    def __init__(self, problem: Problem, counts: np.ndarray, real: np.ndarray, node: str, leaders_only=False):
        self.problem = problem
        self.leaders_only = leaders_only
        self.tolerance = STRICT_TOLERANCE if leaders_only else TOLERANCE
        d = problem.definition
        self.node, self.at = node, d.reported.index(node)
        self.columns = np.flatnonzero(d.sums[:, self.at])
        self.weights = d.leaf_points[self.columns]
        # Position of the divisor among the columns, for averages.
        divisors = d.denominator[self.columns]
        self.divisor = [int(by - self.columns[0]) if by >= 0 else -1 for by in divisors]
        self.all_counts = counts.copy()
        self.counts = counts[:, self.columns].astype(float)
        self.names = list(d.cohorts)
        self.members = [d.cohorts[name].membership for name in self.names]
        self.sums = [member @ self.counts for member in self.members]
        self.regions_of = [np.argmax(member, axis=0) for member in self.members]
        self.inside = [member.any(axis=0) for member in self.members]
        self.before = {name: d.points(d.cohorts[name], real)[:, self.at] for name in self.names}
        self.drifts = [self.drift_limits(name, counts) for name in self.names]
        self.reorder()

    def drift_limits(self, name: str, counts: np.ndarray) -> tuple[np.ndarray, ...]:
        """Regions with a printed overall score, where they were and how far they may go."""
        d = self.problem.definition
        rows, nodes, printed = self.problem.bands[name]
        steady, overall = rows[nodes == 0], printed[nodes == 0]
        if self.leaders_only:
            return steady[:0], overall[:0], overall[:0]
        cohort = d.cohorts[name]
        before = self.before[name][steady]
        sums = (cohort.membership @ counts)[steady][:, self.columns]
        step = (self.weights / np.log1p(sums.max(axis=0)) / (1 + sums)).max(axis=1)
        if self.node in FINE_NODES:
            rounding = np.abs(d.points(cohort, counts)[steady, self.at] - before)
            return steady, before, np.maximum(FINE_ROOM, rounding)
        room = np.maximum(0.1, 1.5 * step)
        for i, row in enumerate(steady):
            distance = np.abs(np.delete(overall, i) - overall[i]).min()
            if name == "city" and distance < NEAR:
                room[i] = NEAR_ROOM
            elif self.is_held_twice(cohort.regions[row]):
                room[i] = MUNICIPAL_ROOM
        return steady, before, room

    def is_held_twice(self, code: str) -> bool:
        """Whether overall scores are printed for a region as a province and as a city."""
        held = 0
        for name in ("province", "city"):
            rows, nodes, _ = self.problem.bands[name]
            held += self.problem.definition.cohorts[name].index.get(code, -1) in rows[nodes == 0]
        return held == 2

    def reorder(self) -> None:
        """Let the unprinted regions that are nearest now fill the gaps between printed ranks."""
        self.all_counts[:, self.columns] = self.counts
        self.problem.order(self.all_counts)
        none = (np.zeros(0, dtype=int), np.zeros(0, dtype=int))
        self.conditions = []
        for name in self.names:
            rows, nodes, printed = self.problem.bands[name]
            mine = nodes == self.at
            chain = tie = none
            if self.leaders_only:
                mine &= np.isin(rows, self.leaders(name))
            else:
                chain = self.problem.chains.get((name, self.at), none)
                tie = self.problem.ties.get((name, self.at), none)
            # Stay near the real numbers: these fit the printed sums as well as the scores.
            before = self.before[name][rows[mine]]
            aim = np.clip(before, printed[mine] - SHIFT, printed[mine] + SHIFT)
            self.conditions.append((rows[mine], aim, *chain, *tie))

    def leaders(self, name: str) -> np.ndarray:
        """Regions that lead in every average, so that only their counts can lower their score."""
        d = self.problem.definition
        values, _ = d.leaf_values(d.cohorts[name], self.all_counts)
        logs = np.log1p(values[:, self.columns[[by >= 0 for by in self.divisor]]])
        return np.flatnonzero((logs > 0.99 * logs.max(axis=0)).all(axis=1))

    def points(self, c: int) -> np.ndarray:
        """Points of every region of a cohort."""
        values = self.sums[c]
        if max(self.divisor) >= 0:
            values = values.copy()
            for k, by in enumerate(self.divisor):
                if by >= 0:
                    number = self.sums[c][:, by]
                    values[:, k] = np.where(number > 0, values[:, k] / np.maximum(number, 1), 0)
        logs = np.log1p(values)
        return (logs / logs.max(axis=0)) @ self.weights

    def misses(self, c: int) -> tuple[np.ndarray, ...]:
        """How far bands, chains, ties and drifts of a cohort are missed, in units of loss."""
        points = self.points(c)
        rows, printed, higher, lower, one, other = self.conditions[c]
        steady, before, room = self.drifts[c]
        band = np.maximum(np.abs(points[rows] - printed) - self.tolerance, 0) / UNIT
        chain = np.maximum(MARGIN - points[higher] + points[lower], 0) / UNIT
        tie = np.abs(points[one] - points[other]) / UNIT
        drift = np.maximum(np.abs(points[steady] - before) - room, 0) / UNIT
        return band, chain, tie, drift

    def loss(self) -> float:
        """Sum of squared misses, plus a little for each miss at all."""
        total = 0.0
        for c in range(len(self.names)):
            for miss in self.misses(c):
                total += float(miss @ miss) + 0.02 * np.count_nonzero(miss > 1e-9)
        return total

    def missed_places(self) -> list[np.ndarray]:
        """Localities of each region that takes part in a missed condition."""
        places = []
        for c in range(len(self.names)):
            band, chain, tie, drift = self.misses(c)
            rows, _, higher, lower, one, other = self.conditions[c]
            regions = [*rows[band > 0], *higher[chain > 0], *lower[chain > 0]]
            regions += [*one[tie > 1e-9], *other[tie > 1e-9], *self.drifts[c][0][drift > 0]]
            places += [np.flatnonzero(self.members[c][r]) for r in regions]
        return places

    def move(self, place: int, k: int, by: int) -> None:
        """Add to one count and to every sum it is part of; averages stay what they are."""
        change = np.zeros(len(self.columns))
        change[k] = by
        for j, divisor in enumerate(self.divisor):
            if divisor == k:
                change[j] = self.counts[place, j] * by / self.counts[place, k]
        self.counts[place] += change
        for c in range(len(self.names)):
            if self.inside[c][place]:
                self.sums[c][self.regions_of[c][place]] += change


def repair(problem: Problem, counts: np.ndarray, real: np.ndarray, node: str,
           movable: np.ndarray) -> tuple[np.ndarray, float]:  # fmt: skip
    """Counts with one node's movable entries moved by units, and the loss that is left.

    `real` are the counts before the last rounding: points should stay near theirs.
    """
    state = NodeState(problem, counts, real, node)
    random = np.random.default_rng([SEED, state.at])
    free = movable[:, state.columns]
    whole = [k for k in range(len(state.columns)) if free[:, k].any()]
    fixed_total = [problem.bases[k] in problem.definition.table_1 for k in state.columns]
    province = np.array(problem.definition.province_of)
    now = best = state.loss()
    start = state.counts.copy()
    best_counts = start.copy()
    places = state.missed_places()
    for step in range(MOVES):
        if best == 0:
            break
        if step % REORDER_EVERY == REORDER_EVERY - 1:
            state.reorder()
            now = state.loss()
            places = state.missed_places() or places
            if now <= best:
                best, best_counts = now, state.counts.copy()
        group = places[int(random.integers(len(places)))]
        k = whole[int(random.integers(len(whole)))]
        place = int(group[int(random.integers(len(group)))])
        by = int(random.choice([-2, -1, -1, -1, 1, 1, 1, 2]))
        moves = [(place, by)]
        # Others give or take within the province (then its sum stays), where something is
        # missed as well, or anywhere.
        draw = random.random()
        if draw < 0.3 or fixed_total[k]:
            pool = np.arange(len(counts))
            if draw < 0.3:
                pool = np.flatnonzero(province == province[place])
            elif draw < 0.6:
                pool = places[int(random.integers(len(places)))]
            moves.append((int(pool[int(random.integers(len(pool)))]), -by))
            if moves[0][0] == moves[1][0]:
                continue
        moves = [(p, k, b) for p, b in moves]
        if len(moves) == 1 and random.random() < 0.5:
            # Small counts can often only change together.
            other = int(group[int(random.integers(len(group)))])
            moves.append((other, whole[int(random.integers(len(whole)))], int(random.choice([-1, 1]))))
        if any(fixed_total[j] for _, j, _ in moves[1:]) and not fixed_total[k]:
            continue
        if len({(p, j) for p, j, _ in moves}) < len(moves):
            continue
        if any(not free[p, j] or state.counts[p, j] + b < 0 for p, j, b in moves):
            continue
        farther = 0.0
        for p, j, b in moves:
            farther -= abs(state.counts[p, j] - start[p, j])
            state.move(p, j, b)
            farther += abs(state.counts[p, j] - start[p, j])
        after = state.loss()
        cost = after - now + STEP_COST * farther
        if cost <= 0 or random.random() < np.exp(-cost / (TEMPERATURE * (1 - step / MOVES))):
            now = after
            places = state.missed_places() or places
            if now < best:
                best, best_counts = now, state.counts.copy()
        else:
            for p, j, b in moves:
                state.move(p, j, -b)
    result = counts.copy()
    result[:, state.columns] = best_counts
    result[:, state.columns[whole]] = np.round(result[:, state.columns[whole]])
    return result, best


def repair_leaders(problem: Problem, counts: np.ndarray, real: np.ndarray, node: str,
                   movable: np.ndarray) -> tuple[np.ndarray, float]:  # fmt: skip
    """Counts with a few institutions moved so that leaders in every average score as printed.

    Everybody else's scores are left to the averages, which settle afterwards. Each step
    takes the one move of all that helps most, so that as little as possible changes.
    """
    state = NodeState(problem, counts, real, node, leaders_only=True)
    whole = [k for k in range(len(state.columns)) if k in state.divisor]
    places = set()
    for k in whole:
        movable_here = movable[:, state.columns[k]] & (state.counts[:, k] >= 5)
        largest = np.argsort(-np.where(movable_here, state.counts[:, k], 0), kind="stable")
        places |= {int(p) for p in largest[:KEY_PLACES]}
    steps = [
        (k, giver, taker)
        for k in whole
        for giver in sorted(places)
        for taker in sorted(places)
        if giver != taker and min(state.counts[giver, k], state.counts[taker, k]) >= 5
    ]

    def move(steps_taken: tuple, by: int) -> None:
        for k, giver, taker in steps_taken:
            state.move(giver, k, -by)
            state.move(taker, k, by)

    now = state.loss()
    while now > 0:
        best, chosen = now, ()
        for trial in [*((step,) for step in steps), *combinations(steps, 2)]:
            if len(trial) == 2 and best < now:
                break  # a single move helps; pairs are for when none does
            move(trial, 1)
            after = state.loss()
            move(trial, -1)
            if after < best - 1e-9:
                best, chosen = after, trial
        if not chosen:
            break
        move(chosen, 1)
        now = best
    result = counts.copy()
    result[:, state.columns] = state.counts
    result[:, state.columns[whole]] = np.round(state.counts[:, whole])
    return result, now

"""From plausible counts to whole counts that meet every printed figure.

All counts are first real numbers. Then columns become whole in turn, coarse ones first,
and after each the columns that are still free settle again; what rounding breaks in the
columns that have no fine-grained partner is repaired by moving single units.
"""

import time

import numpy as np

from reconstruction.definition import AMOUNT, Definition
from reconstruction.plausible import plausible_counts, spread
from reconstruction.repair import repair, repair_leaders
from reconstruction.smooth import Problem
from reconstruction.targets import check, read_targets

# (weight of the plausible start, weight of comfortable margins, steps)
COOLING = [(1.0, 0, 500), (0.3, 0, 1000), (0.1, 1e-3, 2000), (0.03, 1e-3, 3000), (0.01, 1e-3, 3000)]
COOLING += [(0.003, 1e-3, 3000), (0.001, 1e-3, 3000), (1e-4, 1e-3, 3000), (1e-5, 1e-4, 4000)]
COOLING += [(1e-6, 1e-4, 4000), (1e-7, 3e-5, 4000)]
# Columns in the order in which they become whole; a node named beside them is repaired at
# once, because no column with finer steps is left in it.
ROUNDS = [
    (["conference_count", "policy_count", "international_technology_input_count"], None),
    (["alliance_count"], "linkage_capability"),
    (["park_count"], "government_response"),
    (["international_technology_enabling_count"], "international_openness"),
    (["university_count", "institute_count"], "academic_ecosystem"),
    (["enterprise_count"], None),
    (["core_layer_enterprise_count"], None),
    (["technology_enabling_relation_count"], None),
    (["investment_relation_count"], None),
    (["financing_relation_count"], None),
    (["enterprise_patent_count"], "enterprise_capability"),
    (
        ["university_paper_count", "university_patent_count",
         "institute_paper_count", "institute_patent_count"],
        "academic_ecosystem",
    ),
]  # fmt: skip
# Columns in which single units may move once they are whole.
UNITS = [
    "conference_count",
    "alliance_count",
    "park_count",
    "policy_count",
    "international_technology_input_count",
    "international_technology_enabling_count",
    "enterprise_patent_count",
    "university_paper_count",
    "university_patent_count",
    "institute_paper_count",
    "institute_patent_count",
]
# What a locality without the first cannot have either.
NEEDS = {
    "enterprise_count": [
        "core_layer_enterprise_count", "enterprise_patent_count", "technology_enabling_relation_count",
        "financing_relation_count", "financing_amount", "international_technology_input_count",
        "international_technology_enabling_count",
    ],
    "technology_enabling_relation_count": ["international_technology_enabling_count"],
    "financing_relation_count": ["financing_amount"],
}  # fmt: skip
# Units that last repairs may add to a count.
FEW = 3
# Nearer to print than before, for the last columns to settle.
LAST_TOLERANCE, LAST_MARGIN = 0.0047, 0.001
# Columns that are at least one wherever they are active at all.
WHOLE_FROM_ONE = ("university_count", "institute_count")
# Parts that cannot be larger than their whole.
PART_OF = {
    "core_layer_enterprise_count": "enterprise_count",
    "international_technology_enabling_count": "technology_enabling_relation_count",
}


def starting_point(definition: Definition) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Plausible counts, the entries that may be above zero, and their lower bounds in logs."""
    start = plausible_counts(definition)
    column = {base: k for k, base in enumerate(definition.bases)}
    province = np.array(definition.province_of)
    active = start > 0
    low = np.full(start.shape, -3.0)

    # A tie of many provinces at the bottom can only mean that they have no such relation.
    openness = definition.reported.index("international_openness")
    ranks = read_targets(definition)["province"].ranks[openness]
    last = max(ranks.values())
    closed = [definition.cohorts["province"].regions[r] for r, rank in ranks.items() if rank == last]
    for base in ("international_technology_input_count", "international_technology_enabling_count"):
        active[np.isin(province, closed), column[base]] = False

    # Every province keeps some financing, whose amount can be tuned finely.
    relations = column["financing_relation_count"]
    for code in set(province):
        inside = np.flatnonzero((province == code) & definition.is_city)
        low[inside[start[inside, relations].argmax()], relations] = np.log(1.2)

    node = definition.reported.index("academic_ecosystem")
    academic = {
        definition.cohorts["province"].regions[r]: rank for r, rank in read_targets(definition)["province"].ranks[node].items()
    }
    # Where there are institutions there is at least one, so that averages never lose their divisor.
    for kind in ("university", "institute"):
        count = column[f"{kind}_count"]
        present = start[:, count] >= 0.45
        for code in set(province):
            inside = np.flatnonzero((province == code) & definition.is_city)
            present[inside[start[inside, count].argmax()]] = True
            if kind == "institute" and academic[code] == len(academic):
                present[inside] = False  # the last of all has no institute, hence no average
        for base in (f"{kind}_count", f"{kind}_paper_count", f"{kind}_patent_count"):
            active[~present, column[base]] = False
        low[:, count] = 0.0
    return np.where(active, np.maximum(start, np.exp(low)), 0.0), active, low


def floors(definition: Definition, counts: np.ndarray, moving: np.ndarray, base: str) -> np.ndarray:
    """The least that a column can be where columns that are whole already depend on it."""
    k = definition.bases.index(base)
    floor = np.zeros(len(counts))
    if base in WHOLE_FROM_ONE:
        floor[counts[:, k] > 0] = 1
    for dependent in NEEDS.get(base, []):
        j = definition.bases.index(dependent)
        if not moving[:, j].any():
            floor = np.maximum(floor, counts[:, j] if PART_OF.get(dependent) == base else counts[:, j] > 0)
    return floor


def room_for_more(definition: Definition, counts: np.ndarray, base: str) -> np.ndarray:
    """Where a count could grow by a few units and still have all that it depends on."""
    room = np.ones(len(counts), dtype=bool)
    for needed, dependents in NEEDS.items():
        if base in dependents:
            above = counts[:, definition.bases.index(base)] if PART_OF.get(base) == needed else 0
            room &= counts[:, definition.bases.index(needed)] > above + FEW
    return room


def make_whole(problem: Problem, counts: np.ndarray, base: str, floor: np.ndarray) -> None:
    """Round one column in place, keeping the total exactly and province sums to the unit."""
    definition = problem.definition
    k = definition.bases.index(base)
    province = np.array(definition.province_of)
    codes = sorted(set(province))
    if base == "financing_relation_count":
        total = int(counts[:, definition.bases.index("investment_relation_count")].sum())
    else:
        total = definition.table_1.get(base, round(counts[:, k].sum()))
    sums = spread(total, np.array([counts[province == code, k].sum() for code in codes]))
    for (cohort, node), pairs in problem.ties.items():
        if cohort == "province" and definition.sums[k, node]:
            # Provinces that share a rank get the same count from the start.
            for pair in zip(*pairs, strict=True):
                tied = [codes.index(definition.cohorts[cohort].regions[r]) for r in pair]
                sums[tied] = round(sums[tied].mean() + 0.01)
    for code, size in zip(codes, sums, strict=True):
        inside = np.flatnonzero((province == code) & (counts[:, k] > 0))
        above = np.maximum(counts[inside, k] - floor[inside], 1e-9)
        spare = max(int(size - floor[inside].sum()), 0)
        counts[inside, k] = floor[inside] + spread(spare, above)
        if base in PART_OF:
            whole = counts[inside, definition.bases.index(PART_OF[base])]
            excess = int(np.maximum(counts[inside, k] - whole, 0).sum())
            counts[inside, k] = np.minimum(counts[inside, k], whole)
            counts[inside, k] += spread(excess, whole - counts[inside, k])


class Progress:
    """Prints how far the search has come, with seconds since its start."""

    def __init__(self, definition: Definition):
        self.definition = definition
        self.began = time.monotonic()

    def report(self, step: str, counts: np.ndarray, loss: float) -> None:
        """One line: the step, the loss that is left, printed figures that are not met."""
        _, failed, largest = check(self.definition, counts)
        print(
            f"{time.monotonic() - self.began:6.1f} s  {step:66} loss {loss:9.3f}"
            f"  not met {len(failed):3}  largest deviation {largest:.4f}",
            flush=True,
        )


def solve(definition: Definition) -> np.ndarray:
    """Base counts per locality that meet the printed figures, whole but for amounts."""
    progress = Progress(definition)
    start, active, low = starting_point(definition)
    problem = Problem(definition, start, active)
    counts = start.copy()
    for prior, comfort, steps in COOLING:
        problem.order(counts)
        problem.prior, problem.comfort = prior, comfort
        counts, loss = problem.settle(counts, active, low, steps)
        progress.report(f"real numbers, pull of the start {prior:g}", counts, loss)
    return finish(problem, counts, active, low, progress)


def finish(problem: Problem, counts: np.ndarray, active: np.ndarray, low: np.ndarray,
           progress: Progress) -> np.ndarray:  # fmt: skip
    """Make the columns whole one after the other, then settle the amounts for good."""
    definition = problem.definition
    moving, low = active.copy(), low.copy()
    problem.prior, problem.comfort = 1e-7, 3e-5
    for bases, node in ROUNDS:
        real = counts.copy()
        for base in bases:
            k = definition.bases.index(base)
            make_whole(problem, counts, base, floors(definition, counts, moving, base))
            moving[:, k] = False
            for dependent in NEEDS.get(base, []):
                counts[counts[:, k] == 0, definition.bases.index(dependent)] = 0
                moving[counts[:, k] == 0, definition.bases.index(dependent)] = False
        problem.order(counts)
        if node:
            if "university_count" in bases:
                counts, loss = repair_leaders(problem, counts, real, node, active)
            else:
                units = active & ~moving & np.isin(definition.bases, UNITS)
                counts, loss = repair(problem, counts, real, node, units)
            progress.report(f"{node} repaired", counts, loss)
        for base in NEEDS:
            floor = floors(definition, counts, moving, base)
            column = definition.bases.index(base)
            low[:, column] = np.maximum(low[:, column], np.log(np.maximum(floor, np.exp(-3.0))))
        counts, loss = problem.settle(counts, moving, low, 2000)
        progress.report(f"{bases[0]} whole, the rest settled", counts, loss)

    # What print still misses by a unit is tried once more; amounts, with the finest steps of
    # all, make up for what that changes elsewhere.
    amount = definition.bases.index(AMOUNT)
    problem.tolerance, problem.margin, problem.comfort = LAST_TOLERANCE, LAST_MARGIN, 0.0
    best, fewest = counts, len(definition.figures)
    room = [room_for_more(definition, counts, base) for base in definition.bases]
    movable = active & ~moving & np.isin(definition.bases, UNITS) & np.stack(room, axis=1)
    for node in (None, *reversed(definition.first_level)):
        if node == "capital_environment":
            continue
        trial = counts if node is None else repair(problem, counts, counts, node, movable)[0]
        for _ in range(3):
            problem.order(trial)
            trial, loss = problem.settle(trial, moving, low, 4000)
            trial[:, amount] = np.round(trial[:, amount], 2)
            missed = len(check(definition, trial)[1])
            if missed < fewest:
                best, fewest = trial.copy(), missed
                progress.report(f"amounts settled, {node or 'nothing'} repaired", best, loss)
            if fewest == 0:
                return best
    return best

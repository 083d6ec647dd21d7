"""The printed figures as conditions on points, and the check of counts against them."""

from dataclasses import dataclass, field

import numpy as np

from reconstruction.definition import TABLE_1_TABLES, Definition

# A printed score has two decimals.
HALF_UNIT = 0.005


@dataclass
class CohortTargets:
    """What is printed for one cohort; nodes and regions are positions, not codes."""

    bands: list[tuple[int, int, float]] = field(default_factory=list)  # region, node, score
    ranks: dict[int, dict[int, int]] = field(default_factory=dict)  # node -> region -> rank


def read_targets(definition: Definition) -> dict[str, CohortTargets]:
    """Every printed score and rank that no other printed figure contradicts."""
    targets = {name: CohortTargets() for name in definition.cohorts}
    seen = set()
    for row in definition.figures:
        if row["figure_type"] not in ("score", "rank") or row["contradicted_by"]:
            continue
        cohort = targets[row["cohort_code"]]
        region = definition.cohorts[row["cohort_code"]].index[row["region_code"]]
        node = definition.reported.index(row["node_code"])
        key = (row["cohort_code"], row["figure_type"], region, node, float(row["printed_value"]))
        if key in seen:
            continue
        seen.add(key)
        if row["figure_type"] == "score":
            cohort.bands.append((region, node, float(row["printed_value"])))
        else:
            cohort.ranks.setdefault(node, {})[region] = int(row["printed_value"])
    return targets


# A count is at most so many times another; 0 where the other is 0.
LIMITS = [
    ("core_layer_enterprise_count", "enterprise_count", 1),
    ("international_technology_enabling_count", "technology_enabling_relation_count", 1),
    *(
        (base, "enterprise_count", float("inf"))
        for base in (
            "enterprise_patent_count", "technology_enabling_relation_count",
            "financing_relation_count", "international_technology_input_count",
        )
    ),
    ("financing_amount", "financing_relation_count", float("inf")),
    *(
        (f"{kind}_{work}_count", f"{kind}_count", float("inf"))
        for kind in ("university", "institute")
        for work in ("paper", "patent")
    ),
]  # fmt: skip


def impossible(definition: Definition, counts: np.ndarray) -> list[str]:
    """Counts that no rows could be made of, one message each."""
    messages = []
    column = {base: counts[:, k] for k, base in enumerate(definition.bases)}
    for part, whole, times in LIMITS:
        most = np.where(column[whole] > 0, np.maximum(column[whole], 1) * times, 0)
        for i in np.flatnonzero(column[part] > most):
            messages.append(f"{definition.localities[i]}: {part} {column[part][i]:g} with {whole} {column[whole][i]:g}")
    paid, got = column["investment_relation_count"].sum(), column["financing_relation_count"].sum()
    if paid != got:
        messages.append(f"investment_relation_count adds up to {paid:g}, financing_relation_count to {got:g}")
    if paid < definition.sample_sizes["raw_investors"]:
        messages.append(f"investment_relation_count {paid:g} is too few for the investors of table 1")
    return messages


def check(definition: Definition, counts: np.ndarray) -> tuple[int, list[str], float]:
    """Figures met, a message for each that is not, and the largest deviation of a score."""
    points = {name: definition.points(cohort, counts) for name, cohort in definition.cohorts.items()}
    base_of_table = {table: base for base, table in TABLE_1_TABLES.items()}
    met, failed, largest = 0, [], 0.0
    for row in definition.figures:
        if row["contradicted_by"] or row["figure_type"] not in ("score", "rank", "sample_size"):
            continue
        printed = float(row["printed_value"])
        if row["figure_type"] == "sample_size":
            base = base_of_table.get(row["sample_table"])
            if base is None:  # investors and backbone enterprises are set when rows are written
                continue
            computed = float(counts[:, definition.bases.index(base)].sum())
            good = computed == printed
        else:
            cohort = definition.cohorts[row["cohort_code"]]
            node = definition.reported.index(row["node_code"])
            region = cohort.index[row["region_code"]]
            column = points[row["cohort_code"]][:, node]
            if row["figure_type"] == "score":
                computed = float(column[region])
                largest = max(largest, abs(computed - printed))
                good = f"{computed:.2f}" == f"{printed:.2f}"
            else:
                full = definition.leaf_points @ definition.sums[:, node]
                scores = np.round(100 * column / full, 6)
                computed = float(1 + (scores > scores[region]).sum())
                good = computed == printed
        if good:
            met += 1
        else:
            failed.append(f"{row['figure_id']}: printed {printed:g}, computed {computed:.4f}")
    return met, failed, largest

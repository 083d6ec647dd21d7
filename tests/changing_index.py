"""A made-up index of seven editions, of which each differs from the one before in one thing, and the last in everything."""

from small_index import chance, write

REGIONS = [f"r{number}" for number in range(10)]
EFFECTS = ["tree", "method", "goalpost", "weight", "data"]
EVERYWHERE = {
    "transform": "identity",
    "normaliser": "min_max",
    "aggregator": "arithmetic",
    "missing_rule": "reweight",
    "is_clamped": "true",
    "rank_decimals": "4",
}


def members(edition: int) -> list[str]:
    """r9 comes and r8 goes with the last edition."""
    return [region for region in REGIONS if region != ("r8" if edition == 2020 else "r9")]


def values(indicators: str, series: str, edition: int = 2010) -> dict[str, dict[str, float]]:
    """By indicator and region, from 1 to 100; r7 has no b1."""
    return {
        node: {r: round(1 + 99 * chance(series, node, r) ** 2, 3) for r in members(edition) if (node, r) != ("b1", "r7")}
        for node in indicators.split()
    }


def editions() -> dict[int, dict]:
    """Each differs from the one before in what its name in CHANGED says."""
    first = {
        # Parents.
        "tree": {"root": "", "a": "root", "b": "root", "c": "root", "a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b"},
        "method": {
            "b": {"aggregator": "geometric"},
            "b1": {"transform": "log", "target_lower": "1"},
            "b2": {"target_lower": "1"},
            "c": {"normaliser": "rank"},
        },
        "goalpost": dict.fromkeys(("a1", "a2", "a3", "b2", "c"), ("0", "120")) | {"b1": ("0.5", "200")},
        "weight": {"a": 5, "b": 3, "c": 2, "a1": 1, "a2": 1, "a3": 2, "b1": 1, "b2": 3},
        "data": values("a1 a2 a3 b1 b2 c", "first"),
    }
    found = {2010: first}
    found[2012] = found[2010] | {"data": values("a1 a2 a3 b1 b2 c", "second")}
    goalposts = {
        "a1": ("observed", "observed"),
        "a2": ("0", "region:r1"),
        "b2": ("observed_all_editions", "observed_all_editions"),
    }
    found[2013] = found[2012] | {"goalpost": first["goalpost"] | goalposts}
    found[2014] = found[2013] | {"weight": first["weight"] | {"a": 2, "a1": 4, "b2": 1}}
    methods = {"a": {"aggregator": "geometric"}, "a1": {"transform": "log1p", "target_lower": "5"}, "a2": {"target_lower": "2"}}
    methods |= {"a3": {"target_lower": "2"}, "b": {"rank_decimals": "1"}, "c": {"normaliser": "percentile"}}
    found[2015] = found[2014] | {"method": first["method"] | methods}
    # a3 goes and a4 comes, c moves below d, which comes with d1, and b1 is divided into two.
    tree = {node: parent for node, parent in first["tree"].items() if node != "a3"}
    tree |= {"a4": "a", "d": "root", "c": "d", "d1": "d", "b11": "b1", "b12": "b1"}
    found[2016] = {
        "tree": tree,
        "method": found[2015]["method"] | {"b1": {}} | {node: {"target_lower": "1"} for node in ("a4", "b11", "b12")},
        "goalpost": found[2015]["goalpost"] | dict.fromkeys(("a4", "b11", "b12", "d1"), ("0", "120")),
        "weight": found[2015]["weight"] | {"a4": 3, "b11": 1, "b12": 1, "d": 2, "d1": 5},
        "data": found[2015]["data"] | values("a4 b11 b12 d1", "second"),
    }
    # All at once.
    found[2020] = {
        "tree": {node: parent for node, parent in tree.items() if node != "d1"} | {"a5": "a"},
        "method": found[2016]["method"] | {"a": {}, "a1": {"normaliser": "rank"}, "c": {}},
        "goalpost": found[2016]["goalpost"] | {"a2": ("observed", "150"), "a5": ("0", "110"), "c": ("-10", "observed")},
        "weight": found[2016]["weight"] | {"a": 4, "a4": 1, "a5": 2, "b": 6},
        "data": values("a1 a2 a4 a5 b11 b12 b2 c", "third", 2020),
    }
    return found


CHANGED = {2012: {"data"}, 2013: {"goalpost"}, 2014: {"weight"}, 2015: {"method"}, 2016: {"tree"}, 2020: set(EFFECTS)}


def leaves(tree: dict[str, str]) -> set[str]:
    return tree.keys() - set(tree.values())


def write_index(project) -> None:
    """In a copy of the project, as the index that it is for."""
    folder, stated = project.folder / project.seeds / "reference", editions()
    nodes, methods, delivered = [], [], []
    for edition, parts in stated.items():
        for node, parent in parts["tree"].items():
            is_leaf = node in leaves(parts["tree"])
            nodes.append(
                {
                    "edition": edition,
                    "node_code": node,
                    "parent_node_code": parent,
                    "name_en": node,
                    "printed_weight": parts["weight"].get(node, 1),
                    "numerator": node if is_leaf else "",
                    "direction": -1 if node == "b2" else 1,
                }
            )
            low, high = parts["goalpost"][node] if is_leaf else ("0", "observed")
            method = {"edition": edition, "cohort_code": "*", "node_code": node, "lower_goalpost": low, "upper_goalpost": high}
            methods.append(method | EVERYWHERE | parts["method"].get(node, {}))
        delivered += [
            {"edition": edition, "region": region, "indicator_code": node, "indicator_value": value}
            for node, of_regions in parts["data"].items()
            if node in leaves(parts["tree"])
            for region, value in of_regions.items()
        ]
    write(folder, "ref_nodes", nodes)
    write(folder, "ref_methods", methods)
    write(folder, "ref_editions", [{"edition": e, "name_en": f"Synthetic {e}", "weight_rule": "relative"} for e in stated])
    write(folder, "ref_regions", [{"region_code": r, "region_level": "area", "name_en": r} for r in REGIONS])
    write(folder, "ref_cohorts", [{"cohort_code": "area", "name_en": "Areas"}])
    compared = [
        {"edition": edition, "cohort_code": "area", "region_code": region, "member_region_code": region}
        for edition in stated
        for region in members(edition)
    ]
    write(folder, "ref_cohort_members", compared)
    # How firm the ranks are is asked of the last one.
    settings = [("weight_noise", "1", "0.25"), ("weight_noise", "2", "0.25"), ("weight_noise", "3", "0.25")]
    settings += [("normaliser", "declared", ""), ("normaliser", "z_score", "")]
    settings += [("aggregator", "declared", ""), ("aggregator", "geometric", "")]
    settings += [("floor", "", "0.01"), ("seed", "", "1"), ("replications", "", "64")]
    last = max(stated)
    write(folder, "ref_uncertainty", [{"edition": last, "setting": s, "choice": c, "amount": a} for s, c, a in settings])
    write(folder.parent / "samples", "raw_indicator_values", delivered)

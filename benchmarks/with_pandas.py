"""What a data scientist would write in pandas: python benchmarks/with_pandas.py SAMPLES TOTALS.parquet"""

import sys
from pathlib import Path

import pandas as pd

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
EDITION = 2024
TRUE, FALSE = ["是", "true", "1", "yes", "y", "t"], ["否", "false", "0", "no", "n", "f"]
LEVELS = ["国家级", "省级", "市级"]
DOMESTIC = ["CN", "HK", "MO", "TW"]


def clean(cells: pd.Series) -> pd.Series:
    """Without blanks at the ends, full-width characters folded; normalising all cells would take many times as long."""
    odd = cells.notna() & ~cells.str.isascii().fillna(True).astype(bool)
    cells = cells.mask(odd, cells[odd].str.normalize("NFKC")).str.strip()
    return cells.where(cells != "")


def spelling(cells: pd.Series) -> pd.Series:
    return cells.str.replace(" ", "", regex=False).str.lower()


def whole(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells.where(cells.str.fullmatch(r"[0-9]{1,15}")), errors="coerce")


def amount(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells.where(cells.str.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?")), errors="coerce")


def date(cells: pd.Series) -> pd.Series:
    dashed = cells.str.replace("[/.年月]", "-", regex=True).str.rstrip("日")
    return pd.to_datetime(dashed, format="%Y-%m-%d", errors="coerce").fillna(
        pd.to_datetime(cells, format="%Y%m%d", errors="coerce")
    )


def main(samples: Path, path: Path) -> None:
    aliases = pd.read_csv(SEEDS / "reference" / "ref_region_aliases.csv", dtype=str).dropna(subset="region_code")
    region_codes = dict(zip(spelling(clean(aliases.alias)), aliases.region_code))
    totals = []

    def read(table: str, columns: list[str]) -> pd.DataFrame:
        """The columns of a table, the key first, cleaned and located; without a key or a place a row is of no use."""
        (file,) = (samples / table / f"edition={EDITION}").iterdir()
        if file.suffix == ".parquet":
            rows = pd.read_parquet(file, columns=columns, partitioning=None)
        else:
            rows = pd.read_csv(file, usecols=columns, dtype=str, keep_default_na=False, na_values=[""])
        rows = rows.apply(clean).dropna(subset=columns[0])
        if "region" in rows:
            rows["region"] = spelling(rows.region).map(region_codes)
            rows = rows.dropna(subset="region")
        return rows

    def known(rows: pd.DataFrame, column: str, words: list[str]) -> pd.Series:
        return rows[column].isna() | rows[column].isin(words)

    def in_time(rows: pd.DataFrame, column: str) -> pd.Series:
        return rows[column].isna() | date(rows[column]).between("1980-01-01", f"{EDITION}-12-31")

    def add(measure: str, amounts: pd.Series) -> None:
        totals.append(amounts.rename("amount").rename_axis("locality_code").reset_index().assign(measure_code=measure))

    enterprises = read(
        "raw_enterprises",
        [
            "enterprise_id",
            "region",
            "technology_layer",
            "is_backbone",
            "founded_year",
            "sales_revenue_cny_10k",
            "patent_count",
        ],
    )
    enterprises["patents"] = whole(enterprises.patent_count)
    enterprises = enterprises[
        enterprises.patents.notna()
        & enterprises.technology_layer.isin(["基础层", "技术层", "应用层"])
        & enterprises.is_backbone.str.lower().isin(TRUE + FALSE)
        & (enterprises.founded_year.isna() | whole(enterprises.founded_year).between(1900, EDITION))
        & (enterprises.sales_revenue_cny_10k.isna() | amount(enterprises.sales_revenue_cny_10k).notna())
    ].drop_duplicates("enterprise_id")
    add("enterprise_count", enterprises.groupby("region").size())
    add("enterprise_patent_count", enterprises.groupby("region").patents.sum())
    add("core_layer_enterprise_count", enterprises[enterprises.technology_layer != "应用层"].groupby("region").size())
    enterprises = enterprises[["enterprise_id", "region"]]

    investors = read("raw_investors", ["investor_id", "region", "investor_type"])
    investors = investors[known(investors, "investor_type", ["投资机构", "非投资机构"])].drop_duplicates("investor_id")
    investors = investors[["investor_id", "region"]]

    relations = read("raw_technology_relations", ["relation_id", "enterprise_id", "direction", "partner_country"])
    relations["direction"] = relations.direction.str.lower()
    relations = (
        relations[
            relations.direction.isin(["enabling", "input"])
            & relations.partner_country.str.fullmatch("[A-Za-z]{2}").fillna(False)
        ]
        .merge(enterprises, on="enterprise_id")
        .drop_duplicates("relation_id")
    )
    is_foreign = ~relations.partner_country.str.upper().isin(DOMESTIC)
    is_enabling = relations.direction == "enabling"
    add("technology_enabling_relation_count", relations[is_enabling].groupby("region").size())
    add("international_technology_enabling_count", relations[is_enabling & is_foreign].groupby("region").size())
    add("international_technology_input_count", relations[~is_enabling & is_foreign].groupby("region").size())
    del relations, is_foreign, is_enabling

    relations = read(
        "raw_investment_relations", ["relation_id", "investor_id", "enterprise_id", "amount_cny_10k", "invested_on"]
    )
    relations["amount"] = amount(relations.amount_cny_10k)
    relations = relations[(relations.amount_cny_10k.isna() | relations.amount.notna()) & in_time(relations, "invested_on")][
        ["relation_id", "investor_id", "enterprise_id", "amount"]
    ]
    relations = (
        relations.merge(enterprises, on="enterprise_id")
        .merge(investors, on="investor_id", suffixes=("", "_of_investor"))
        .drop_duplicates("relation_id")
    )
    add("financing_relation_count", relations.groupby("region").size())
    # Where no amount is known, none is not the sum.
    add("financing_amount", relations.groupby("region").amount.sum(min_count=1).dropna())
    add("investment_relation_count", relations.groupby("region_of_investor").size())
    del relations, enterprises, investors

    for table, key, kind, words in (
        ("universities", "university", None, None),
        ("research_institutes", "institute", "institute_type", ["科研院所", "实验室", "新型研发机构"]),
    ):
        rows = read(
            f"raw_{table}", [f"{key}_id", "region", "international_paper_count", "patent_count", *([kind] if kind else [])]
        )
        rows["papers"], rows["patents"] = whole(rows.international_paper_count), whole(rows.patent_count)
        rows = rows[rows.papers.notna() & rows.patents.notna() & (known(rows, kind, words) if kind else True)]
        rows = rows.drop_duplicates(f"{key}_id")
        add(f"{key}_count", rows.groupby("region").size())
        add(f"{key}_paper_count", rows.groupby("region").papers.sum())
        add(f"{key}_patent_count", rows.groupby("region").patents.sum())
    for table, key, kind, words, day in (
        ("conferences", "conference", None, None, "held_on"),
        ("alliances", "alliance", "alliance_level", LEVELS, "founded_on"),
        ("parks", "park", "park_level", LEVELS, "approved_on"),
        ("policies", "policy", "policy_type", ["规划", "实施意见", "行动计划"], "issued_on"),
    ):
        rows = read(f"raw_{table}", [f"{key}_id", "region", day, *([kind] if kind else [])])
        rows = rows[in_time(rows, day) & (known(rows, kind, words) if kind else True)].drop_duplicates(f"{key}_id")
        add(f"{key}_count", rows.groupby("region").size())
    pd.concat(totals).assign(edition=EDITION).to_parquet(path, index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

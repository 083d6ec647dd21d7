"""What a data scientist would write in polars: python benchmarks/with_polars.py SAMPLES TOTALS.parquet"""

import sys
from pathlib import Path

import polars as pl

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
EDITION = 2024
TRUE, FALSE = ["是", "true", "1", "yes", "y", "t"], ["否", "false", "0", "no", "n", "f"]
LEVELS = ["国家级", "省级", "市级"]
DOMESTIC = ["CN", "HK", "MO", "TW"]


def clean(cells: pl.Expr) -> pl.Expr:
    """Without blanks at the ends, full-width characters folded."""
    return cells.str.normalize("NFKC").str.strip_chars().replace("", None)


def spelling(cells: pl.Expr) -> pl.Expr:
    return cells.str.replace_all(" ", "", literal=True).str.to_lowercase()


def whole(column: str) -> pl.Expr:
    return pl.when(pl.col(column).str.contains(r"^[0-9]{1,15}$")).then(column).cast(pl.Int64)


def amount(column: str) -> pl.Expr:
    return pl.when(pl.col(column).str.contains(r"^[0-9]{1,12}(\.[0-9]{1,4})?$")).then(column).cast(pl.Decimal(18, 4))


def is_amount(column: str) -> pl.Expr:
    return pl.col(column).is_null() | amount(column).is_not_null()


def is_known(column: str, words: list[str]) -> pl.Expr:
    return pl.col(column).is_null() | pl.col(column).is_in(words)


def is_in_time(column: str) -> pl.Expr:
    formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
    day = pl.coalesce(pl.col(column).str.to_date(form, strict=False) for form in formats)
    return pl.col(column).is_null() | day.is_between(pl.date(1980, 1, 1), pl.date(EDITION, 12, 31))


def main(samples: Path, path: Path) -> None:
    aliases = (
        pl.scan_csv(SEEDS / "reference" / "ref_region_aliases.csv", infer_schema=False)
        .select(spelling(clean(pl.col("alias"))).alias("spelling"), pl.col("region_code").alias("region"))
        .drop_nulls()
        .unique()
    )

    def read(table: str, columns: list[str]) -> pl.LazyFrame:
        """The columns of a table, the key first, cleaned and located; without a key or a place a row is of no use."""
        (file,) = (samples / table / f"edition={EDITION}").iterdir()
        rows = (
            pl.scan_parquet(file, hive_partitioning=False)
            if file.suffix == ".parquet"
            else pl.scan_csv(file, infer_schema=False)
        )
        rows = rows.select(clean(pl.col(name)) for name in columns).filter(pl.col(columns[0]).is_not_null())
        if "region" in columns:
            rows = rows.with_columns(spelling=spelling(pl.col("region"))).drop("region").join(aliases, on="spelling")
        return rows

    def total(rows: pl.LazyFrame, region: str = "region", **measures: pl.Expr) -> pl.LazyFrame:
        """The measures per region; where nothing is known, none is not the sum."""
        sums = rows.group_by(pl.col(region).alias("locality_code")).agg(
            pl.when(expression.is_not_null().any()).then(expression.sum()).cast(pl.Decimal(38, 10)).alias(measure)
            for measure, expression in measures.items()
        )
        return sums.unpivot(index="locality_code", variable_name="measure_code", value_name="amount").drop_nulls("amount")

    one = pl.col("region").is_not_null()
    enterprises = (
        read(
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
        .filter(
            whole("patent_count").is_not_null(),
            pl.col("technology_layer").is_in(["基础层", "技术层", "应用层"]),
            pl.col("is_backbone").str.to_lowercase().is_in(TRUE + FALSE),
            pl.col("founded_year").is_null() | whole("founded_year").is_between(1900, EDITION).fill_null(False),
            is_amount("sales_revenue_cny_10k"),
        )
        .unique("enterprise_id", keep="any")
    )
    homes = enterprises.select("enterprise_id", "region")
    investors = (
        read("raw_investors", ["investor_id", "region", "investor_type"])
        .filter(is_known("investor_type", ["投资机构", "非投资机构"]))
        .unique("investor_id", keep="any")
        .select("investor_id", region_of_investor="region")
    )

    technology = (
        read("raw_technology_relations", ["relation_id", "enterprise_id", "direction", "partner_country"])
        .with_columns(pl.col("direction").str.to_lowercase())
        .filter(pl.col("direction").is_in(["enabling", "input"]), pl.col("partner_country").str.contains("^[A-Za-z]{2}$"))
        .join(homes, on="enterprise_id")
        .unique("relation_id", keep="any")
    )
    is_enabling = pl.col("direction") == "enabling"
    is_foreign = ~pl.col("partner_country").str.to_uppercase().is_in(DOMESTIC)

    investment = (
        read("raw_investment_relations", ["relation_id", "investor_id", "enterprise_id", "amount_cny_10k", "invested_on"])
        .filter(is_amount("amount_cny_10k"), is_in_time("invested_on"))
        .select("relation_id", "investor_id", "enterprise_id", amount=amount("amount_cny_10k"))
        .join(homes, on="enterprise_id")
        .join(investors, on="investor_id")
        .unique("relation_id", keep="any")
    )

    totals = [
        total(
            enterprises,
            enterprise_count=one,
            enterprise_patent_count=whole("patent_count"),
            core_layer_enterprise_count=pl.when(pl.col("technology_layer") != "应用层").then(1),
        ),
        total(
            technology,
            technology_enabling_relation_count=pl.when(is_enabling).then(1),
            international_technology_enabling_count=pl.when(is_enabling & is_foreign).then(1),
            international_technology_input_count=pl.when(~is_enabling & is_foreign).then(1),
        ),
        total(investment, financing_relation_count=one, financing_amount=pl.col("amount")),
        total(investment, "region_of_investor", investment_relation_count=one),
    ]
    for table, key, rule in (
        ("universities", "university", []),
        ("research_institutes", "institute", ["institute_type", ["科研院所", "实验室", "新型研发机构"]]),
    ):
        rows = (
            read(f"raw_{table}", [f"{key}_id", "region", "international_paper_count", "patent_count", *rule[:1]])
            .filter(
                whole("international_paper_count").is_not_null(),
                whole("patent_count").is_not_null(),
                is_known(*rule) if rule else True,
            )
            .unique(f"{key}_id", keep="any")
        )
        totals.append(
            total(
                rows,
                **{
                    f"{key}_count": one,
                    f"{key}_paper_count": whole("international_paper_count"),
                    f"{key}_patent_count": whole("patent_count"),
                },
            )
        )
    for table, key, rule, day in (
        ("conferences", "conference", [], "held_on"),
        ("alliances", "alliance", ["alliance_level", LEVELS], "founded_on"),
        ("parks", "park", ["park_level", LEVELS], "approved_on"),
        ("policies", "policy", ["policy_type", ["规划", "实施意见", "行动计划"]], "issued_on"),
    ):
        rows = read(f"raw_{table}", [f"{key}_id", "region", day, *rule[:1]]).filter(
            is_in_time(day), is_known(*rule) if rule else True
        )
        totals.append(total(rows.unique(f"{key}_id", keep="any"), **{f"{key}_count": one}))
    pl.concat(pl.collect_all(totals, engine="streaming")).with_columns(edition=EDITION).write_parquet(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

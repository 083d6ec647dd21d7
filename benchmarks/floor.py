"""The floor: what the totals per locality cost in DuckDB, written by hand for this one question.

Usage: python benchmarks/floor.py SAMPLES TOTALS.parquet DATABASE [--scan]

The same columns, cleaning, joins and rules as the warehouse, and the same totals. But no row is kept, none is explained,
what no measure needs is only checked, and of several usable rows with one key it takes any. With --scan, the least that
reading costs: the same columns, grouped as they are, without cleaning, join or key.
"""

import argparse
import os
from pathlib import Path

import duckdb

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
EDITION = 2024
# The columns that decide whether a row counts, and for what; the key first.
COLUMNS = {
    "raw_enterprises": "enterprise_id, region, technology_layer, is_backbone, founded_year, sales_revenue_cny_10k, patent_count",
    "raw_investors": "investor_id, region, investor_type",
    "raw_technology_relations": "relation_id, direction, partner_country, enterprise_id",
    "raw_investment_relations": "relation_id, invested_on, enterprise_id, investor_id, amount_cny_10k",
    "raw_universities": "university_id, region, international_paper_count, patent_count",
    "raw_research_institutes": "institute_id, region, institute_type, international_paper_count, patent_count",
    "raw_conferences": "conference_id, region, held_on",
    "raw_alliances": "alliance_id, region, alliance_level, founded_on",
    "raw_parks": "park_id, region, park_level, approved_on",
    "raw_policies": "policy_id, region, policy_type, issued_on",
}
ODD = "".join(map(chr, [*range(1, 32), 0x7F, 0x85, 0xA0, 0xAD, *range(0x2000, 0x2010), *range(0x2028, 0x2030), 0x3000, 0xFEFF]))
WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
NARROW = "".join(map(chr, range(0x21, 0x7F))).replace("'", "''")
BLANKS = "".join(character for character in ODD if character.isspace() or not character.isprintable())
MACROS = f"""
create temp macro clean(cell) as nullif(trim(case when regexp_matches(cell, '[！-～{ODD}]')
    then translate(cell, '{WIDE}{BLANKS}', '{NARROW}{" " * len(BLANKS)}') else cell end), '');
create temp macro spelling(cell) as lower(replace(cell, ' ', ''));
create temp macro whole(cell) as case when regexp_matches(cell, '^[0-9]{{1,15}}$') then cast(cell as bigint) end;
create temp macro amount(cell) as
    case when regexp_matches(cell, '^[0-9]{{1,12}}([.][0-9]{{1,4}})?$') then cast(cell as decimal(18, 4)) end;
create temp macro is_amount(cell) as cell is null or amount(cell) is not null;
create temp macro is_listed(cell, words) as cell is null or cell in words;
create temp macro is_date(cell) as cell is null or coalesce(
    coalesce(
        try_cast(cell as date), cast(try_strptime(cell, ['%Y.%m.%d', '%Y年%m月%d日', '%Y%m%d']) as date)
    ) between date '1980-01-01' and date '{EDITION}-12-31', false);
"""
LEVELS = "('国家级', '省级', '市级')"
FOREIGN = "country not in ('CN', 'HK', 'MO', 'TW')"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("samples", type=Path)
    parser.add_argument("totals", type=Path)
    parser.add_argument("database")
    parser.add_argument("--scan", action="store_true")
    given = parser.parse_args()
    floor = duckdb.connect(
        given.database,
        config={"threads": 2, "memory_limit": os.environ.get("DUCKDB_MEMORY_LIMIT", "4GB"), "preserve_insertion_order": False},
    )
    for table, columns in COLUMNS.items():
        floor.execute(
            f"create temp view {table} as select {columns} from '{given.samples}/{table}/edition={EDITION}/*.parquet'"
        )
    (scan if given.scan else totals)(floor, given.totals)


def scan(floor: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Read every column, grouped by the second one."""
    for table, columns in COLUMNS.items():
        key, group, *others = columns.split(", ")
        floor.execute(
            f"select {group}, count(*), {', '.join(f'max({name})' for name in [key, *others])} from {table} group by {group}"
        ).fetchall()


def totals(floor: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write edition, locality_code, measure_code and amount."""
    floor.execute(MACROS)
    for table, columns in COLUMNS.items():
        cleaned = ", ".join(f"clean({name}) as {name}" for name in columns.split(", "))
        floor.execute(f"create temp view clean_{table} as select {cleaned} from {table}")
    floor.execute(
        "create temp table aliases as select distinct spelling(clean(alias)) as spelling, region_code"
        f" from read_csv('{SEEDS}/reference/ref_region_aliases.csv', all_varchar = true) where region_code <> ''"
    )
    floor.execute("create temp table totals (locality_code text, measure_code text, amount decimal(38, 10))")

    def usable(table: str, columns: str, rule: str, joins: str = "join aliases on spelling(region) = spelling") -> None:
        """Temporary table usable: the columns of the rows that the rule accepts, one per key.

        With n among the columns, equal rows are counted instead; a key that may stand twice is a group of its own. Rows are
        marked before they are filtered, since a filter would clean again what the columns have cleaned.
        """
        key = COLUMNS[table].split(",")[0]
        floor.execute(
            f"create or replace temp table repeated as select hash({key}) from clean_{table} group by 1 having count(*) > 1"
        )
        floor.execute(
            f"create or replace temp table usable as select {columns}, {key} is not null and {rule} as is_usable,"
            f" case when hash({key}) in (from repeated) then {key} end as repeated_key"
            f" from clean_{table} {joins} {'group by all' if 'count(*)' in columns else ''}"
        )
        floor.execute(
            "delete from usable where is_usable is not true or repeated_key is not null and rowid not in"
            " (select min(rowid) from usable where is_usable and repeated_key is not null group by repeated_key)"
        )
        if "count(*)" in columns:
            floor.execute("update usable set n = 1 where repeated_key is not null")

    def add(region: str, **measures: str) -> None:
        sums = ", ".join(f"cast(sum({amount}) as decimal(38, 10)) as {measure}" for measure, amount in measures.items())
        floor.execute(
            f"insert into totals from (select {region} as locality_code, {sums} from usable group by all)"
            " unpivot (amount for measure_code in (* exclude locality_code))"
        )

    usable(
        "raw_investors",
        "investor_id as investor, region_code as investor_region",
        "is_listed(investor_type, ('投资机构', '非投资机构'))",
    )
    floor.execute("create temp table investors as select investor, investor_region from usable")
    usable(
        "raw_enterprises",
        "enterprise_id as enterprise, region_code, technology_layer as layer, whole(patent_count) as patents",
        "layer in ('基础层', '技术层', '应用层') and patents is not null and is_amount(sales_revenue_cny_10k)"
        " and lower(is_backbone) in ('是', 'true', '1', 'yes', 'y', 't', '否', 'false', '0', 'no', 'n', 'f')"
        f" and (founded_year is null or coalesce(try_cast(founded_year as int) between 1900 and {EDITION}, false))",
    )
    floor.execute("create temp table enterprises as select enterprise, region_code from usable")
    add(
        "region_code",
        enterprise_count="1",
        enterprise_patent_count="patents",
        core_layer_enterprise_count="case when layer in ('基础层', '技术层') then 1 end",
    )
    usable(
        "raw_technology_relations",
        "region_code, lower(direction) as direction, upper(partner_country) as country, count(*) as n",
        "direction in ('enabling', 'input') and regexp_matches(country, '^[A-Z]{2}$')",
        "join enterprises on enterprise_id = enterprise",
    )
    add(
        "region_code",
        technology_enabling_relation_count="case when direction = 'enabling' then n end",
        international_technology_enabling_count=f"case when direction = 'enabling' and {FOREIGN} then n end",
        international_technology_input_count=f"case when direction = 'input' and {FOREIGN} then n end",
    )
    usable(
        "raw_investment_relations",
        "region_code, investor_region, count(*) as n, sum(amount(amount_cny_10k)) as amount,"
        " any_value(amount(amount_cny_10k)) as one_amount",
        "is_date(invested_on) and is_amount(amount_cny_10k)",
        "join enterprises on enterprise_id = enterprise join investors on investor_id = investor",
    )
    add(
        "region_code",
        financing_relation_count="n",
        financing_amount="case when repeated_key is null then amount else one_amount end",
    )
    add("investor_region", investment_relation_count="n")
    for table, name, rule in (
        ("raw_universities", "university", "true"),
        ("raw_research_institutes", "institute", "is_listed(institute_type, ('科研院所', '实验室', '新型研发机构'))"),
    ):
        usable(
            table,
            "region_code, whole(international_paper_count) as papers, whole(patent_count) as patents",
            f"papers is not null and patents is not null and {rule}",
        )
        add("region_code", **{f"{name}_count": "1", f"{name}_paper_count": "papers", f"{name}_patent_count": "patents"})
    for table, measure, rule in (
        ("raw_conferences", "conference_count", "is_date(held_on)"),
        ("raw_alliances", "alliance_count", f"is_date(founded_on) and is_listed(alliance_level, {LEVELS})"),
        ("raw_parks", "park_count", f"is_date(approved_on) and is_listed(park_level, {LEVELS})"),
        ("raw_policies", "policy_count", "is_date(issued_on) and is_listed(policy_type, ('规划', '实施意见', '行动计划'))"),
    ):
        usable(table, "region_code, count(*) as n", rule)
        add("region_code", **{measure: "n"})
    floor.execute(f"copy (select {EDITION} as edition, * from totals) to '{path}' (format parquet)")


if __name__ == "__main__":
    main()

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
# What DuckDB computes once for each entry of a Parquet file's dictionary: regexp_extract, trim and casts do, regexp_matches and
# translate do not, nor does anything behind a case. So a cell is first tried as it stands; cells that are not as most are follow.
MACROS = f"""
create temp macro plain_blanks(cell) as regexp_replace(cell, '[{BLANKS}]', ' ', 'g');
create temp macro clean(cell) as case
    when regexp_extract(cell, '[！-～{ODD}]|^ | $') = '' then nullif(cell, '')
    when not regexp_matches(cell, '[！-／：-～]') then nullif(trim(translate(plain_blanks(cell), '０１２３４５６７８９', '0123456789')), '')
    else nullif(trim(translate(plain_blanks(cell), '{WIDE}', '{NARROW}')), '') end;
create temp macro spelling(cell) as lower(replace(cell, ' ', ''));
create temp macro whole(cell) as coalesce(
    try_cast(regexp_extract(cell, '^[0-9]{{1,15}}$') as bigint), try_cast(regexp_extract(clean(cell), '^[0-9]{{1,15}}$') as bigint));
create temp macro amount(cell) as coalesce(
    try_cast(regexp_extract(cell, '^[0-9]{{1,12}}([.][0-9]{{1,4}})?$') as decimal(18, 4)),
    try_cast(regexp_extract(clean(cell), '^[0-9]{{1,12}}([.][0-9]{{1,4}})?$') as decimal(18, 4)));
create temp macro is_amount(cell) as amount(cell) is not null or clean(cell) is null;
create temp macro is_among(cell, words) as cell in words or coalesce(lower(clean(cell)) in words, false);
create temp macro is_listed(cell, words) as cell is null or is_among(cell, words) or clean(cell) is null;
create temp macro is_day(day) as day between date '1980-01-01' and date '{EDITION}-12-31';
create temp macro is_date(cell) as coalesce(
    cell is null or is_day(try_cast(regexp_extract(cell, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$') as date))
    or is_day(coalesce(
        try_cast(clean(cell) as date), cast(try_strptime(clean(cell), ['%Y.%m.%d', '%Y年%m月%d日', '%Y%m%d']) as date)
    )) or clean(cell) is null, false);
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
        rows = rows_of(given.samples / table / f"edition={EDITION}")
        # Each table is looked at twice, which for text costs more than to hold it.
        kind = "view" if given.scan or "read_parquet" in rows else "table"
        floor.execute(f"create temp {kind} {table} as select {columns} from {rows}")
    (scan if given.scan else totals)(floor, given.totals)


def rows_of(folder: Path) -> str:
    """The files of a folder, Parquet or CSV, as a table."""
    if any(folder.glob("*.parquet")):
        return f"read_parquet('{folder}/*.parquet')"
    return f"read_csv('{folder}/*.csv*', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"


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
    floor.execute(
        "create temp table aliases as select distinct spelling(clean(alias)) as spelling, region_code"
        f" from read_csv('{SEEDS}/reference/ref_region_aliases.csv', all_varchar = true) where region_code <> ''"
    )
    written = " union ".join(
        f"select region from {table}" for table, columns in COLUMNS.items() if "region" in columns.split(", ")
    )
    floor.execute(
        "create temp table places as select region as written, region_code from (" + written + ")"
        " join aliases on spelling(clean(region)) = spelling"
    )
    floor.execute("create temp table totals (locality_code text, measure_code text, amount decimal(38, 10))")

    def usable(table: str, columns: str, rule: str, joins: str = "join places on region = written") -> None:
        """Temporary table usable: the columns of the rows that the rule accepts, one per key.

        With n among the columns, equal rows are counted instead; a key that may stand twice is a group of its own.
        """
        key = COLUMNS[table].split(",")[0]
        rows = f"(select * replace (clean({key}) as {key}) from {table})"
        floor.execute(f"create or replace temp table repeated as select hash({key}) from {rows} group by 1 having count(*) > 1")
        floor.execute(
            f"create or replace temp table usable as select {columns}, {key} is not null and {rule} as is_usable,"
            f" case when hash({key}) in (from repeated) then {key} end as repeated_key"
            f" from {rows} {joins} {'group by all' if 'count(*)' in columns else ''}"
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
        "enterprise_id as enterprise, region_code, clean(technology_layer) as layer, whole(patent_count) as patents",
        "is_among(technology_layer, ('基础层', '技术层', '应用层')) and whole(patent_count) is not null"
        " and is_amount(sales_revenue_cny_10k)"
        " and is_among(is_backbone, ('是', 'true', '1', 'yes', 'y', 't', '否', 'false', '0', 'no', 'n', 'f'))"
        f" and (clean(founded_year) is null or coalesce(whole(founded_year) between 1900 and {EDITION}, false))",
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
        "region_code, lower(clean(direction)) as direction, upper(clean(partner_country)) as country, count(*) as n",
        "is_among(direction, ('enabling', 'input')) and regexp_extract(clean(partner_country), '^[A-Za-z]{2}$') <> ''",
        "join enterprises on clean(enterprise_id) = enterprise",
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
        "join enterprises on clean(enterprise_id) = enterprise join investors on clean(investor_id) = investor",
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
            f"whole(international_paper_count) is not null and whole(patent_count) is not null and {rule}",
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

"""How real deliveries look: several spellings of the same thing, and rows nobody can use."""

import datetime

import numpy as np

from reconstruction.definition import Definition

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
DATE_FORMS = ("%Y-%m-%d", "{y}/{m}/{d}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "%Y%m%d")
TRUE, FALSE = ("是", "true", "1", "Y"), ("否", "false", "0", "N")
COUNT_COLUMNS = ("patent_count", "international_paper_count")
# Unusable rows for each hundred good ones.
UNUSABLE_SHARE = 0.014
# One bad value at a time, on a row that is good otherwise and has a key of its own.
BAD_VALUES = {
    "edition": ("20x4",),
    "region": ("火星市", "未知", "东京", "吉林", "Suzhou", ""),
    "patent_count": ("-3", "abc", "12.5", ""),
    "international_paper_count": ("-1", "很多", "7.25"),
    "technology_layer": ("平台层", ""),
    "is_backbone": ("可能",),
    "founded_year": ("3021", "二零一五年"),
    "sales_revenue_cny_10k": ("-1200.5", "不详"),
    "direction": ("sideways", ""),
    "partner_country": ("XYZ", ""),
    "enterprise_id": ("E99999", ""),
    "investor_id": ("V99999", ""),
    "amount_cny_10k": ("-500", "约三千万"),
    "founded_on": ("2023-02-30",),
    "held_on": ("2023-02-30", "20231345"),
    "issued_on": ("2023-02-30", "2022年13月1日"),
    "approved_on": ("2023-02-30",),
    "invested_on": ("2023-02-30", "2021/6/31"),
}
# Columns in which two versions of one row may differ without moving any score.
DESCRIPTIVE = ("name", "title", "_on")


class Speller:
    """Writes typed cells as text, now in one form, now in another."""

    def __init__(self, definition: Definition, aliases: list[dict[str, str]]):
        self.aliases: dict[str, list[str]] = {}
        for row in aliases:
            # Spellings of yesterday, in traditional characters, or of no one region are not written.
            if row["source"] or row["refusal"]:
                continue
            self.aliases.setdefault(row["region_code"], []).append(row["alias"])
        self.names = {code: row["name_zh"] for code, row in definition.regions.items()}

    def region(self, code: str, random: np.random.Generator) -> str:
        """Mostly the full name, else any known spelling, sometimes with blanks around it."""
        draw = random.random()
        known = self.aliases[code]
        if draw < 0.5 and self.names[code] in known:
            text = self.names[code]
        elif draw < 0.65 and code in known:
            text = code if random.random() < 0.8 else code.translate(FULL_WIDTH)
        else:
            text = known[int(random.integers(len(known)))]
        draw = random.random()
        if draw < 0.02:
            text = f" {text}"
        elif draw < 0.04:
            text = f"{text} "
        elif draw < 0.05:
            text = f"\u3000{text}\u3000"
        return text

    @staticmethod
    def date(day: datetime.date, random: np.random.Generator) -> str:
        """ISO for two in three dates, another common form for the rest."""
        form = DATE_FORMS[0] if random.random() < 0.66 else DATE_FORMS[int(random.integers(1, len(DATE_FORMS)))]
        return day.strftime(form) if "%" in form else form.format(y=day.year, m=day.month, d=day.day)

    def cell(self, column: str, value, random: np.random.Generator) -> str:
        """One cell as text; an unknown value is blank."""
        if value is None:
            return ""
        if column == "region":
            return self.region(value, random)
        if isinstance(value, datetime.date):
            return self.date(value, random)
        if isinstance(value, bool):
            return (TRUE if value else FALSE)[0 if random.random() < 0.7 else int(random.integers(4))]
        text = str(value)
        if column in COUNT_COLUMNS and random.random() < 0.01:
            return text.translate(FULL_WIDTH)
        return text

    def spell(self, table: str, columns: list[str], rows: list[list], random: np.random.Generator) -> list[list[str]]:
        """All rows of a table as text."""
        return [[self.cell(column, value, random) for column, value in zip(columns, row, strict=True)] for row in rows]


def spoil(table: str, columns: list[str], rows: list[list[str]], random: np.random.Generator) -> list[list[str]]:
    """Add unusable rows on top of the good ones and put them in among these.

    Two in five are repetitions (the same row, or the same key with another description);
    the rest copy a good row under a fresh key and break exactly one cell of it.
    """
    if not rows:
        return rows
    kinds = [
        (position, value) for position, column in enumerate(columns) if position != 1 for value in BAD_VALUES.get(column, ())
    ]
    kinds.append((1, ""))
    described = next(i for i, column in enumerate(columns) if column.endswith(DESCRIPTIVE))
    is_name = not columns[described].endswith("_on")
    amount = max(len(kinds) + 3, round(len(rows) * UNUSABLE_SHARE))
    if len(rows) < 1000:
        # A small table gets a sample of the kinds, or it would be dirtier than the others.
        amount = max(5, round(len(rows) * 0.02))
        kinds = [kinds[i] for i in random.permutation(len(kinds))]
    extra = []
    for n in range(amount):
        row = list(rows[int(random.integers(len(rows)))])
        if n % 5 == 0:
            pass
        elif n % 5 == 1:
            other_day = "" if row[described] else "2023-06-01"
            row[described] = f"{row[described]}（旧名）" if is_name else other_day
        else:
            position, value = kinds[(n // 5 * 3 + n % 5 - 2) % len(kinds)]
            row[1] = f"{row[1][0]}9{len(extra):0{len(row[1]) - 2}d}"
            row[position] = value
        extra.append(row)
    extra = [extra[i] for i in random.permutation(len(extra))]
    result: list[list[str]] = []
    places = np.sort(random.integers(0, len(rows) + 1, len(extra)))
    start = 0
    for place, row in zip(places, extra, strict=True):
        result += rows[start:place]
        result.append(row)
        start = place
    return result + rows[start:]

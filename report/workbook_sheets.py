"""One workbook of a release for people who live in Excel: what the marts say, and weights that can be tried.

Everything is read from the marts of one warehouse, so another index has its workbook, too. Weights are cells, and the scores and
ranks of every cohort follow from them by formulas; there is no macro. Whatever comes from data is written as text or number, so
that a name which begins with = stays a name.

Each release has one. Usage: python report/workbook_sheets.py FOLDER, which writes that of the published release anew
"""

import datetime
import os
import sys
from pathlib import Path

import duckdb
import xlsxwriter
import yaml
from marts_checksum import marts_checksum
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

TEXT = yaml.safe_load(Path(__file__).with_name("workbook_text.yml").read_text(encoding="utf-8"))
# Of each sheet that shows rows as they are: label, column of the mart, width and maybe number format.
TABLES = TEXT.pop("tables")
# Of first-level nodes, told apart by the colour-blind, too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#999999")
INK, FAINT, LINK, INPUT = "#1F2937", "#6B7280", "#0B5CAD", "#FFF7CC"
HEADER_ROW = 3
SHOWN_IN_CHARTS = 15


def said(key: str, between: str = "\n") -> str:
    return f"{TEXT[key]['zh']}{between}{TEXT[key]['en']}"


def both(zh: str | None, en: str | None, between: str = "\n") -> str:
    return between.join(dict.fromkeys(filter(None, (zh, en))))


class Release:
    """The rows of the marts of the latest edition."""

    def __init__(self, warehouse: Path):
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            self.connection = connection
            self.known = {
                name
                for (name,) in connection.execute(
                    "select table_name from information_schema.tables where table_schema = 'marts'"
                ).fetchall()
            }
            self.edition = self.rows("select * from marts.dim_editions order by edition desc limit 1")[0]
            self.nodes = self.of_edition("dim_nodes", "sort_order, node_code")
            self.methods = {(row["cohort_code"], row["node_code"]): row for row in self.of_edition("dim_methods", "node_code")}
            self.regions = self.of_edition("rank_regions", "cohort_code, overall_rank is null, overall_rank, region_code")
            self.scores = {
                (row["cohort_code"], row["region_code"], row["node_code"]): row
                for row in self.of_edition("fct_node_scores", "sort_order")
            }
            self.values = {
                (row["cohort_code"], row["region_code"], row["indicator_code"]): row
                for row in self.of_edition("fct_indicator_values", "sort_order")
            }
            ranked = {row["cohort_code"] for row in self.regions}
            cohorts = self.rows("select * from marts.dim_cohorts order by sort_order, cohort_code")
            self.cohorts = [row for row in cohorts if row["cohort_code"] in ranked]
            self.samples = self.rows(
                "select sizes.*, samples.name_zh, samples.name_en, samples.origin, samples.note"
                " from marts.dq_sample_sizes as sizes left join marts.dim_samples as samples"
                " on sizes.edition = samples.edition and sizes.table_name = samples.table_name where sizes.edition = ?"
                " order by sizes.table_name",
                self.edition["edition"],
            )
            self.rejected = self.rows(
                "select table_name, column_name, reason, min(remedy) as remedy, count(*) as row_count from marts.dq_rejected_rows"
                " where edition = ? or edition is null group by all order by all",
                self.edition["edition"],
            )
            self.contradictions = self.rows(
                "select figures.*, others.locator as other_locator, others.printed_value as other_printed_value"
                " from marts.audit_published_figures as figures left join marts.audit_published_figures as others"
                " on figures.edition = others.edition and figures.contradicted_by = others.figure_id"
                " where figures.verdict <> 'reproduced' and figures.edition = ? order by figures.figure_id",
                self.edition["edition"],
            )
            self.gaps = self.of_edition("fct_contributions", "cohort_code, region_code, node_code")
            self.intervals = self.of_edition("fct_rank_intervals", "cohort_code, nominal_rank, region_code")
            self.findings = self.of_edition("rpt_findings", "sort_order, finding_code")
        self.node = {node["node_code"]: node for node in self.nodes}
        self.children = {
            code: [node["node_code"] for node in self.nodes if node["parent_node_code"] == code] for code in self.node
        }
        (self.root,) = [node["node_code"] for node in self.nodes if not node["parent_node_code"]]
        self.leaves = [node["node_code"] for node in self.nodes if node["is_indicator"]]
        self.first_level = self.children[self.root]
        self.as_printed = {row["cohort_code"]: self.weighs_as_printed(row["cohort_code"]) for row in self.cohorts}
        self.checksum = marts_checksum(warehouse.parent / "marts")

    def rows(self, sql: str, *values) -> list[dict]:
        result = self.connection.execute(sql, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]

    def of_edition(self, mart: str, order: str) -> list[dict]:
        """The rows of a mart; none if the release has no such mart."""
        if mart not in self.known:
            return []
        return self.rows(f"select * from marts.{mart} where edition = ? order by {order}", self.edition["edition"])

    def regions_of(self, cohort: str) -> list[dict]:
        return [row for row in self.regions if row["cohort_code"] == cohort]

    def share(self, cohort: str, code: str) -> float:
        """The share of a node among its siblings."""
        return self.weight(cohort, code) / (self.weight(cohort, self.node[code]["parent_node_code"]) or 1)

    def weight(self, cohort: str, code: str) -> float:
        region = self.regions_of(cohort)[0]["region_code"]
        return self.scores[cohort, region, code]["effective_weight"]

    def shipped_weight(self, cohort: str, code: str) -> float:
        """As printed, if the shares follow from that."""
        return float(self.node[code]["printed_weight"]) if self.as_printed[cohort] else self.share(cohort, code)

    def weighs_as_printed(self, cohort: str) -> bool:
        """Whether the shares of all nodes follow from the printed weights: an index may have others for a cohort."""
        return all(
            abs(self.share(cohort, code) - float(self.node[code]["printed_weight"]) / total) < 1e-12
            for children in self.children.values()
            if (total := sum(float(self.node[code]["printed_weight"]) for code in children))
            for code in children
        )


class Book:
    """A workbook being written."""

    def __init__(self, path: Path, release: Release):
        self.release = release
        self.book = xlsxwriter.Workbook(
            path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        # A day, not the clock: the same release gives the same bytes.
        day = release.edition["published_on"] or release.edition["edition_date"] or datetime.date(1980, 1, 1)
        self.book.set_properties(
            {
                "title": both(release.edition["name_zh"], release.edition["name_en"], " "),
                "created": datetime.datetime(day.year, day.month, day.day),
            }
        )
        self.book.set_calc_mode("auto")
        self.formats = {}
        self.sheets = []
        self.badge = both(release.edition["rows_label_zh"], release.edition["rows_label_en"], " · ")

    def format(self, **properties):
        properties = {"font_name": "Arial", "font_size": 10, "font_color": INK, "valign": "vcenter", **properties}
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(properties)
        return self.formats[key]

    def sheet(self, key: str, cohort: dict | None = None):
        """A sheet with its title, what it shows, and a way back to the cover."""
        of = both(cohort["name_zh"] or cohort["cohort_code"], cohort["name_en"], " ") if cohort else ""
        title = f"{said(key, ' ')}{' ' if of else ''}{of}" if key != "cohort" else of
        name = TEXT["export"]["en"] if key == "export" else unique_name(title, {sheet.get_name() for sheet, *_ in self.sheets})
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        self.sheets.append((sheet, title, said(f"about_{key}", " · ")))
        if key not in ("cover", "export"):
            sheet.write_string(0, 0, title, self.format(bold=True, font_size=14))
            sheet.write_string(
                1, 0, said(f"about_{key}", " · ") + (f"　{self.badge}" if self.badge else ""), self.format(font_color=FAINT)
            )
            sheet.write_url(
                2,
                0,
                f"internal:'{self.sheets[0][0].get_name()}'!A1",
                self.format(font_color=LINK, underline=1),
                said("back", " "),
            )
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.7)
        edition = both(self.release.edition["name_zh"], self.release.edition["name_en"], " ").replace("&", "&&")
        sheet.set_footer(
            f"&L&8{edition[:120]}&R&8&P / &N" if not self.badge else f"&L&8{edition[:90]}\n{self.badge}&R&8&P / &N"
        )
        return sheet

    def header(
        self, sheet, row: int, labels: list[str], frozen_columns: int = 0, rows: int = 0, widths: list[int] | None = None
    ) -> None:
        style = self.format(bold=True, text_wrap=True, bottom=1, bg_color="#F3F4F6", align="center")
        for column, label in enumerate(labels):
            sheet.write_string(row, column, label, style)
            sheet.set_column(column, column, widths[column] if widths else 12)
        # As many lines as the longest label takes in its column.
        lines = [
            sum(-(-len(line) * 6 // (5 * (widths[column] if widths else 12))) for line in label.split("\n"))
            for column, label in enumerate(labels)
        ]
        sheet.set_row(row, 14 * max(2, *lines) + 4)
        sheet.freeze_panes(row + 1, frozen_columns)
        sheet.repeat_rows(row)
        if rows:
            sheet.autofilter(row, 0, row + rows, len(labels) - 1)

    def cell(self, sheet, row: int, column: int, value, number: str | None = None, **properties) -> None:
        """A value as what it is; text is never a formula."""
        if value is None:
            sheet.write_blank(row, column, None, self.format(**properties))
        elif isinstance(value, str):
            sheet.write_string(row, column, value, self.format(**properties))
        elif isinstance(value, datetime.date):
            sheet.write_datetime(
                row,
                column,
                datetime.datetime(value.year, value.month, value.day),
                self.format(**{"num_format": "yyyy-mm-dd", **properties}),
            )
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.format(**properties))
        else:
            sheet.write_number(row, column, float(value), self.format(num_format=number or "General", **properties))

    def table(self, key: str, rows: list[dict], frozen: int = 1):
        """A sheet of rows as they are, with the columns of TEXT; none without rows."""
        if not rows:
            return None
        sheet, columns = self.sheet(key), TABLES[key]
        self.header(
            sheet, HEADER_ROW, [said(label) for label, *_ in columns], frozen, len(rows), [width for _, _, width, *_ in columns]
        )
        for i, row in enumerate(rows, start=HEADER_ROW + 1):
            for j, (_, field, width, *number) in enumerate(columns):
                self.cell(sheet, i, j, row[field], number[0] if number else None, text_wrap=width >= 40, valign="top")
        return sheet

    def region_cells(self, sheet, row: int, region: dict) -> None:
        for column, field in enumerate(("region_code", "name_zh", "name_en")):
            self.cell(sheet, row, column, region[field])

    def close(self) -> None:
        self.book.close()


def unique_name(title: str, taken: set[str]) -> str:
    """A name that Excel allows a sheet, which no other has."""
    name = "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31].strip()
    number = 2
    while name.lower() in {other.lower() for other in taken}:
        name = f"{name[: 30 - len(str(number))]} {number}"
        number += 1
    return name


def write_cover(book: Book, sheet) -> None:
    """Filled in at the end, when all sheets are known."""
    release = book.release
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    sheet.set_row(0, 30)
    sheet.set_row(1, 20)
    sheet.write_string(0, 0, release.edition["name_zh"] or "", book.format(bold=True, font_size=18))
    sheet.write_string(1, 0, release.edition["name_en"] or "", book.format(bold=True, font_size=13, font_color=FAINT))
    if book.badge:
        sheet.write_string(2, 0, book.badge, book.format(bold=True, font_color="#B45309"))
    facts = [
        ("edition", release.edition["edition"]),
        ("published_on", release.edition["published_on"]),
        ("checksum", release.checksum),
    ]
    for row, (key, value) in enumerate(facts, start=4):
        sheet.write_string(row, 0, said(key, " "), book.format(bold=True))
        book.cell(sheet, row, 1, value, align="left")
    sheet.write_string(7, 1, said("checksum_means", " · "), book.format(font_color=FAINT))
    row = 9
    sheet.write_string(row, 0, said("sheets", " "), book.format(bold=True, bottom=1))
    sheet.write_string(row, 1, said("about_cover", " · "), book.format(font_color=FAINT, bottom=1))
    for other, title, about in book.sheets[1:]:
        row += 1
        sheet.write_url(row, 0, f"internal:'{other.get_name()}'!A1", book.format(font_color=LINK, underline=1), title[:250])
        sheet.write_string(row, 1, about, book.format())


def write_cohort(book: Book, cohort: dict) -> None:
    """Ranks and scores as the report prints them, with a chart of the first regions."""
    release, code = book.release, cohort["cohort_code"]
    sheet, regions = book.sheet("cohort", cohort), release.regions_of(cohort["cohort_code"])
    shown = [release.root, *release.first_level]
    labels = [said("code"), said("name_zh"), said("name_en"), said("tier")]
    for node in shown:
        label = both(release.node[node]["label_zh"], release.node[node]["label_en"])
        labels += [f"{label}\n{said('score', ' ')}", f"{label}\n{said('rank', ' ')}"]
    book.header(sheet, HEADER_ROW, labels, 3, len(regions), [12, 22, 26, 8] + [15, 15] * len(shown))
    for i, region in enumerate(regions, start=HEADER_ROW + 1):
        book.region_cells(sheet, i, region)
        book.cell(sheet, i, 3, region["tier"], align="center")
        for j, node in enumerate(shown):
            row = release.scores[code, region["region_code"], node]
            book.cell(sheet, i, 4 + 2 * j, row["points"], "0.00", bold=not j)
            book.cell(sheet, i, 5 + 2 * j, row["node_rank"], "0", bold=not j, align="center")
    last = HEADER_ROW + len(regions)
    for j in range(len(shown)):
        sheet.conditional_format(
            HEADER_ROW + 1,
            4 + 2 * j,
            last,
            4 + 2 * j,
            {"type": "data_bar", "bar_color": "#9CC5E8", "bar_solid": True, "min_type": "num", "min_value": 0},
        )
    names = {node: both(release.node[node]["label_zh"], release.node[node]["label_en"], " ") for node in shown}
    series = [(names[node], 4 + 2 * j, COLOURS[(j - 1) % len(COLOURS)]) for j, node in enumerate(release.first_level, start=1)]
    write_chart(book, sheet, "stacked", names[release.root], regions, series, len(labels))


def write_chart(
    book: Book, sheet, subtype: str | None, title: str, regions: list[dict], series: list[tuple], column: int
) -> None:
    """Bars of the first regions below their table. Their names in both languages stand in a column that is hidden."""
    chart = book.book.add_chart({"type": "bar", **({"subtype": subtype} if subtype else {})})
    first, end = HEADER_ROW + 1, HEADER_ROW + min(SHOWN_IN_CHARTS, len(regions))
    for row, region in enumerate(regions[: end - HEADER_ROW], start=first):
        book.cell(sheet, row, column, both(region["name_zh"], region["name_en"], " "))
    sheet.set_column(column, column, None, None, {"hidden": True})
    for name, position, colour in series:
        chart.add_series(
            {
                "name": name,
                "categories": [sheet.get_name(), first, column, end, column],
                "values": [sheet.get_name(), first, position, end, position],
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    chart.show_hidden_data()
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "line": {"none": True}})
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#E5E7EB"}}, "min": 0, "num_format": "0"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 980, "height": 180 + 26 * (end - HEADER_ROW)})
    sheet.insert_chart(HEADER_ROW + len(regions) + 3, 0, chart)


def write_matrix(book: Book, key: str, cohort: dict, codes: list[str], field: str, number: str, scale: dict) -> None:
    """Regions by nodes, coloured."""
    release, code = book.release, cohort["cohort_code"]
    sheet, regions = book.sheet(key, cohort), release.regions_of(code)
    labels = [both(release.node[node]["label_zh"], release.node[node]["label_en"]) for node in codes]
    book.header(
        sheet,
        HEADER_ROW,
        [said("code"), said("name_zh"), said("name_en"), *labels],
        3,
        len(regions),
        [12, 22, 26] + [13] * len(codes),
    )
    for i, region in enumerate(regions, start=HEADER_ROW + 1):
        book.region_cells(sheet, i, region)
        for j, node in enumerate(codes, start=3):
            book.cell(sheet, i, j, release.scores[code, region["region_code"], node][field], number, align="center")
    for j in range(3, 3 + len(codes)):
        sheet.conditional_format(HEADER_ROW + 1, j, HEADER_ROW + len(regions), j, scale)


class Values:
    """The sheet of a cohort's values, from which the what-if reads the normalised ones."""

    def __init__(self, book: Book, cohort: dict):
        release, code = book.release, cohort["cohort_code"]
        self.sheet, regions = book.sheet("values", cohort), release.regions_of(code)
        leaves = release.leaves
        labels = [both(release.node[node]["label_zh"], release.node[node]["label_en"]) for node in leaves]
        units = [both(release.node[node]["unit_zh"], release.node[node]["unit_en"], " ") for node in leaves]
        self.first, self.row = 3 + len(leaves), HEADER_ROW + 3
        header = [f"{label}\n{unit}" for label, unit in zip(labels, units)] + [
            f"{label}\n{said('normalised_value', ' ')}" for label in labels
        ]
        book.header(
            self.sheet,
            HEADER_ROW + 2,
            [said("code"), said("name_zh"), said("name_en"), *header],
            3,
            len(regions),
            [12, 22, 26] + [13] * 2 * len(leaves),
        )
        for i, key in ((HEADER_ROW, "lower_goalpost"), (HEADER_ROW + 1, "upper_goalpost")):
            book.cell(self.sheet, i, 2, said(key, " "), bold=True)
            for j, node in enumerate(leaves):
                book.cell(
                    self.sheet,
                    i,
                    3 + j,
                    release.values[code, regions[0]["region_code"], node][key],
                    "#,##0.00",
                    font_color=FAINT,
                )
        for i, region in enumerate(regions, start=self.row):
            book.region_cells(self.sheet, i, region)
            for j, node in enumerate(leaves):
                row = release.values[code, region["region_code"], node]
                book.cell(
                    self.sheet, i, 3 + j, row["raw_value"], "#,##0.##" if row["denominator"] is not None else "#,##0.####"
                )
                book.cell(self.sheet, i, self.first + j, row["normalised_value"], "0.0000")
        self.column = {node: self.first + j for j, node in enumerate(leaves)}
        self.has_gaps = any(
            release.values[code, region["region_code"], node]["normalised_value"] is None
            for region in regions
            for node in leaves
        )
        self.observed = {
            (region["region_code"], node): release.scores[code, region["region_code"], node]["observed_weight_share"]
            for region in regions
            for node in leaves
        }
        self.has_gaps |= any(share != 1 for share in self.observed.values())
        book.book.define_name(
            f"values_{code}", f"='{self.sheet.get_name()}'!{span(self.row, 3, self.row + len(regions) - 1, self.first - 1)}"
        )

    def cell(self, i: int, node: str) -> str:
        """The reference to the normalised value of the i-th region."""
        return f"'{self.sheet.get_name()}'!{xl_rowcol_to_cell(self.row + i, self.column[node], col_abs=True)}"


def span(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    return f"{xl_rowcol_to_cell(first_row, first_column, True, True)}:{xl_rowcol_to_cell(last_row, last_column, True, True)}"


class Weights:
    """The sheet of weights: shipped ones, cells for others, and what follows for each node. One block for all cohorts, or each its own."""

    def __init__(self, book: Book):
        release = book.release
        self.sheet = book.sheet("weights")
        common = all(release.as_printed.values())
        blocks = [None] if common else release.cohorts
        self.block, self.first_row = {}, HEADER_ROW + 2
        self.row = {node["node_code"]: self.first_row + i for i, node in enumerate(release.nodes)}
        labels = [said("indicator"), said("level"), said("code"), said("parent")]
        parts = ("shipped_weight", "your_weight", "weight_in_use", "share", "effective_weight", "shipped_effective_weight")
        for number, cohort in enumerate(blocks):
            first = 4 + number * len(parts)
            self.block |= {of["cohort_code"]: first for of in ([cohort] if cohort else release.cohorts)}
            of = both(cohort["name_zh"], cohort["name_en"], " ") if cohort else said("all_cohorts", " ")
            labels += [f"{said(part)}\n{of}" for part in parts]
        labels.append(said("aggregator"))
        self.scenario = xl_rowcol_to_cell(HEADER_ROW - 1, 5, True, True)
        self.sheet.write_string(HEADER_ROW - 1, 4, said("scenario_name", " "), book.format(align="right"))
        self.sheet.write_string(HEADER_ROW - 1, 5, "my_weights", book.format(bg_color=INPUT, border=1))
        book.book.define_name("scenario_code", f"='{self.sheet.get_name()}'!{self.scenario}")
        book.header(self.sheet, HEADER_ROW + 1, labels, 1, 0, [58, 7, 30, 26] + [14] * (len(labels) - 5) + [16])
        for node in release.nodes:
            self.write_node(book, node, blocks, len(parts))
        for cohort, first in self.block.items():
            name = "weights_in_use" if common else f"weights_in_use_{cohort}"
            book.book.define_name(
                name, f"='{self.sheet.get_name()}'!{span(self.first_row, first + 2, max(self.row.values()), first + 2)}"
            )

    def write_node(self, book: Book, node: dict, blocks: list, width: int) -> None:
        release, code, row = book.release, node["node_code"], self.row[node["node_code"]]
        bold = not node["is_indicator"]
        book.cell(self.sheet, row, 0, both(node["label_zh"], node["label_en"], " "), indent=node["node_level"] * 2, bold=bold)
        for column, value in enumerate((node["node_level"], code, node["parent_node_code"]), start=1):
            book.cell(self.sheet, row, column, value, font_color=FAINT)
        for number, cohort in enumerate(blocks):
            of = (cohort or release.cohorts[0])["cohort_code"]
            first = 4 + number * width
            here = [xl_rowcol_to_cell(row, first + column) for column in range(width)]
            if code == release.root:
                for column in (3, 4, 5):
                    book.cell(self.sheet, row, first + column, 1, "0.00%")
                continue
            parent = node["parent_node_code"]
            share, weight = release.share(of, code), release.weight(of, code)
            shipped = release.shipped_weight(of, code)
            book.cell(self.sheet, row, first, shipped, "0.0000")
            self.sheet.write_blank(row, first + 1, None, book.format(bg_color=INPUT, border=1, num_format="0.0000"))
            self.sheet.data_validation(
                row, first + 1, row, first + 1, {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": True}
            )
            siblings = ",".join(xl_rowcol_to_cell(self.row[other], first + 2) for other in release.children[parent])
            number_format = book.format(num_format="0.0000")
            self.sheet.write_formula(row, first + 2, f"=IF(ISNUMBER({here[1]}),{here[1]},{here[0]})", number_format, shipped)
            percent = book.format(num_format="0.00%")
            self.sheet.write_formula(row, first + 3, f"=IF(SUM({siblings})=0,0,{here[2]}/SUM({siblings}))", percent, share)
            above = xl_rowcol_to_cell(self.row[parent], first + 4)
            self.sheet.write_formula(row, first + 4, f"={here[3]}*{above}", percent, weight)
            book.cell(self.sheet, row, first + 5, weight, "0.00%", font_color=FAINT)
        means = dict.fromkeys(release.methods[cohort["cohort_code"], code]["aggregator"] for cohort in release.cohorts)
        if bold:
            book.cell(self.sheet, row, 4 + len(blocks) * width, " / ".join(means), font_color=FAINT)

    def cell(self, cohort: str, code: str, part: int) -> str:
        return f"'{self.sheet.get_name()}'!{xl_rowcol_to_cell(self.row[code], self.block[cohort] + part, True, True)}"

    def share(self, cohort: str, code: str) -> str:
        return self.cell(cohort, code, 3)


def mean(method: dict, shares: list[str], values: list[str], observed: list[str] | None) -> str:
    """The formula of a node's value, from the shares and values of its children; observed if values may be missing.

    As int_node_scores has it: what weighs nothing does not count, and a missing child means what the method says.
    """

    def each(term: str) -> list[str]:
        terms = [term.format(s=share, v=value) for share, value in zip(shares, values)]
        return [
            f"IF({share}>0,IF(ISNUMBER({value}),{text},0),0)" if observed else f"IF({share}>0,{text},0)"
            for share, value, text in zip(shares, values, terms)
        ]

    power = f"({float(method.get('aggregator_power') or 1)!r})"
    known = "+".join(f"{share}*ISNUMBER({value})" for share, value in zip(shares, values))
    whole = f"({known})" if observed and method["missing_rule"] == "reweight" else "1"
    least = "MIN({})".format(",".join(f"IF({s}>0,IF(ISNUMBER({v}),{v},9E+99),9E+99)" for s, v in zip(shares, values)))
    formula = {
        "arithmetic": f"({'+'.join(each('{s}*{v}'))})/{whole}",
        "minimum": least,
        "geometric": f"EXP(({'+'.join(each('{s}*LN({v})'))})/{whole})",
        "harmonic": f"{whole}/({'+'.join(each('{s}/{v}'))})",
        "generalised": f"(({'+'.join(each('{s}*{v}^' + power))})/{whole})^(1/{power})",
    }[method["aggregator"]]
    if method["aggregator"] not in ("arithmetic", "minimum"):
        zero = method["aggregator"] != "generalised" or float(method["aggregator_power"]) < 0
        formula = f'IF({least}<0,"",{f"IF({least}=0,0,{formula})" if zero else formula})'
    if observed:
        conditions = [f"{known}=0"]
        if method["missing_rule"] == "unknown":
            conditions.append("OR({})".format(",".join(f"AND({s}>0,NOT(ISNUMBER({v})))" for s, v in zip(shares, values))))
        if float(method["least_observed_share"] or 0) > 0:
            conditions.append(
                f"{'+'.join(f'{s}*{o}' for s, o in zip(shares, observed))}<{float(method['least_observed_share'])!r}"
            )
        formula = f'IF(OR({",".join(conditions)}),"",{formula})'
    return f"={formula}"


def write_what_if(book: Book, cohort: dict, values: Values, weights: Weights) -> None:
    """Scores and ranks of a cohort, by formulas from the weights."""
    release, code = book.release, cohort["cohort_code"]
    sheet, regions = book.sheet("what_if", cohort), release.regions_of(cohort["cohort_code"])
    upper = [node["node_code"] for node in release.nodes if not node["is_indicator"]]
    shown = release.first_level
    first, last = HEADER_ROW + 1, HEADER_ROW + len(regions)
    labels = [
        said(key) for key in ("code", "name_zh", "name_en", "rank_today", "new_rank", "places_won", "score_today", "new_score")
    ]
    label = {node: both(release.node[node]["label_zh"], release.node[node]["label_en"]) for node in release.node}
    labels += [f"{label[node]}\n{said(key, ' ')}" for node in shown for key in ("new_score", "new_rank")]
    start = len(labels)
    # Hidden: the value of each node, from 0 to 1; the place of those that are ranked; and how much of its weight is observed.
    column = {node: start + i for i, node in enumerate(upper)}
    place = {node: start + len(upper) + i for i, node in enumerate([release.root, *shown])}
    observed_column = (
        {node: start + len(upper) + len(place) + i for i, node in enumerate(release.node)} if values.has_gaps else {}
    )
    hidden = [f"{label[node]}" for node in (*column, *place, *observed_column)]
    book.header(
        sheet, HEADER_ROW, labels + hidden, 3, 0, [12, 22, 26, 9, 9, 9, 11, 11] + [15, 15] * len(shown) + [13] * len(hidden)
    )
    sheet.autofilter(HEADER_ROW, 0, last, start - 1)
    sheet.set_column(start, start + len(hidden) - 1, 13, None, {"hidden": True})

    def blank(value):
        return "" if value is None else value

    def rank(node: str, row: int) -> str:
        cell, name = xl_rowcol_to_cell(row, place[node]), xl_col_to_name(place[node])
        return f'=IF(ISNUMBER({cell}),RANK({cell},${name}${first + 1}:${name}${last + 1},0),"")'

    for i, region in enumerate(regions):
        row = first + i
        of = {node: release.scores[code, region["region_code"], node] for node in release.node}

        cell = {node: xl_rowcol_to_cell(row, column[node]) for node in upper} | {
            node: values.cell(i, node) for node in release.leaves
        }
        book.region_cells(sheet, row, region)
        book.cell(sheet, row, 3, region["overall_rank"], "0", align="center")
        for node, position in observed_column.items():
            children = release.children[node]
            terms = "+".join(
                f"{weights.share(code, child)}*{xl_rowcol_to_cell(row, observed_column[child])}" for child in children
            )
            if children:
                sheet.write_formula(row, position, f"={terms}", book.format(), of[node]["observed_weight_share"])
            else:
                book.cell(sheet, row, position, values.observed[region["region_code"], node])
        for node in upper:
            children, method = release.children[node], release.methods[code, node]
            observed = [xl_rowcol_to_cell(row, observed_column[child]) for child in children] if observed_column else None
            formula = mean(
                method, [weights.share(code, child) for child in children], [cell[child] for child in children], observed
            )
            score = of[node]["score"]
            sheet.write_formula(row, column[node], formula, book.format(num_format="0.0000"), blank(score and score / 100))
        for node, position in place.items():
            decimals = int(release.methods[code, node]["rank_decimals"])
            value, score = cell[node], of[node]["score"]
            known = f"ISNUMBER({value})"
            least = float(release.methods[code, node].get("least_ranked_share") or 0)
            if observed_column and least > 0:
                known = f"AND({known},{xl_rowcol_to_cell(row, observed_column[node])}>={least!r})"
            ranked = round(round(score / 100, 12), decimals) if score is not None and of[node]["node_rank"] is not None else ""
            sheet.write_formula(row, position, f'=IF({known},ROUND(ROUND({value},12),{decimals}),"")', book.format(), ranked)
        number, points = book.format(num_format="0.00"), book.format(num_format="0.00", bold=True)
        bold, middle = book.format(bold=True, align="center"), book.format(align="center")
        root = cell[release.root]
        sheet.write_formula(row, 4, rank(release.root, row), bold, blank(region["overall_rank"]))
        today, new = xl_rowcol_to_cell(row, 3), xl_rowcol_to_cell(row, 4)
        moved = book.format(align="center", num_format="▲0;▼0;–")
        sheet.write_formula(
            row, 5, f'=IF(AND(ISNUMBER({today}),ISNUMBER({new})),{today}-{new},"")', moved, 0 if region["overall_rank"] else ""
        )
        book.cell(sheet, row, 6, region["overall_score"], "0.00")
        sheet.write_formula(row, 7, f'=IF(ISNUMBER({root}),100*{root},"")', points, blank(region["overall_score"]))
        for j, node in enumerate(shown):
            formula = f'=IF(ISNUMBER({cell[node]}),100*{weights.cell(code, node, 4)}*{cell[node]},"")'
            sheet.write_formula(row, 8 + 2 * j, formula, number, blank(of[node]["points"]))
            sheet.write_formula(row, 9 + 2 * j, rank(node, row), middle, blank(of[node]["node_rank"]))
    sheet.conditional_format(
        first,
        5,
        last,
        5,
        {"type": "cell", "criteria": ">", "value": 0, "format": book.book.add_format({"font_color": "#047857"})},
    )
    sheet.conditional_format(
        first,
        5,
        last,
        5,
        {"type": "cell", "criteria": "<", "value": 0, "format": book.book.add_format({"font_color": "#B91C1C"})},
    )
    series = [(said("score_today", " "), 6, "#9CA3AF"), (said("new_score", " "), 7, COLOURS[0])]
    write_chart(book, sheet, None, said("what_if", " "), regions, series, start + len(hidden))


def write_export(book: Book, weights: Weights) -> None:
    """The weights in use as the file that the warehouse reads as a scenario: this sheet, saved as CSV."""
    release, sheet = book.release, book.sheet("export")
    common = len(set(weights.block.values())) == 1
    for column, name in enumerate(("scenario_code", "cohort_code", "node_code", "weight")):
        sheet.write_string(0, column, name, book.format(bold=True))
        sheet.set_column(column, column, 34)
    row = 0
    for cohort in release.cohorts[:1] if common else release.cohorts:
        code = cohort["cohort_code"]
        for node in release.nodes:
            if node["parent_node_code"]:
                row += 1
                sheet.write_formula(row, 0, f"='{weights.sheet.get_name()}'!{weights.scenario}", None, "my_weights")
                sheet.write_string(row, 1, "*" if common else code)
                sheet.write_string(row, 2, node["node_code"])
                # What was written, not the share, which has more digits than the warehouse reads; a table tool saves what it shows.
                digits = book.format(num_format=f"0.{'0' * 10}")
                in_use = weights.cell(code, node["node_code"], 2)
                sheet.write_formula(row, 3, f"={in_use}", digits, release.shipped_weight(code, node["node_code"]))


def write_workbook(warehouse: Path, folder: Path) -> None:
    """Write workbook.xlsx of the latest edition into a folder."""
    release = Release(warehouse)
    new = folder / ".workbook.xlsx"
    book = Book(new, release)
    cover = book.sheet("cover")
    low_is_good = {"type": "3_color_scale", "min_color": "#63BE7B", "mid_color": "#FFFFFF", "max_color": "#F8B4A6"}
    more_is_dark = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#6BAED6"}
    for cohort in release.cohorts:
        write_cohort(book, cohort)
    weights = Weights(book)
    values = {}
    # A formula may name a sheet that stands behind it; the order is that in which people read.
    for cohort in release.cohorts:
        values[cohort["cohort_code"]] = Values(book, cohort)
    for cohort in release.cohorts:
        write_what_if(book, cohort, values[cohort["cohort_code"]], weights)
    for cohort in release.cohorts:
        write_matrix(book, "ranks", cohort, list(release.node), "node_rank", "0", low_is_good)
    for cohort in release.cohorts:
        write_matrix(book, "contributions", cohort, release.leaves, "points", "0.00", more_is_dark)
    names = {row["region_code"]: both(row["name_zh"], row["name_en"], " ") for row in release.regions}
    cohorts = {row["cohort_code"]: both(row["name_zh"], row["name_en"], " ") for row in release.cohorts}
    for row in (*release.gaps, *release.intervals, *release.findings):
        row["region"] = names.get(row["region_code"], row["region_code"])
        row["cohort"] = cohorts.get(row["cohort_code"], row["cohort_code"])
        row["node"] = (
            both(release.node[row["node_code"]]["label_zh"], release.node[row["node_code"]]["label_en"], " ")
            if row["node_code"] in release.node
            else None
        )
        row["next_region"] = names.get(row.get("next_region_code"))
    book.table("gaps", [row for row in release.gaps if row["node_code"] in (release.root, *release.first_level)], 2)
    book.table("intervals", release.intervals, 2)
    book.table("findings", release.findings)
    sheet = book.table("data", release.samples)
    start = HEADER_ROW + len(release.samples) + 3
    for column, key in enumerate(("table", "column", "reason", "rejected_rows", "remedy")):
        book.cell(sheet, start, column, said(key, " "), bold=True, bottom=1)
    for i, row in enumerate(release.rejected, start=start + 1):
        for column, field in enumerate(("table_name", "column_name", "reason", "row_count", "remedy")):
            book.cell(sheet, i, column, row[field], "#,##0")
    book.table("contradictions", release.contradictions)
    write_export(book, weights)
    write_cover(book, cover)
    cover.activate()
    book.close()
    os.replace(new, folder / "workbook.xlsx")


def main(folder: Path) -> int:
    sys.path.append(str(Path(__file__).resolve().parent.parent / "scripts"))
    from release import PUBLISHED, unfit

    if problem := unfit():
        print(problem)
        return 2
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_workbook(PUBLISHED.resolve(), folder)
    except (duckdb.Error, KeyError) as error:
        print(f"The published release cannot be read ({str(error).splitlines()[0]}): run make build.")
        return 2
    except OSError as error:
        print(f"{folder / 'workbook.xlsx'} cannot be written: {error}. Close it where it is open, or name another folder.")
        return 2
    print(f"The workbook is {folder / 'workbook.xlsx'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

import { cohortTabs, nothing, regionChoice, section } from "../common.js";
import { h } from "../dom.js";
import { column, loadCohort, nodeName, regionName, report, unitName } from "../model.js";
import { downloadButton, familyColour, sourceLine } from "../picture.js";
import { go, state } from "../state.js";
import { dataTable } from "../table.js";
import { language, measured, number, percent, points, said, t, whole } from "../text.js";
import { findingItem } from "./findings.js";

export async function method(host) {
  const data = await loadCohort();
  host.append(
    ...[
      cohortTabs({ region: null }),
      section("tree", t("tree"), h("p", { class: "lead" }, t("tree_lead")), treeTable(data)),
      section("worked", t("worked"), worked(data)),
      section("sizes", t("sizes"), sizes(data)),
      section("rejected", t("rejected"), rejected(data)),
      section("contradicted", t("contradicted"), contradicted(data)),
      data.part.refuted.length > 0 && section("refuted", t("refuted"), refuted(data)),
      section("release", t("release"), provenance(data)),
    ].filter(Boolean),
  );
}

function after(data, columns, rows, file) {
  return h("div", { class: "tools" }, downloadButton(columns, () => rows, file, data.edition), h("p", { class: "source" }, sourceLine(data.edition)));
}

function treeTable(data) {
  const { tree } = data;
  const columns = [
    { id: "node", title: t("node"), value: (node) => nodeName(tree, node.code), rowHeader: true, class: "name", show: (node) => h("span", { class: `level-${Math.min(node.level, 4)}` }, nodeName(tree, node.code)) },
    { id: "printed_weight", title: t("printed_weight"), value: (node) => data.weights[node.code], show: (node) => number(data.weights[node.code], 4), numeric: true },
    {
      id: "effective_weight",
      title: t("effective_weight"),
      value: (node) => data.effective[node.code],
      show: (node) => h("span", { class: "bar-cell" }, node.parent && h("span", { class: "bar", style: { width: `${100 * data.effective[node.code]}%`, "background-color": familyColour(node.family) } }), h("span", {}, percent(data.effective[node.code], 2))),
      numeric: true,
    },
    { id: "unit", title: t("unit"), value: (node) => unitName(node) },
    { id: "method", title: t("method"), value: (node) => methodOf(data, node), class: "prose" },
    { id: "node_code", title: t("code"), value: (node) => node.code, class: "faint" },
  ];
  const table = dataTable({ columns, rows: tree.nodes, caption: t("tree"), sortable: false, wide: true, rowClass: (node) => `row-level-${Math.min(node.level, 3)}` });
  return [table.element, after(data, columns, tree.nodes, `tree-${data.code}`)];
}

const word = (kind, name) => window.TEXT[`${kind}_${name}`] || name;

function methodOf(data, node) {
  const rules = data.methods[node.code];
  if (!rules) return "";
  if (data.tree.children[node.code].length) return [word("aggregator", rules.aggregator), word("missing_rule", rules.missing_rule)].join(" · ");
  const posts = rules.normaliser === "min_max" ? ` ${rules.lower_goalpost ?? t("observed_goalpost")}–${rules.upper_goalpost ?? t("observed_goalpost")}` : "";
  return [word("transform", rules.transform), word("normaliser", rules.normaliser) + posts, node.row.direction < 0 ? t("less_is_better") : null].filter(Boolean).join(" · ");
}

/** One region's numbers through every step. */
function worked(data) {
  const { tree } = data;
  const code = data.place[state().region] === undefined ? data.regions[0] : state().region;
  const place = data.place[code];
  const at = (node, name, mart = "fct_indicator_values") => column(data, mart, node, name)[place];
  const columns = [
    { id: "indicator_code", title: t("indicator"), value: (node) => node.code, show: (node) => nodeName(tree, node.code), rowHeader: true, class: "name" },
    { id: "numerator", title: t("numerator"), value: (node) => at(node.code, "numerator"), show: (node) => measured(at(node.code, "numerator")), numeric: true },
    { id: "denominator", title: t("denominator"), value: (node) => at(node.code, "denominator"), show: (node) => measured(at(node.code, "denominator")), numeric: true },
    { id: "raw_value", title: t("step_value"), value: (node) => at(node.code, "raw_value"), show: (node) => measured(at(node.code, "raw_value")), numeric: true },
    { id: "transformed_value", title: t("step_transform"), value: (node) => at(node.code, "transformed_value"), show: (node) => number(at(node.code, "transformed_value"), 4), numeric: true },
    { id: "lower_goalpost", title: t("step_lower"), value: (node) => data.goalposts[node.code]?.[0] ?? null, show: (node) => number(data.goalposts[node.code]?.[0] ?? null, 4), numeric: true },
    { id: "upper_goalpost", title: t("step_upper"), value: (node) => data.goalposts[node.code]?.[1] ?? null, show: (node) => number(data.goalposts[node.code]?.[1] ?? null, 4), numeric: true },
    { id: "normalised_value", title: t("step_normalise"), value: (node) => at(node.code, "normalised_value"), show: (node) => number(at(node.code, "normalised_value"), 4), numeric: true },
    { id: "effective_weight", title: t("step_weight"), value: (node) => data.effective[node.code], show: (node) => number(data.effective[node.code], 4), numeric: true },
    { id: "points", title: t("points"), value: (node) => at(node.code, "points", "fct_node_scores"), show: (node) => points(at(node.code, "points", "fct_node_scores")), numeric: true },
  ];
  const first = tree.first.map((node) => `${nodeName(tree, node)} ${points(at(node, "points", "fct_node_scores"))}`);
  return [
    regionChoice("worked-region", t("region"), data, code, (value) => go({ region: value })),
    dataTable({ columns, rows: tree.leaves, caption: t("worked"), sortable: false, wide: true }).element,
    h("p", { class: "lead" }, t("worked_sum", { region: regionName(code), parts: first.join(" · "), score: points(at(tree.root, "points", "fct_node_scores")) })),
    after(data, columns, tree.leaves, `worked-${data.code}-${code}`),
  ];
}

function sampleName(data, table) {
  return said(data.part.samples.find((row) => row.table_name === table), "name_") || table;
}

function sizes(data) {
  const rows = data.part.sizes.filter((row) => row.edition !== null && (row.raw_row_count > 0 || row.printed_row_count !== null));
  const elsewhere = data.part.sizes.filter((row) => row.edition === null).reduce((sum, row) => sum + row.raw_row_count, 0);
  if (!rows.length) return nothing(t("no_rows"));
  const columns = [
    { id: "table_name", title: t("sample"), value: (row) => row.table_name, show: (row) => sampleName(data, row.table_name), rowHeader: true },
    { id: "printed_row_count", title: t("printed"), value: (row) => row.printed_row_count, show: (row) => whole(row.printed_row_count), numeric: true },
    { id: "accepted_row_count", title: t("accepted"), value: (row) => row.accepted_row_count, show: (row) => whole(row.accepted_row_count), numeric: true },
    { id: "rejected_row_count", title: t("rejected_rows"), value: (row) => row.rejected_row_count, show: (row) => whole(row.rejected_row_count), numeric: true },
    { id: "difference", title: t("difference"), value: (row) => row.difference, show: (row) => whole(row.difference), numeric: true },
  ];
  const origins = [...new Set(data.part.samples.map((row) => row.origin))].filter(Boolean);
  return [dataTable({ columns, rows, caption: t("sizes") }).element, elsewhere > 0 && h("p", { class: "quiet" }, t("unusable_edition", { count: whole(elsewhere) })), h("p", { class: "quiet" }, t("origins", { list: origins.map((name) => word("origin", name)).join(", ") })), after(data, columns, rows, "sample-sizes")];
}

function rejected(data) {
  const { rejected: rows } = data.part;
  if (!rows.length) return nothing(t("none_rejected"));
  const columns = [
    { id: "table_name", title: t("sample"), value: (row) => row.table_name, show: (row) => sampleName(data, row.table_name), rowHeader: true },
    { id: "column_name", title: t("column"), value: (row) => row.column_name },
    { id: "reason", title: t("reason"), value: (row) => row.reason, show: (row) => word("reason", row.reason) },
    { id: "rows", title: t("rows"), value: (row) => row.rows, show: (row) => whole(row.rows), numeric: true, descending: true },
    { id: "remedy", title: t("remedy"), value: (row) => row.remedy, class: language === "en" ? null : "only-file" },
  ];
  const table = dataTable({ columns: columns.filter((one) => one.class !== "only-file"), rows, caption: t("rejected"), sort: [{ id: "rows", desc: true }], wide: true });
  table.element.classList.add("tall");
  return [h("p", { class: "lead" }, t("rejected_lead", { count: whole(rows.reduce((sum, row) => sum + row.rows, 0)) })), table.element, after(data, columns, rows, "rejected-rows")];
}

function contradicted(data) {
  const { verdicts, contradicted: rows } = data.part;
  if (!verdicts.length) return nothing(t("no_published"));
  const count = (verdict) => verdicts.filter((row) => row.verdict === verdict).reduce((sum, row) => sum + row.figures, 0);
  const lead = h("p", { class: "lead" }, t("verdicts", { reproduced: whole(count("reproduced")), contradicted: whole(count("contradicted")), not: whole(count("not_reproduced")) }));
  // Sentences of the report that its own numbers do not bear out.
  const sentences = data.findings.filter((row) => row.verdict === "contradicted");
  const words = sentences.length > 0 && h("ul", { class: "findings" }, sentences.map(findingItem));
  if (!rows.length) return [lead, words];
  const columns = [
    { id: "figure_id", title: t("figure"), value: (row) => row.figure_id, class: "only-file" },
    { id: "source", title: t("where_printed"), value: (row) => row.source, show: (row) => h("span", {}, row.source, h("small", { class: "block quiet" }, row.locator)), rowHeader: true },
    { id: "region_code", title: t("region"), value: (row) => row.region_code, show: (row) => (row.region_code ? regionName(row.region_code) : "") },
    { id: "node_code", title: t("node"), value: (row) => row.node_code, show: (row) => (row.node_code ? nodeName(data.tree, row.node_code) : "") },
    { id: "printed_value", title: t("printed"), value: (row) => row.printed_value, show: (row) => measured(row.printed_value), numeric: true },
    { id: "computed_value", title: t("computed"), value: (row) => row.computed_value, show: (row) => measured(row.computed_value), numeric: true },
    { id: "contradicted_by", title: t("contradicted_by"), value: (row) => row.contradicted_by },
  ];
  return [lead, words, dataTable({ columns: columns.filter((one) => one.class !== "only-file"), rows, caption: t("contradicted"), wide: true }).element, after(data, columns, rows, "contradicted-figures")];
}

/** What the printed figures rule out, whatever the data. */
function refuted(data) {
  const { refuted: rows } = data.part;
  const counts = ["inequality_count", "violated_count", "refuted_score_count", "refuted_rank_count"];
  const columns = [
    { id: "method", title: t("method"), value: (row) => said(row, "method_name_"), rowHeader: true, class: "prose" },
    { id: "is_refuted", title: t("verdict"), value: (row) => row.is_refuted, show: (row) => t(row.is_refuted ? "ruled_out" : "not_ruled_out"), class: "short" },
    ...counts.map((id) => ({ id, title: t(id), value: (row) => row[id], show: (row) => whole(row[id]), numeric: true })),
  ];
  return [h("p", { class: "lead" }, t("refuted_lead")), dataTable({ columns, rows, caption: t("refuted"), wide: true }).element, after(data, columns, rows, "refuted-methods")];
}

function provenance(data) {
  const { release } = report;
  const rows = Object.entries(release.marts).map(([name, mart]) => ({ name, ...mart }));
  const columns = [
    { id: "mart", title: t("mart"), value: (row) => row.name, rowHeader: true },
    { id: "rows", title: t("rows"), value: (row) => row.rows, show: (row) => whole(row.rows), numeric: true },
    { id: "sha256", title: "SHA-256", value: (row) => row.sha256, show: (row) => h("code", {}, row.sha256) },
  ];
  const table = dataTable({ columns, rows, caption: t("release"), sortable: false, wide: true });
  return [
    h(
      "dl",
      { class: "plain-list" },
      h("dt", {}, t("release")), h("dd", {}, h("code", {}, release.checksum)),
      h("dt", {}, t("edition")), h("dd", {}, said(data.edition, "name_"), data.edition.published_on && `, ${data.edition.published_on}`),
      h("dt", {}, t("versions")), h("dd", {}, Object.entries(release.versions).map(([name, version]) => `${name} ${version}`).join(", ")),
      data.map && [h("dt", {}, t("view_map")), h("dd", {}, said(data.map))],
    ),
    h("details", { class: "behind" }, h("summary", {}, t("checksums")), table.element),
    after(data, columns, rows, "checksums"),
  ];
}

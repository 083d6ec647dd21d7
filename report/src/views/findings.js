import { nothing } from "../common.js";
import { h } from "../dom.js";
import { downloadButton, sourceLine } from "../picture.js";
import { percent, said, t } from "../text.js";

const OF_A_KIND = 2;
const FOLDED = 30;

export function findingItem(row) {
  return h(
    "li",
    {},
    h("span", {}, said(row, "sentence_")),
    row.firmness && h("span", { class: `firmness ${row.firmness}` }, t(`firmness_${row.firmness}`, { share: percent(row.firm_share, 0) })),
    row.query_sql && h("details", { class: "query" }, h("summary", {}, t("query")), h("pre", { tabindex: 0 }, h("code", {}, row.query_sql))),
  );
}

/** Findings of the cohort in words, some of each kind first, each with how firm it is and the query behind it. */
export function findingsList(data) {
  const all = data.findings.filter((row) => row.verdict !== "contradicted");
  if (!all.length) return nothing(t("no_findings"));
  const seen = {};
  const first = all.filter((row) => (seen[row.kind] = (seen[row.kind] || 0) + 1) <= OF_A_KIND);
  const rest = all.filter((row) => !first.includes(row)).slice(0, FOLDED);
  const columns = ["finding_code", "kind", "source", "region_code", "sentence_zh", "sentence_en", "verdict", "firm_share", "firmness", "locator", "query_sql"].map((id) => ({ id, value: (row) => row[id] }));
  return [
    h("ul", { class: "findings" }, first.map(findingItem)),
    h(
      "div",
      { class: "tools" },
      rest.length > 0 && h("details", { class: "behind" }, h("summary", {}, t("more_findings", { count: rest.length })), h("ul", { class: "findings" }, rest.map(findingItem))),
      downloadButton(columns, () => data.findings, `findings-${data.code}`, data.edition),
    ),
    h("p", { class: "source" }, sourceLine(data.edition)),
  ];
}

/** Those of one region. */
export function findingsOf(data, region) {
  const found = data.findings.filter((row) => row.region_code === region && row.verdict !== "contradicted");
  return found.length ? h("ul", { class: "findings" }, found.map(findingItem)) : null;
}

import { h } from "../dom.js";
import { nothing } from "../common.js";
import { percent, said, t } from "../text.js";

const SHOWN = 8;

/** Findings of the cohort in words, each with how firm it is and the query behind it. */
export function findingsList(data, region = null) {
  const all = data.part.findings.filter(
    (row) => (!row.cohort_code || row.cohort_code === data.code) && (region === null || row.region_code === region) && row.verdict !== "contradicted",
  );
  if (!all.length) return region === null ? nothing(t("no_findings")) : null;
  const item = (row) =>
    h(
      "li",
      {},
      h("span", {}, said(row, "sentence_")),
      row.firmness && h("span", { class: `firmness ${row.firmness}` }, t(`firmness_${row.firmness}`, { share: percent(row.firm_share, 0) })),
      row.query_sql && h("details", { class: "query" }, h("summary", {}, t("query")), h("pre", { tabindex: 0 }, h("code", {}, row.query_sql))),
    );
  const rest = all.slice(SHOWN);
  return [
    h("ul", { class: "findings" }, all.slice(0, SHOWN).map(item)),
    rest.length ? h("details", { class: "behind" }, h("summary", {}, t("more_findings", { count: rest.length })), h("ul", { class: "findings" }, rest.map(item))) : null,
  ];
}

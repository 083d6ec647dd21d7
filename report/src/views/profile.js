import { cohortTabs, intervalText, languageOf, observedNote, profileLink, regionChoice, rootColumn, section } from "../common.js";
import { h, replace, svg } from "../dom.js";
import { cohortName, column, currentEdition, loadCohort, median, nodeName, regionName, report, unitName } from "../model.js";
import { downloadButton, familyColour, sourceLine } from "../picture.js";
import { go, state } from "../state.js";
import { dataTable } from "../table.js";
import { list, measured, number, percent, points, rank, said, signed, t } from "../text.js";
import { findingsOf } from "./findings.js";

const LISTED = 5;
const SEPARATING = 3;

export async function profile(host) {
  const data = await loadCohort();
  const wanted = state().region;
  const code = data.place[wanted] === undefined ? data.regions[0] : wanted;
  const rival = state().with && data.place[state().with] !== undefined && state().with !== code ? state().with : null;
  const place = data.place[code];
  document.title = `${regionName(code)} – ${said(currentEdition(), "name_")}`;
  const region = report.regions[code];
  const others = Object.keys(data.edition.cohorts).filter((cohort) => cohort !== data.code && data.edition.cohorts[cohort].includes(code));
  host.append(
    h(
      "div",
      { class: "screen-only" },
      cohortTabs({ region: null, with: null }),
      h(
        "div",
        { class: "controls" },
        regionChoice("region", t("region"), data, code, (value) => go({ region: value })),
        regionChoice("with", t("compare_with"), data, rival, (value) => go({ with: value }), t("nobody")),
        h("button", { type: "button", class: "plain", onclick: () => print() }, t("print")),
      ),
    ),
    heading(data, code, place, region, others),
    h("div", { class: "columns" }, standing(data, place, 1), standing(data, place, -1)),
    ...[findingsFor(data, code), section("all-nodes", t("all_nodes"), nodesTable(data, place, rival)), neighbours(data, place), rowsBehind(data, code), changes(data, place), status(data, place)].filter(Boolean),
  );
}

function heading(data, code, place, region, others) {
  const { root } = data.tree;
  const score = rootColumn(data, "points")[place];
  const own = rootColumn(data, "node_rank")[place];
  const tied = own !== null && rootColumn(data, "node_rank").filter((value) => value === own).length > 1;
  const low = column(data, "fct_rank_intervals", root, "rank_5")[place];
  const high = column(data, "fct_rank_intervals", root, "rank_95")[place];
  const printed = data.published.score[root]?.[place];
  const otherName = languageOf(region) ? null : document.documentElement.lang.startsWith("zh") ? region.en : region.zh;
  const fact = (label, value, extra) => h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, value, extra && h("small", {}, extra)));
  return h(
    "header",
    { class: "profile-head" },
    h("p", { class: "kicker" }, [cohortName(data.code), region.parent && report.regions[region.parent] && regionName(region.parent), code].filter(Boolean).join(" · ")),
    h("h2", {}, regionName(code), otherName && h("span", { class: "other-name", lang: document.documentElement.lang.startsWith("zh") ? "en" : "zh-Hans" }, otherName)),
    h(
      "dl",
      { class: "facts" },
      fact(t("rank"), own === null ? t("not_ranked") : rank(own), own === null ? null : `${t("of_count", { count: rootColumn(data, "node_rank").filter((value) => value !== null).length })}${tied ? ` · ${t("tied")}` : ""}`),
      fact(t("score"), points(score), printed != null ? t("printed_value", { value: points(printed) }) : t("no_printed_value")),
      low != null && fact(t("rank_interval"), intervalText(low, high), t("interval_short")),
      data.tiers[place] !== null && fact(t("tier_short"), rank(data.tiers[place]), null),
    ),
    strip(rootColumn(data, "score"), place, t("position", { region: regionName(code), cohort: cohortName(data.code) })),
    others.length > 0 && h("p", { class: "quiet screen-only" }, t("also_in"), " ", others.map((cohort) => profileLink(code, cohort, cohortName(cohort)))),
  );
}

/** All regions of the cohort on one line, this one large. */
function strip(scores, place, label) {
  const known = scores.filter((value) => value !== null);
  if (!known.length) return null;
  const least = Math.min(...known);
  const range = Math.max(...known) - least || 1;
  const at = (value) => `${2 + (96 * (value - least)) / range}%`;
  return h(
    "div",
    { class: "strip" },
    svg(
      "svg",
      { width: "100%", height: 26, role: "img", "aria-label": label },
      svg("line", { x1: "2%", x2: "98%", y1: 13, y2: 13, class: "track" }),
      scores.map((value) => value !== null && svg("line", { x1: at(value), x2: at(value), y1: 7, y2: 19, class: "other" })),
      scores[place] !== null && svg("circle", { cx: at(scores[place]), cy: 13, r: 7, class: "own" }),
    ),
    h("p", { class: "ends quiet" }, h("span", {}, points(least)), h("span", {}, label), h("span", {}, points(least + range))),
  );
}

/** Indicators in which the region stands furthest above (1) or below (-1) where it stands as a whole. */
function standing(data, place, sign) {
  const { tree } = data;
  const own = rootColumn(data, "node_rank")[place];
  const leaves = tree.leaves.map((node) => ({ node, rank: column(data, "fct_node_scores", node.code, "node_rank")[place], weight: data.effective[node.code] }));
  const judged = tree.leaves.some((node) => data.fct_contributions[node.code]?.standing);
  const kept = leaves.filter((one) => {
    if (one.rank === null || own === null) return false;
    if (judged) return column(data, "fct_contributions", one.node.code, "standing")[place] === (sign > 0 ? "strength" : "weakness");
    return sign > 0 ? one.rank <= own : one.rank > own;
  });
  kept.sort((one, two) => sign * (one.rank - two.rank) || two.weight - one.weight);
  return h(
    "section",
    { class: "standing" },
    h("h3", {}, t(sign > 0 ? "strengths" : "weaknesses")),
    kept.length
      ? h("ol", {}, kept.slice(0, LISTED).map((one) => h("li", {}, h("span", { class: "key", style: { "background-color": familyColour(one.node.family) } }), h("span", {}, nodeName(tree, one.node.code)), h("span", { class: "number" }, t("rank_number", { rank: rank(one.rank) })))))
      : h("p", { class: "quiet" }, t(sign > 0 ? "no_strengths" : "no_weaknesses")),
  );
}

function findingsFor(data, code) {
  const found = findingsOf(data, code);
  return found && section("findings", t("findings"), found);
}

function nodesTable(data, place, rival) {
  const { tree } = data;
  const rows = tree.nodes.map((node) => {
    const scores = column(data, "fct_node_scores", node.code, "score");
    return {
      node,
      score: scores[place],
      median: median(scores),
      other: rival ? scores[data.place[rival]] : null,
      points: column(data, "fct_node_scores", node.code, "points")[place],
      rank: column(data, "fct_node_scores", node.code, "node_rank")[place],
      raw: column(data, "fct_indicator_values", node.code, "raw_value")[place],
      numerator: column(data, "fct_indicator_values", node.code, "numerator")[place],
      denominator: column(data, "fct_indicator_values", node.code, "denominator")[place],
      normalised: column(data, "fct_indicator_values", node.code, "normalised_value")[place],
      imputed: column(data, "fct_indicator_values", node.code, "imputed_by")[place],
      leaf: !tree.children[node.code].length,
    };
  });
  const least = Math.min(0, ...rows.flatMap((row) => [row.score, row.median, row.other]).filter((value) => value !== null));
  const most = Math.max(100, ...rows.flatMap((row) => [row.score, row.median, row.other]).filter((value) => value !== null));
  const columns = [
    { id: "node_code", title: t("code"), value: (row) => row.node.code, class: "only-file" },
    { id: "node", title: t("node"), value: (row) => nodeName(tree, row.node.code), rowHeader: true, class: "name", show: (row) => h("span", { class: `level-${Math.min(row.node.level, 4)}` }, row.node.level === 1 && h("span", { class: "key", style: { "background-color": familyColour(row.node.family) } }), nodeName(tree, row.node.code)) },
    {
      id: "raw_value",
      title: t("value"),
      value: (row) => row.raw,
      show: (row) => (row.leaf ? h("span", {}, row.raw === null ? t("no_value") : measured(row.raw), row.raw !== null && h("small", { class: "unit" }, unitName(row.node)), row.imputed && h("small", { class: "unit" }, t("imputed")), row.denominator !== null && h("small", { class: "fraction" }, `${measured(row.numerator)} / ${measured(row.denominator)}`)) : ""),
      numeric: true,
    },
    { id: "numerator", title: t("numerator"), value: (row) => row.numerator, class: "only-file" },
    { id: "denominator", title: t("denominator"), value: (row) => row.denominator, class: "only-file" },
    { id: "normalised_value", title: t("normalised"), value: (row) => row.normalised, show: (row) => (row.leaf ? number(row.normalised, 3) : ""), numeric: true },
    { id: "score", title: t("score_of_100"), value: (row) => row.score, show: (row) => points(row.score), numeric: true },
    { id: "dots", title: t("against_cohort"), value: () => null, show: (row) => dots(row, least, most, rival), file: false, class: "dots" },
    { id: "points", title: t("points"), value: (row) => row.points, show: (row) => points(row.points), numeric: true },
    { id: "node_rank", title: t("rank"), value: (row) => row.rank, show: (row) => rank(row.rank), numeric: true },
  ];
  const table = dataTable({ columns: columns.filter((one) => one.class !== "only-file"), rows, caption: t("all_nodes"), sortable: false, wide: true, rowClass: (row) => `row-level-${Math.min(row.node.level, 3)}` });
  return [
    h("ul", { class: "legend" }, h("li", {}, mark("own"), regionName(data.regions[place])), h("li", {}, mark("median"), t("median_of", { cohort: cohortName(data.code) })), rival && h("li", {}, mark("rival"), regionName(rival))),
    table.element,
    h("div", { class: "tools" }, downloadButton(columns, () => rows, `profile-${data.code}-${data.regions[place]}`, data.edition), h("p", { class: "source" }, sourceLine(data.edition))),
  ];
}

function mark(kind) {
  return svg("svg", { width: 14, height: 14, "aria-hidden": "true" }, kind === "median" ? svg("line", { x1: 7, x2: 7, y1: 2, y2: 12, class: "median" }) : svg("circle", { cx: 7, cy: 7, r: kind === "own" ? 4.5 : 5, class: kind }));
}

function dots(row, least, most, rival) {
  const width = 180;
  const at = (value) => 8 + ((width - 16) * (value - least)) / (most - least);
  return svg(
    "svg",
    { width, height: 16, viewBox: `0 0 ${width} 16`, "aria-hidden": "true" },
    svg("line", { x1: 8, x2: width - 8, y1: 8, y2: 8, class: "track" }),
    row.median !== null && svg("line", { x1: at(row.median), x2: at(row.median), y1: 2, y2: 14, class: "median" }),
    rival && row.other !== null && svg("circle", { cx: at(row.other), cy: 8, r: 5.5, class: "rival" }),
    row.score !== null && svg("circle", { cx: at(row.score), cy: 8, r: 4.5, fill: familyColour(row.node.family) }),
  );
}

/** Who is next above and below, what separates them, and the smallest change of one weight that would swap them. */
function neighbours(data, place) {
  const { tree } = data;
  const scores = rootColumn(data, "points");
  const ranks = rootColumn(data, "node_rank");
  if (scores[place] === null) return null;
  const card = (other, above) => {
    if (other < 0 || other >= data.regions.length || scores[other] === null) return null;
    const [upper, lower] = above ? [other, place] : [place, other];
    const gap = scores[upper] - scores[lower];
    const parts = tree.leaves
      .map((node) => ({ node, difference: (column(data, "fct_node_scores", node.code, "points")[upper] ?? 0) - (column(data, "fct_node_scores", node.code, "points")[lower] ?? 0) }))
      .sort((one, two) => Math.abs(two.difference) - Math.abs(one.difference))
      .slice(0, SEPARATING);
    const swap = data.fct_rank_swaps.find((row) => row.change_order === 1 && row.upper_region_code === data.regions[upper] && row.lower_region_code === data.regions[lower]);
    const pair = data.fct_pair_swaps.find((row) => row.upper_region_code === data.regions[upper] && row.lower_region_code === data.regions[lower]);
    return h(
      "section",
      { class: "card" },
      h("h3", {}, t(above ? "next_above" : "next_below"), " ", profileLink(data.regions[other], data.code), " ", h("span", { class: "quiet" }, t("rank_number", { rank: rank(ranks[other]) }))),
      h("p", {}, gap < 1e-9 ? t("no_gap") : t("gap_points", { gap: gap < 0.005 ? t("less_than", { value: number(0.01) }) : points(gap) }), pair && ` ${t("swap_in", { share: percent(pair.swap_share, 0) })}`),
      h("p", { class: "quiet" }, t("separating")),
      h("ul", { class: "separating" }, parts.map(({ node, difference }) => h("li", {}, h("span", { class: "key", style: { "background-color": familyColour(node.family) } }), h("span", {}, nodeName(tree, node.code)), h("span", { class: "number" }, signed(above ? -difference : difference))))),
      swap && h("p", { class: "quiet" }, t("smallest_swap", { node: nodeName(tree, swap.node_code), from: percent(swap.sibling_share), to: percent(swap.swap_share) })),
    );
  };
  const cards = [card(place - 1, true), card(place + 1, false)].filter(Boolean);
  return cards.length ? section("neighbours", t("neighbours"), h("div", { class: "columns" }, cards)) : null;
}

/** The query that lists the rows behind a value. */
function rowsBehind(data, code) {
  const { tree } = data;
  const query = (node) =>
    [
      "select table_name, row_key, row_name, locality_code, adds_to_numerator, adds_to_denominator",
      "from marts.audit_region_evidence",
      `where edition = ${data.edition.edition} and cohort_code = '${data.code}' and region_code = '${code}'`,
      `    and indicator_code = '${node}'`,
    ].join("\n");
  const shown = h("pre", { tabindex: 0 }, h("code", {}, query(tree.leaves[0].code)));
  const select = h(
    "select",
    { id: "evidence", onchange: (event) => replace(shown, h("code", {}, query(event.target.value))) },
    tree.leaves.map((node) => h("option", { value: node.code }, nodeName(tree, node.code))),
  );
  return h("section", { class: "screen-only" }, h("h2", {}, t("rows_behind")), h("p", { class: "quiet" }, t("rows_behind_lead")), h("label", { class: "choice", for: "evidence" }, h("span", {}, t("indicator")), select), shown);
}

/** What changed since the edition before, split into causes. */
function changes(data, place) {
  const { tree } = data;
  const at = (node, name) => column(data, "fct_edition_changes", node, name)[place];
  const earlier = at(tree.root, "previous_edition");
  if (earlier === null) return null;
  const causes = ["data", "goalpost", "weight", "method", "tree"];
  const columns = [
    { id: "node", title: t("node"), value: (code) => nodeName(tree, code), rowHeader: true },
    { id: "previous_points", title: t("before"), value: (code) => at(code, "previous_points"), show: (code) => points(at(code, "previous_points")), numeric: true },
    { id: "points_change", title: t("change"), value: (code) => at(code, "points_change"), show: (code) => signed(at(code, "points_change")), numeric: true },
    ...causes.map((cause) => ({ id: `${cause}_points`, title: t(`cause_${cause}`), value: (code) => at(code, `${cause}_points`), show: (code) => signed(at(code, `${cause}_points`)), numeric: true })),
  ];
  const rows = [tree.root, ...tree.first];
  const warnings = at(tree.root, "warning")?.split(" ") ?? [];
  return section(
    "changes",
    t("changes", { edition: earlier }),
    at(tree.root, "rank_change") !== null && h("p", {}, t("rank_before", { before: rank(at(tree.root, "previous_rank")), change: signed(at(tree.root, "rank_change"), 0) })),
    warnings.map((code) => h("p", { class: "quiet" }, t(`changes_${code}`))),
    at(tree.root, "points_change") !== null && [
      dataTable({ columns, rows, caption: t("changes", { edition: earlier }), sortable: false }).element,
      h("div", { class: "tools" }, downloadButton(columns, () => rows, `changes-${data.code}-${data.regions[place]}`, data.edition)),
    ],
  );
}

function status(data, place) {
  const share = rootColumn(data, "observed_weight_share")[place];
  const missing = data.tree.leaves.filter((node) => column(data, "fct_indicator_values", node.code, "raw_value")[place] === null);
  return section(
    "status",
    t("data_status"),
    h("p", {}, observedNote(share) || (missing.length ? null : t("all_observed"))),
    missing.length > 0 && h("p", {}, t("missing_values", { list: list(missing.map((node) => nodeName(data.tree, node.code))) })),
    said(data.edition, "rows_label_") && h("p", {}, said(data.edition, "rows_label_")),
  );
}

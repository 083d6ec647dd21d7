import { choice, cohortTabs, intervalMark, intervalText, moveLabel, moveMark, nothing, profileLink, rootColumn, tierName } from "../common.js";
import { h } from "../dom.js";
import { cohortName, column, loadCohort, nodeName, regionName, report } from "../model.js";
import { downloadButton, familyColour, sourceLine } from "../picture.js";
import { go, state } from "../state.js";
import { dataTable } from "../table.js";
import { percent, points, rank, t } from "../text.js";

export async function rankings(host) {
  const data = await loadCohort();
  const { tree } = data;
  const shownAs = state().show === "ranks" ? "ranks" : "points";
  const ranks = rootColumn(data, "node_rank");
  const observed = rootColumn(data, "observed_weight_share");
  const low = column(data, "fct_rank_intervals", tree.root, "rank_5");
  const high = column(data, "fct_rank_intervals", tree.root, "rank_95");
  const change = column(data, "fct_edition_changes", tree.root, "rank_change");
  const earlier = column(data, "fct_edition_changes", tree.root, "previous_edition").find((edition) => edition !== null);
  const rows = data.regions.map((code, place) => ({ code, place, region: report.regions[code] }));
  const hasIntervals = low.some((value) => value !== null);
  const hasTiers = new Set(data.tiers.filter((tier) => tier !== null)).size > 1;
  const isPartly = observed.some((share) => share !== null && share < 0.999999);
  const bar = Math.max(...rootColumn(data, "points").map((value) => value ?? 0), 1);
  const cell = (node, family) => {
    const values = column(data, "fct_node_scores", node, shownAs === "ranks" ? "node_rank" : "points");
    return {
      id: `${node}_${shownAs === "ranks" ? "rank" : "points"}`,
      title: nodeName(tree, node),
      value: ({ place }) => values[place],
      show: ({ place }) => (shownAs === "ranks" ? heat(values[place], data.regions.length) : points(values[place])),
      numeric: true,
      descending: shownAs === "points",
      class: shownAs === "ranks" ? "heat" : null,
      family,
    };
  };
  const columns = [
    { id: "rank", title: t("rank"), value: ({ place }) => ranks[place], show: ({ place }) => rank(ranks[place]), numeric: true },
    { id: "region_code", title: t("code"), value: ({ code }) => code, sortable: false, class: "only-file" },
    { id: "region", title: t("region"), value: ({ code }) => regionName(code), show: ({ code }) => profileLink(code, data.code), rowHeader: true, class: "name" },
    ...(earlier !== undefined
      ? [
          {
            id: "rank_change",
            title: t("changes", { edition: earlier }),
            value: ({ place }) => change[place],
            show: ({ place }) => h("span", { class: `move ${change[place] > 0 ? "up" : change[place] < 0 ? "down" : ""}`, "aria-label": change[place] ? moveLabel(change[place]) : null }, change[place] === null ? rank(null) : moveMark(change[place])),
            numeric: true,
            descending: true,
          },
        ]
      : []),
    ...(hasIntervals
      ? [
          {
            id: "rank_interval",
            title: t("rank_interval"),
            value: ({ place }) => low[place],
            show: ({ place }) => h("span", { class: "with-mark" }, intervalMark(low[place], high[place], ranks[place], data.regions.length), h("span", {}, intervalText(low[place], high[place]))),
            file: false,
          },
          { id: "rank_5", title: "", value: ({ place }) => low[place], class: "only-file" },
          { id: "rank_95", title: "", value: ({ place }) => high[place], class: "only-file" },
        ]
      : []),
    {
      id: "points",
      title: t("score"),
      value: ({ place }) => rootColumn(data, "points")[place],
      show: ({ place }) => {
        const value = rootColumn(data, "points")[place];
        return h("span", { class: "bar-cell" }, h("span", { class: "bar", style: { width: `${(100 * Math.max(value ?? 0, 0)) / bar}%` } }), h("span", {}, points(value)));
      },
      numeric: true,
      descending: true,
      class: "score",
    },
    ...(hasTiers ? [{ id: "tier", title: t("tier_short"), value: ({ place }) => data.tiers[place], show: ({ place }) => rank(data.tiers[place]), numeric: true }] : []),
    ...tree.first.map(cell),
    ...(isPartly ? [{ id: "observed_weight_share", title: t("observed"), value: ({ place }) => observed[place], show: ({ place }) => percent(observed[place], 0), numeric: true }] : []),
  ];
  const parents = [...new Set(rows.map(({ region }) => region.parent).filter((code) => code && report.regions[code]))].sort();
  const input = h("input", { id: "filter", type: "search", placeholder: t("filter_hint"), "aria-label": t("filter"), value: state().q || "", oninput: () => refilter({ q: input.value }) });
  const tierChoice = hasTiers && choice("tier", t("tier_short"), [["", t("all")], ...[...new Set(data.tiers)].filter((tier) => tier !== null).map((tier) => [String(tier), tierName(tier)])], state().tier || "", (value) => refilter({ tier: value }));
  const parentChoice = parents.length > 1 && choice("parent", t("in_region"), [["", t("all")], ...parents.map((code) => [code, regionName(code)])], state().parent || "", (value) => refilter({ parent: value }));
  const count = h("p", { class: "quiet", role: "status" });
  const keep = ({ code, place, region }) => {
    const { q = "", tier, parent } = state();
    const wanted = q.toLowerCase().replaceAll(" ", "");
    const keys = [region.zh, region.en, region.short, code].filter(Boolean).map((key) => key.toLowerCase().replaceAll(" ", ""));
    return (!wanted || keys.some((key) => key.includes(wanted))) && (!tier || String(data.tiers[place]) === tier) && (!parent || region.parent === parent || code === parent);
  };
  const drawn = columns.filter((one) => one.class !== "only-file");
  const table = dataTable({
    columns: drawn,
    rows,
    caption: t("ranking_of", { cohort: cohortName(data.code), edition: data.edition.edition }),
    keep,
    wide: true,
    rowClass: ({ place }) => (place && hasTiers && data.tiers[place] !== data.tiers[place - 1] ? "tier-start" : null),
  });
  drawn.forEach((one, place) => {
    if (one.family !== undefined) table.element.querySelectorAll("thead th")[place].style.setProperty("box-shadow", `inset 0 -3px ${familyColour(one.family)}`);
  });
  function refilter(changes) {
    go(changes, true);
    table.refilter();
    tell();
  }
  function tell() {
    count.textContent = t("shown_of", { shown: table.view().length, all: rows.length });
  }
  tell();
  host.append(
    ...[
      cohortTabs({ q: null, tier: null, parent: null }),
      h(
        "div",
        { class: "controls" },
        h("label", { class: "choice", for: "filter" }, h("span", {}, t("filter")), input),
        parentChoice,
        tierChoice,
        choice("show", t("columns_show"), [["points", t("show_points")], ["ranks", t("show_ranks")]], shownAs, (value) => go({ show: value })),
      ),
      h("div", { class: "tools" }, count, downloadButton(columns, () => table.view(), `ranking-${data.code}`, data.edition)),
      hasIntervals ? h("p", { class: "quiet" }, t("interval_explained")) : nothing(t("no_intervals")),
      table.element,
      h("p", { class: "source" }, sourceLine(data.edition)),
    ].filter(Boolean),
  );
}

/** A rank on a ramp from the first to the last; text stays dark or light enough. */
function heat(value, count) {
  if (value == null) return h("span", { class: "heat-cell missing" }, rank(value));
  const share = count > 1 ? 1 - (value - 1) / (count - 1) : 1;
  const step = Math.min(4, Math.floor(share * 5));
  return h("span", { class: `heat-cell step-${step}` }, rank(value));
}

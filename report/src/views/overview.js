import { addsUp, cohortTabs, familyLegend, intervalText, legend, nothing, profileLink, rootColumn, section } from "../common.js";
import { h } from "../dom.js";
import { cohortName, column, loadCohort, nodeName, regionName } from "../model.js";
import { RAMP, axis, css, familyColour, picture, tooltip } from "../picture.js";
import { points, rank, t } from "../text.js";
import { findingsList } from "./findings.js";
import { mapSection } from "./map.js";
import { intervalsPicture } from "./robustness.js";

const SHOWN = 15;
const FIRM = 10;

export async function overview(host) {
  const data = await loadCohort();
  // A map of many places is long in coming; the rest does not wait for it.
  const where = h("div", {});
  mapSection(data, data.tree.root).then((content) => where.append(...[content].flat(Infinity)));
  host.append(
    ...[
      cohortTabs(),
      leaders(data),
      section("who-leads", leadTitle(data), stacked(data)),
      section("what-stands-out", t("findings"), findingsList(data)),
      section("where", t("where"), where),
      section(
        "how-firm",
        t("how_firm_first", { count: Math.min(FIRM, data.regions.length) }),
        data.fct_rank_intervals[data.tree.root] ? intervalsPicture(data, FIRM) : nothing(t("no_intervals")),
      ),
    ].filter(Boolean),
  );
}

function leadTitle(data) {
  const scores = rootColumn(data, "points");
  const [first, second] = data.regions;
  if (second === undefined || scores[1] === null) return t("leads_alone", { region: regionName(first) });
  if (rootColumn(data, "node_rank")[1] === 1) return t("leads_tied", { region: regionName(first), second: regionName(second) });
  return t("leads", { region: regionName(first), second: regionName(second), gap: points(scores[0] - scores[1]) });
}

/** The first three in large type. */
function leaders(data) {
  const scores = rootColumn(data, "points");
  const ranks = rootColumn(data, "node_rank");
  return h(
    "ol",
    { class: "leaders", "aria-label": t("first_three") },
    data.regions.slice(0, 3).map((code, place) =>
      h("li", {}, h("span", { class: "place" }, rank(ranks[place])), h("span", { class: "who" }, profileLink(code, data.code)), h("span", { class: "score" }, points(scores[place]))),
    ),
  );
}

function stacked(data) {
  const { tree } = data;
  const shown = data.regions.slice(0, SHOWN);
  const scores = rootColumn(data, "points");
  const ranks = rootColumn(data, "node_rank");
  const printed = data.published.score[tree.root] || [];
  const low = column(data, "fct_rank_intervals", tree.root, "rank_5");
  const high = column(data, "fct_rank_intervals", tree.root, "rank_95");
  const stacks = addsUp(data);
  const parts = stacks ? tree.first : [tree.root];
  const hasPrinted = shown.some((_, place) => printed[place] != null);
  const hasIntervals = shown.some((_, place) => low[place] != null);
  const greatest = Math.max(...scores.filter((value) => value !== null), 0);
  const tierStarts = shown.map((_, place) => place).filter((place) => place && data.tiers[place] !== data.tiers[place - 1]);
  const columns = [
    { id: "rank", title: t("rank"), value: ({ place }) => ranks[place], numeric: true },
    { id: "region_code", title: t("code"), value: ({ code }) => code },
    { id: "region", title: t("region"), value: ({ code }) => regionName(code), rowHeader: true },
    { id: "points", title: t("score"), value: ({ place }) => scores[place], show: ({ place }) => points(scores[place]), numeric: true },
    ...(hasPrinted ? [{ id: "printed", title: t("printed"), value: ({ place }) => printed[place], show: ({ place }) => points(printed[place]), numeric: true }] : []),
    ...(stacks
      ? tree.first.map((code) => ({
          id: code,
          title: nodeName(tree, code),
          value: ({ place }) => column(data, "fct_node_scores", code, "points")[place],
          show: ({ place }) => points(column(data, "fct_node_scores", code, "points")[place]),
          numeric: true,
        }))
      : []),
  ];
  const rows = shown.map((code, place) => ({ code, place }));
  const marks = [hasPrinted && ["tick", t("printed_tick")], hasIntervals && ["sample", t("rank_interval_beside")], tierStarts.length > 0 && ["dashed", t("tier_line")]].filter(Boolean);
  return picture({
    title: t(stacks ? "stacked_title" : "bars_title", { count: shown.length, cohort: cohortName(data.code) }),
    lead: stacks ? t("stacked_lead") : t("bars_lead"),
    describe: t("stacked_describe", { list: shown.map((code, place) => `${ranks[place] ?? ""} ${regionName(code)} ${points(scores[place])}`).join("; ") }),
    height: shown.length * 30 + 44,
    legends: [stacks && familyLegend(tree), marks.length > 0 && legend(marks)],
    edition: data.edition,
    file: `leaders-${data.code}`,
    table: { columns, rows },
    onclick: (at) => shown[at.dataIndex] && (location.href = profileLink(shown[at.dataIndex], data.code).href),
    option: (width) => {
      const narrow = width < 560;
      return {
        grid: { left: narrow ? 104 : 190, right: hasIntervals ? 92 : 56, top: 8, bottom: 28 },
        xAxis: { type: "value", min: 0, max: Math.ceil(greatest / 10) * 10, ...axis() },
        yAxis: {
          type: "category",
          inverse: true,
          data: shown.map((code) => code),
          ...axis(),
          axisLabel: {
            color: css("--ink"),
            fontSize: 13,
            width: narrow ? 96 : 180,
            overflow: "truncate",
            formatter: (code) => `${rank(ranks[data.place[code]])}  ${regionName(code)}`,
          },
        },
        tooltip: tooltip((at) => [
          `${rank(ranks[at.dataIndex])} ${regionName(shown[at.dataIndex])} ${points(scores[at.dataIndex])}`,
          ...(stacks ? tree.first.map((code) => `${nodeName(tree, code)} ${points(column(data, "fct_node_scores", code, "points")[at.dataIndex])}`) : []),
        ]),
        series: [
          ...parts.map((code, family) => ({
            type: "bar",
            stack: "all",
            barWidth: 17,
            data: shown.map((_, place) => column(data, "fct_node_scores", code, "points")[place]),
            itemStyle: { color: stacks ? familyColour(family) : RAMP[3], borderColor: css("--paper"), borderWidth: stacks ? 1 : 0 },
            emphasis: { disabled: true },
          })),
          {
            type: "custom",
            silent: true,
            z: 5,
            data: shown.map((_, place) => [scores[place], place]),
            renderItem: (params, api) => {
              const [x, y] = api.coord([api.value(0), api.value(1)]);
              const at = (value) => api.coord([value, 0])[0];
              const mark = printed[params.dataIndex];
              const tier = tierStarts.includes(params.dataIndex);
              const over = y - api.size([0, 1])[1] / 2;
              return {
                type: "group",
                children: [
                  tier && { type: "line", shape: { x1: 8, x2: width - 8, y1: over, y2: over }, style: { stroke: css("--quiet"), lineDash: [4, 4], lineWidth: 1 } },
                  mark != null && { type: "line", shape: { x1: at(mark), x2: at(mark), y1: y - 12, y2: y + 12 }, style: { stroke: css("--ink"), lineWidth: 2 } },
                  { type: "text", x: x + 6, y, style: { text: points(scores[params.dataIndex]), fill: css("--ink"), fontSize: 13, verticalAlign: "middle" } },
                  hasIntervals && { type: "text", x: x + 50, y, style: { text: intervalText(low[params.dataIndex], high[params.dataIndex]), fill: css("--quiet"), fontSize: 12, verticalAlign: "middle" } },
                ].filter(Boolean),
              };
            },
          },
        ],
      };
    },
  });
}

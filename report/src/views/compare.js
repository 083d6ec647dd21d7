import { addsUp, choice, cohortTabs, profileLink, rootColumn, section } from "../common.js";
import { h, svg } from "../dom.js";
import { cohortName, column, loadCohort, nodeName, regionName } from "../model.js";
import { axis, css, downloadButton, familyColour, picture, sourceLine, tooltip } from "../picture.js";
import { go, state } from "../state.js";
import { dataTable } from "../table.js";
import { list, points, rank, signed, t } from "../text.js";

const MOST = 5;
const SHAPES = ["circle", "square", "diamond", "triangle", "ring"];
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56616d"];

export async function compare(host) {
  const data = await loadCohort();
  const asked = (state().regions || "").split(",").filter((code) => data.place[code] !== undefined);
  const chosen = [...new Set(asked.length ? asked : data.regions.slice(0, 2))].slice(0, MOST);
  const set = (codes) => go({ regions: codes.join(",") });
  const rest = data.regions.filter((code) => !chosen.includes(code));
  host.append(
    ...[
      cohortTabs({ regions: null }),
      h(
        "div",
        { class: "controls" },
        h(
          "ul",
          { class: "chips", "aria-label": t("compared") },
          chosen.map((code, place) =>
            h("li", {}, shape(place), profileLink(code, data.code), chosen.length > 1 && h("button", { type: "button", "aria-label": t("remove", { region: regionName(code) }), onclick: () => set(chosen.filter((one) => one !== code)) }, "×")),
          ),
        ),
        chosen.length < MOST &&
          rest.length > 0 &&
          choice("add", t("add_region"), [["", "…"], ...rest.map((code) => [code, `${rank(rootColumn(data, "node_rank")[data.place[code]])}  ${regionName(code)}`])], "", (code) => code && set([...chosen, code])),
      ),
      chosen.length < 2 ? h("p", { class: "empty" }, t(data.regions.length < 2 ? "one_region" : "choose_two")) : null,
      chosen.length >= 2 ? gap(data, chosen) : null,
      section("node-by-node", t("node_by_node"), nodeTable(data, chosen)),
    ].filter(Boolean),
  );
}

function shape(place) {
  const colour = COLOURS[place];
  return svg("svg", { width: 14, height: 14, "aria-hidden": "true", class: "shape" }, drawShape(place, 7, 7, colour));
}

function drawShape(place, x, y, colour) {
  const kind = SHAPES[place];
  if (kind === "circle") return svg("circle", { cx: x, cy: y, r: 4.5, fill: colour });
  if (kind === "square") return svg("rect", { x: x - 4, y: y - 4, width: 8, height: 8, fill: colour });
  if (kind === "diamond") return svg("path", { d: `M${x} ${y - 5.5}L${x + 5.5} ${y}L${x} ${y + 5.5}L${x - 5.5} ${y}Z`, fill: colour });
  if (kind === "triangle") return svg("path", { d: `M${x} ${y - 5}L${x + 5} ${y + 4}L${x - 5} ${y + 4}Z`, fill: colour });
  return svg("circle", { cx: x, cy: y, r: 4, fill: "none", stroke: colour, "stroke-width": 2 });
}

/** Why the first is ahead of the second: what each node adds to the gap. */
function gap(data, chosen) {
  const { tree } = data;
  const scores = rootColumn(data, "points");
  const [one, two] = chosen.slice(0, 2).sort((left, right) => data.place[left] - data.place[right]);
  const [a, b] = [data.place[one], data.place[two]];
  if (scores[a] === null || scores[b] === null) return h("p", { class: "empty" }, t("no_score_no_gap"));
  const adds = addsUp(data);
  const level = state().by === "indicator" ? tree.leaves : tree.first.map((code) => tree.byCode[code]);
  const measure = adds ? "points" : "score";
  const parts = level.map((node) => {
    const values = column(data, "fct_node_scores", node.code, measure);
    return { node, first: values[a], second: values[b], difference: values[a] === null && values[b] === null ? null : (values[a] ?? 0) - (values[b] ?? 0) };
  });
  const total = scores[a] - scores[b];
  // Room for the numbers beside the bars.
  const room = 1.3 * Math.max(0.01, ...parts.map((part) => Math.abs(part.difference ?? 0)));
  const sorted = parts.filter((part) => part.difference !== null).sort((left, right) => right.difference - left.difference);
  const ahead = sorted.filter((part) => part.difference > 0.005).slice(0, 3);
  const behindIn = sorted.filter((part) => part.difference < -0.005).reverse().slice(0, 2);
  const phrase = (some) => list(some.map((part) => t("in_brackets", { text: nodeName(tree, part.node.code), note: signed(part.difference) })));
  const sentence = [
    t(total < 1e-9 ? "level_with" : "ahead_by", { one: regionName(one), two: regionName(two), gap: points(total) }),
    ahead.length && t("ahead_in", { list: phrase(ahead) }),
    behindIn.length && t("behind_in", { list: phrase(behindIn) }),
  ].filter(Boolean).join(document.documentElement.lang.startsWith("zh") ? "" : " ");
  const columns = [
    { id: "node_code", title: t("code"), value: (part) => part.node.code },
    { id: "node", title: t("node"), value: (part) => nodeName(tree, part.node.code), rowHeader: true },
    { id: `${measure}_${one}`, title: regionName(one), value: (part) => part.first, show: (part) => points(part.first), numeric: true },
    { id: `${measure}_${two}`, title: regionName(two), value: (part) => part.second, show: (part) => points(part.second), numeric: true },
    { id: "difference", title: t("difference"), value: (part) => part.difference, show: (part) => signed(part.difference), numeric: true },
  ];
  return section(
    "the-gap",
    t(total < 1e-9 ? "gap_title_even" : "gap_title", { one: regionName(one), two: regionName(two) }),
    h("p", { class: "lead" }, sentence),
    choice("by", t("gap_by"), [["first", t("by_first_level")], ["indicator", t("by_indicator")]], state().by === "indicator" ? "indicator" : "first", (value) => go({ by: value })),
    picture({
      title: t(adds ? "gap_picture" : "gap_picture_scores", { one: regionName(one), two: regionName(two) }),
      describe: sentence,
      height: level.length * 30 + 16,
      edition: data.edition,
      file: `gap-${one}-${two}`,
      table: { columns, rows: parts },
      note: adds ? null : t("gap_does_not_add"),
      option: (width) => ({
        grid: { left: width < 560 ? 128 : 250, right: 8, top: 8, bottom: 8 },
        xAxis: { type: "value", min: -room, max: room, ...axis(), axisLabel: { show: false }, splitLine: { show: false } },
        yAxis: { type: "category", inverse: true, data: level.map((node) => node.code), ...axis(), axisLine: { show: true, lineStyle: { color: css("--hatch") } }, axisLabel: { color: css("--ink"), fontSize: 12, width: width < 560 ? 120 : 240, overflow: width < 560 ? "break" : "truncate", formatter: (code) => nodeName(tree, code) } },
        tooltip: tooltip((at) => [nodeName(tree, parts[at.dataIndex].node.code), signed(parts[at.dataIndex].difference)]),
        series: [
          {
            type: "bar",
            barWidth: 16,
            data: parts.map((part) => ({
              value: part.difference,
              itemStyle: { color: familyColour(part.node.family) },
              label: { show: true, position: part.difference < 0 ? "left" : "right", formatter: () => signed(part.difference), color: css("--ink") },
            })),
          },
        ],
      }),
    }),
  );
}

function nodeTable(data, chosen) {
  const { tree } = data;
  const rows = tree.nodes;
  const value = (node, code, name) => column(data, "fct_node_scores", node.code, name)[data.place[code]];
  const columns = [
    { id: "node_code", title: t("code"), value: (node) => node.code, class: "only-file" },
    { id: "node", title: t("node"), value: (node) => nodeName(tree, node.code), rowHeader: true, class: "name", show: (node) => h("span", { class: `level-${Math.min(node.level, 4)}` }, nodeName(tree, node.code)) },
    { id: "dots", title: t("score_of_100"), value: () => null, file: false, class: "dots", show: (node) => dots(node) },
    ...chosen.flatMap((code) => [
      { id: `score_${code}`, title: regionName(code), value: (node) => value(node, code, "score"), show: (node) => points(value(node, code, "score")), numeric: true },
      { id: `rank_${code}`, title: t("rank"), value: (node) => value(node, code, "node_rank"), show: (node) => rank(value(node, code, "node_rank")), numeric: true, class: "faint" },
    ]),
  ];
  const all = rows.flatMap((node) => chosen.map((code) => value(node, code, "score"))).filter((one) => one !== null);
  const least = Math.min(0, ...all);
  const most = Math.max(100, ...all);
  function dots(node) {
    const width = 180;
    const at = (score) => 8 + ((width - 16) * (score - least)) / (most - least);
    return svg(
      "svg",
      { width, height: 16, viewBox: `0 0 ${width} 16`, "aria-hidden": "true" },
      svg("line", { x1: 8, x2: width - 8, y1: 8, y2: 8, class: "track" }),
      chosen.map((code, place) => value(node, code, "score") !== null && drawShape(place, at(value(node, code, "score")), 8, COLOURS[place])),
    );
  }
  const table = dataTable({ columns: columns.filter((one) => one.class !== "only-file"), rows, caption: t("node_by_node"), sortable: false, wide: true, rowClass: (node) => `row-level-${Math.min(node.level, 3)}` });
  return [
    table.element,
    h("div", { class: "tools" }, downloadButton(columns, () => rows, `compare-${cohortName(data.code)}`, data.edition), h("p", { class: "source" }, sourceLine(data.edition))),
  ];
}

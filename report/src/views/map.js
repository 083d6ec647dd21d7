import { cohortTabs, legend, nodeChoice, nothing, profileLink, section } from "../common.js";
import { h } from "../dom.js";
import { cohortName, column, loadCohort, loadMap, nodeName, regionName } from "../model.js";
import { RAMP, css, downloadButton, echarts, picture, sourceLine, tooltip } from "../picture.js";
import { go, state } from "../state.js";
import { dataTable } from "../table.js";
import { list, points, rank, said, t } from "../text.js";

export async function map(host) {
  const data = await loadCohort();
  const node = data.tree.byCode[state().node] ? state().node : data.tree.root;
  host.append(
    ...[
      cohortTabs(),
      h("div", { class: "controls" }, nodeChoice("node", t("node"), data.tree, node, (code) => go({ node: code }))),
      section("the-map", t("map_title", { node: nodeName(data.tree, node), cohort: cohortName(data.code) }), await mapSection(data, node)),
      section("the-values", t("map_values"), valuesTable(data, node)),
    ].filter(Boolean),
  );
}

function columnsOf(data, node) {
  const scores = column(data, "fct_node_scores", node, "score");
  const ranks = column(data, "fct_node_scores", node, "node_rank");
  const classes = classesOf(scores);
  return [
    { id: "node_rank", title: t("rank"), value: ({ place }) => ranks[place], show: ({ place }) => rank(ranks[place]), numeric: true },
    { id: "region_code", title: t("code"), value: ({ code }) => code },
    { id: "region", title: t("region"), value: ({ code }) => regionName(code), show: ({ code }) => profileLink(code, data.code), rowHeader: true },
    { id: "score", title: t("score_of_100"), value: ({ place }) => scores[place], show: ({ place }) => points(scores[place]), numeric: true, descending: true },
    { id: "class", title: t("class"), value: ({ place }) => classOf(classes, scores[place]), show: ({ place }) => (scores[place] === null ? t("no_value") : String(classOf(classes, scores[place]))), numeric: true },
  ];
}

function valuesTable(data, node) {
  const columns = columnsOf(data, node);
  const rows = data.regions.map((code, place) => ({ code, place }));
  const table = dataTable({ columns, rows, caption: t("map_values"), sort: [{ id: "node_rank", desc: false }] });
  return [
    h("div", { class: "tools" }, downloadButton(columns, () => table.view(), `map-${data.code}-${node}`, data.edition)),
    table.element,
    h("p", { class: "source" }, sourceLine(data.edition)),
  ];
}

/** Upper ends of at most five classes with about equally many regions in each. */
function classesOf(scores) {
  const known = scores.filter((value) => value !== null).sort((one, two) => one - two);
  const ends = RAMP.map((_, step) => known[Math.ceil(((step + 1) * known.length) / RAMP.length) - 1]);
  return [...new Set(ends)].filter((end) => end !== undefined);
}

function classOf(ends, value) {
  return value === null ? null : ends.findIndex((end) => value <= end) + 1;
}

const colourOf = (ends, step) => RAMP[ends.length === 1 ? RAMP.length - 1 : Math.round(((step - 1) * (RAMP.length - 1)) / (ends.length - 1))];

/** The map of a node; a sentence where no map file shows these regions. */
export async function mapSection(data, node) {
  const geojson = await loadMap(data);
  if (!geojson) return nothing(t("no_map"));
  const scores = column(data, "fct_node_scores", node, "score");
  const ranks = column(data, "fct_node_scores", node, "node_rank");
  const ends = classesOf(scores);
  const known = scores.filter((value) => value !== null);
  const labels = Object.fromEntries(geojson.features.map((feature) => [feature.properties.name, feature.properties.label]));
  const describe = (code) => {
    const place = data.place[code];
    if (place === undefined) return [labels[code] || code, t("not_in_index")];
    return [regionName(code), scores[place] === null ? t("no_value") : t("rank_and_score", { rank: rank(ranks[place]), score: points(scores[place]) })];
  };
  const missing = data.map.missing;
  const lows = ends.map((end, place) => (place ? known.filter((value) => value > ends[place - 1]).reduce((least, value) => Math.min(least, value), Infinity) : Math.min(...known)));
  return picture({
    title: t("map_of", { node: nodeName(data.tree, node) }),
    describe: t("map_describe", { node: nodeName(data.tree, node), first: regionName(data.regions[ranks.indexOf(1)] ?? data.regions[0]), count: known.length }),
    height: Math.min(560, Math.max(300, innerWidth * 0.62)),
    legends: [legend([...ends.map((end, place) => ["", lows[place] === end ? points(end) : `${points(lows[place])}–${points(end)}`, colourOf(ends, place + 1)]), ["hatched", t("no_value")]])],
    edition: data.edition,
    source: said(data.map),
    file: `map-${data.code}-${node}`,
    table: { columns: columnsOf(data, node), rows: data.regions.map((code, place) => ({ code, place })) },
    note: missing.length ? t("not_on_map", { list: list(missing.map(regionName)) }) : null,
    onclick: (at) => data.place[at.name] !== undefined && (location.href = profileLink(at.name, data.code).href),
    option: () => {
      echarts.registerMap(data.map.name, structuredClone(geojson));
      return {
        tooltip: tooltip((at) => describe(at.name)),
        series: [
          {
            type: "map",
            map: data.map.name,
            nameProperty: "name",
            roam: false,
            aspectScale: 0.78,
            // ECharts leaves a fifth of the room free, of which islands need some.
            zoom: 1.08,
            selectedMode: false,
            label: { show: false },
            itemStyle: { areaColor: css("--missing"), borderColor: css("--paper"), borderWidth: data.regions.length > 100 ? 0.4 : 0.8, decal: hatch() },
            emphasis: { label: { show: false }, itemStyle: { areaColor: null, borderColor: css("--ink"), borderWidth: 1.5 } },
            data: data.regions.map((code, place) => ({
              name: code,
              value: scores[place],
              ...(scores[place] === null ? {} : { itemStyle: { areaColor: colourOf(ends, classOf(ends, scores[place])), decal: { symbol: "none" } } }),
            })),
          },
        ],
      };
    },
  });
}


const hatch = () => ({ symbol: "rect", color: css("--hatch"), dashArrayX: [1, 0], dashArrayY: [1, 4], rotation: -Math.PI / 4 });

import { cohortTabs, intervalText, nothing, profileLink, rootColumn, section } from "../common.js";
import { h } from "../dom.js";
import { column, loadCohort, nodeName, regionName } from "../model.js";
import { RAMP, axis, behind, css, downloadButton, familyColour, picture, sourceLine, tooltip } from "../picture.js";
import { dataTable } from "../table.js";
import { language, number, percent, points, rank, said, t, whole } from "../text.js";

// The code of the scenario that is none, in every index.
const BASELINE = "baseline";

export async function robustness(host) {
  const data = await loadCohort();
  const { root } = data.tree;
  host.append(
    ...[
      cohortTabs(),
      section("intervals", t("intervals"), h("p", { class: "lead" }, t("intervals_lead")), data.fct_rank_intervals[root] ? intervalsPicture(data, data.regions.length) : nothing(t("no_intervals"))),
      section("pairs", t("pairs"), h("p", { class: "lead" }, t("pairs_lead")), pairs(data)),
      section("scenarios", t("scenarios"), h("p", { class: "lead" }, t("scenarios_lead")), scenarios(data)),
      section("left-out", t("left_out_heading"), h("p", { class: "lead" }, t("left_out_lead")), leftOut(data)),
      section("sensitivity", t("sensitivity"), h("p", { class: "lead" }, t("sensitivity_lead")), sensitivity(data)),
      section("weights", t("effective_weights"), h("p", { class: "lead" }, t("effective_weights_lead")), shares(data)),
      section("correlations", t("correlations"), h("p", { class: "lead" }, t("correlations_lead")), correlations(data)),
    ].filter(Boolean),
  );
}

/** Each region's interval of ranks as a line, its rank as a dot. */
export function intervalsPicture(data, count) {
  const { root } = data.tree;
  const ranks = rootColumn(data, "node_rank");
  const low = column(data, "fct_rank_intervals", root, "rank_5");
  const high = column(data, "fct_rank_intervals", root, "rank_95");
  const middle = column(data, "fct_rank_intervals", root, "median_rank");
  const inTen = column(data, "fct_rank_intervals", root, "share_in_first_10");
  const rows = data.regions.map((code, place) => ({ code, place })).filter(({ place }) => low[place] !== null).slice(0, count);
  const step = rows.length > 60 ? 13 : 24;
  const columns = [
    { id: "node_rank", title: t("rank"), value: ({ place }) => ranks[place], numeric: true },
    { id: "region_code", title: t("code"), value: ({ code }) => code },
    { id: "region", title: t("region"), value: ({ code }) => regionName(code), rowHeader: true, show: ({ code }) => profileLink(code, data.code) },
    { id: "rank_5", title: t("rank_5"), value: ({ place }) => low[place], numeric: true },
    { id: "median_rank", title: t("median_rank"), value: ({ place }) => middle[place], numeric: true },
    { id: "rank_95", title: t("rank_95"), value: ({ place }) => high[place], numeric: true },
    { id: "share_in_first_10", title: t("share_in_first_10"), value: ({ place }) => inTen[place], show: ({ place }) => percent(inTen[place], 0), numeric: true },
  ];
  const certain = rows.filter(({ place }) => low[place] === high[place]).length;
  return picture({
    title: t("intervals_title", { count: rows.length, certain }),
    lead: t("interval_explained"),
    describe: t("intervals_describe", { list: rows.slice(0, 10).map(({ code, place }) => `${regionName(code)} ${intervalText(low[place], high[place])}`).join("; ") }),
    height: rows.length * step + 40,
    edition: data.edition,
    file: `intervals-${data.code}`,
    table: { columns, rows },
    onclick: (at) => rows[at.dataIndex] && (location.href = profileLink(rows[at.dataIndex].code, data.code).href),
    option: (width) => ({
      grid: { left: width < 560 ? 116 : 210, right: 24, top: 28, bottom: 8 },
      xAxis: { type: "value", min: 1, max: Math.max(...rows.map(({ place }) => high[place]), 2), position: "top", minInterval: 1, ...axis(), axisLabel: { ...axis().axisLabel, showMaxLabel: false } },
      yAxis: {
        type: "category",
        inverse: true,
        data: rows.map(({ code }) => code),
        ...axis(),
        axisLabel: { interval: 0, color: css("--ink"), fontSize: step > 20 ? 12 : 10, width: width < 560 ? 108 : 200, overflow: "truncate", formatter: (code) => `${rank(ranks[data.place[code]])}  ${regionName(code)}` },
      },
      tooltip: tooltip((at) => [`${rank(ranks[rows[at.dataIndex].place])} ${regionName(rows[at.dataIndex].code)}`, t("interval_of_ranks", { low: low[rows[at.dataIndex].place], high: high[rows[at.dataIndex].place] })]),
      series: [
        {
          type: "custom",
          data: rows.map(({ place }, at) => [ranks[place], at, low[place], high[place]]),
          renderItem: (params, api) => {
            const { place } = rows[params.dataIndex];
            const [x, y] = api.coord([ranks[place], params.dataIndex]);
            const from = api.coord([low[place], params.dataIndex])[0];
            const to = api.coord([high[place], params.dataIndex])[0];
            return {
              type: "group",
              children: [
                { type: "rect", shape: { x: from - 4, y: y - 4, width: to - from + 8, height: 8, r: 4 }, style: { fill: css("--range") } },
                { type: "circle", shape: { cx: x, cy: y, r: 4 }, style: { fill: css("--accent") } },
              ],
            };
          },
        },
      ],
    }),
  });
}

function pairs(data) {
  if (!data.fct_pair_swaps.length) return nothing(t("no_pairs"));
  const columns = [
    { id: "upper_rank", title: t("rank"), value: (row) => row.upper_rank, numeric: true },
    { id: "upper_region_code", title: t("upper"), value: (row) => row.upper_region_code, show: (row) => profileLink(row.upper_region_code, data.code), rowHeader: true, class: "place" },
    { id: "lower_region_code", title: t("lower"), value: (row) => row.lower_region_code, show: (row) => profileLink(row.lower_region_code, data.code), class: "place" },
    { id: "score_gap", title: t("gap"), value: (row) => row.score_gap, show: (row) => points(row.score_gap), numeric: true },
    {
      id: "swap_share",
      title: t("swap_share"),
      value: (row) => row.swap_share,
      show: (row) => h("span", { class: "bar-cell" }, h("span", { class: "bar", style: { width: `${100 * (row.swap_share ?? 0)}%` } }), h("span", {}, percent(row.swap_share))),
      numeric: true,
      descending: true,
    },
    { id: "swap_share_weights", title: t("swap_share_weights"), value: (row) => row.swap_share_weights, show: (row) => percent(row.swap_share_weights), numeric: true, descending: true },
  ];
  const table = dataTable({ columns, rows: data.fct_pair_swaps, caption: t("pairs"), sort: [{ id: "swap_share", desc: true }] });
  table.element.classList.add("tall");
  return [table.element, h("div", { class: "tools" }, downloadButton(columns, () => table.view(), `pairs-${data.code}`, data.edition), h("p", { class: "source" }, sourceLine(data.edition)))];
}

const SHOWN = 20;

/** Each scenario of the cohort with how far it moves the ranks, furthest first. */
function shiftsOf(data) {
  return data.rpt_scenario_shifts
    .map((shift) => ({ ...shift, row: data.part.scenarios.find((one) => one.scenario_code === shift.scenario_code) }))
    .filter(({ row, scenario_code }) => row && data.scenarios[scenario_code])
    .sort((one, two) => two.mean_rank_shift - one.mean_rank_shift || one.scenario_code.localeCompare(two.scenario_code));
}

const SHIFT_COLUMNS = () => [
  { id: "mean_rank_shift", title: t("mean_shift"), value: (row) => row.mean_rank_shift, show: (row) => number(row.mean_rank_shift), numeric: true, descending: true },
  { id: "greatest_rank_shift", title: t("greatest_shift"), value: (row) => row.greatest_rank_shift, show: (row) => whole(row.greatest_rank_shift), numeric: true, descending: true },
  { id: "entered_first_ten_count", title: t("entered"), value: (row) => row.entered_first_ten_count, show: (row) => whole(row.entered_first_ten_count), numeric: true, descending: true },
];

function scenarios(data) {
  // The baseline moves nobody; what leaves a node out has a picture of its own.
  const known = shiftsOf(data).filter(({ row, scenario_code }) => !row.left_out_node_code && scenario_code !== BASELINE);
  if (!known.length) return nothing(t("no_scenarios"));
  const ranks = rootColumn(data, "node_rank");
  const columns = [
    { id: "scenario_code", title: t("scenario"), value: (one) => one.scenario_code, rowHeader: true, show: ({ row }) => h("span", {}, said(row, "name_"), h("small", { class: "block quiet" }, said(row, "reason_"))), class: "prose" },
    ...SHIFT_COLUMNS(),
  ];
  const side = data.regions.map((code, place) => ({ code, place }));
  const sideColumns = [
    { id: "region_code", title: t("region"), value: ({ code }) => code, rowHeader: true, class: "name", show: ({ code }) => profileLink(code, data.code) },
    { id: "node_rank", title: t("rank"), value: ({ place }) => ranks[place], show: ({ place }) => rank(ranks[place]), numeric: true },
    ...known.map(({ row, scenario_code }) => {
      const now = data.scenarios[scenario_code].node_rank || [];
      const shift = ({ place }) => (now[place] == null || ranks[place] === null ? 0 : ranks[place] - now[place]);
      return {
        id: scenario_code,
        title: said(row, "name_"),
        value: ({ place }) => now[place] ?? null,
        show: (one) => h("span", { class: shift(one) > 0 ? "up" : shift(one) < 0 ? "down" : null }, rank(now[one.place]), shift(one) !== 0 && h("small", {}, ` ${shift(one) > 0 ? "▲" : "▼"}${Math.abs(shift(one))}`)),
        numeric: true,
      };
    }),
  ];
  const table = dataTable({ columns, rows: known, caption: t("scenarios") });
  return [
    table.element,
    h("div", { class: "tools" }, downloadButton(columns, () => table.view(), `scenarios-${data.code}`, data.edition)),
    h("h3", { class: "spaced" }, t("side_by_side", { count: Math.min(SHOWN, side.length) })),
    dataTable({ columns: sideColumns, rows: side.slice(0, SHOWN), caption: t("side_by_side", { count: SHOWN }), wide: true }).element,
    h("div", { class: "tools" }, downloadButton(sideColumns, () => side, `scenario-ranks-${data.code}`, data.edition), h("p", { class: "source" }, sourceLine(data.edition))),
  ];
}

/** How far the ranks move when a node is left out. */
function leftOut(data) {
  const { tree } = data;
  const rows = shiftsOf(data).filter(({ row }) => row.left_out_node_code && tree.byCode[row.left_out_node_code]);
  if (!rows.length) return nothing(t("no_scenarios"));
  const nameOf = ({ row }) => nodeName(tree, row.left_out_node_code);
  return picture({
    title: t("left_out_title", { node: nameOf(rows[0]), shift: number(rows[0].mean_rank_shift, 1) }),
    describe: rows.slice(0, 5).map((row) => `${nameOf(row)} ${number(row.mean_rank_shift)}`).join("; "),
    height: rows.length * 22 + 36,
    edition: data.edition,
    file: `left-out-${data.code}`,
    table: { columns: [{ id: "left_out_node_code", title: t("left_out"), value: ({ row }) => row.left_out_node_code, show: nameOf, rowHeader: true }, ...SHIFT_COLUMNS()], rows },
    option: (width) => ({
      grid: { left: width < 560 ? 128 : 290, right: 48, top: 8, bottom: 24 },
      xAxis: { type: "value", min: 0, ...axis() },
      yAxis: { type: "category", inverse: true, data: rows.map(nameOf), ...axis(), axisLabel: { interval: 0, color: css("--ink"), fontSize: 12, width: width < 560 ? 120 : 280, overflow: "truncate" } },
      tooltip: tooltip((at) => [nameOf(rows[at.dataIndex]), `${t("mean_shift")} ${number(rows[at.dataIndex].mean_rank_shift)}`, `${t("greatest_shift")} ${whole(rows[at.dataIndex].greatest_rank_shift)}`]),
      series: [
        {
          type: "bar",
          barWidth: 12,
          data: rows.map((row) => ({ value: row.mean_rank_shift, itemStyle: { color: familyColour(tree.byCode[row.row.left_out_node_code].family) } })),
          label: { show: true, position: "right", color: css("--ink"), fontSize: 11, formatter: ({ value }) => number(value) },
        },
      ],
    }),
  });
}

function factorName(code) {
  const level = /^weights_(\d+)$/.exec(code);
  if (level) return t("factor_weights", { level: level[1] });
  return window.TEXT[`factor_${code}`] || code;
}

function sensitivity(data) {
  const rows = data.fct_sensitivity.filter((row) => row.region_code === "*");
  if (!rows.length) return nothing(t("no_sensitivity"));
  const columns = [
    { id: "factor_code", title: t("factor"), value: (row) => row.factor_code, show: (row) => factorName(row.factor_code), rowHeader: true },
    { id: "first_order", title: t("first_order"), value: (row) => row.first_order, show: (row) => number(row.first_order, 3), numeric: true },
    { id: "total", title: t("total_order"), value: (row) => row.total, show: (row) => number(row.total, 3), numeric: true },
    { id: "total_low", title: t("low"), value: (row) => row.total_low, show: (row) => number(row.total_low, 3), numeric: true },
    { id: "total_high", title: t("high"), value: (row) => row.total_high, show: (row) => number(row.total_high, 3), numeric: true },
  ];
  if (rows.every((row) => row.total === null)) return nothing(rows[0].reason || t("no_sensitivity"));
  return picture({
    title: t("sensitivity_title"),
    describe: rows.map((row) => `${factorName(row.factor_code)} ${number(row.total, 2)}`).join("; "),
    height: rows.length * 44 + 40,
    edition: data.edition,
    file: `sensitivity-${data.code}`,
    table: { columns, rows },
    option: (width) => ({
      grid: { left: width < 560 ? 120 : 230, right: 60, top: 8, bottom: 28 },
      xAxis: { type: "value", min: 0, ...axis() },
      yAxis: { type: "category", inverse: true, data: rows.map((row) => factorName(row.factor_code)), ...axis(), axisLabel: { color: css("--ink"), width: width < 560 ? 112 : 220, overflow: "break" } },
      series: [
        { name: t("first_order"), type: "bar", barWidth: 12, itemStyle: { color: RAMP[1] }, data: rows.map((row) => row.first_order) },
        { name: t("total_order"), type: "bar", barWidth: 12, itemStyle: { color: RAMP[3] }, data: rows.map((row) => row.total), label: { show: true, position: "right", color: css("--ink"), formatter: ({ value }) => number(value, 2) } },
      ],
    }),
  });
}

function lackOf(data) {
  const few = data.audit_coherence.find((row) => row.statistic === "too_few_regions");
  return few ? t("too_few_regions", { count: few.region_count, least: few.expected_value }) : t("no_coherence");
}

/** How much of the differences between regions each first-level node makes, beside the weight that it was given. */
function shares(data) {
  const rows = data.audit_coherence.filter((row) => row.statistic === "variance_share" && data.tree.first.includes(row.node_code));
  if (!rows.length) return nothing(lackOf(data));
  const ordered = data.tree.first.map((code) => rows.find((row) => row.node_code === code)).filter(Boolean);
  const columns = [
    { id: "node_code", title: t("node"), value: (row) => row.node_code, show: (row) => nodeName(data.tree, row.node_code), rowHeader: true },
    { id: "expected_value", title: t("nominal_weight"), value: (row) => row.expected_value, show: (row) => percent(row.expected_value), numeric: true },
    { id: "statistic_value", title: t("share_of_differences"), value: (row) => row.statistic_value, show: (row) => percent(row.statistic_value), numeric: true },
    { id: "is_flagged", title: t("flag"), value: (row) => row.is_flagged, show: (row) => (row.is_flagged ? flagOf(row) : "") },
  ];
  return picture({
    title: t("effective_title"),
    describe: ordered.map((row) => `${nodeName(data.tree, row.node_code)} ${percent(row.expected_value)} → ${percent(row.statistic_value)}`).join("; "),
    lead: t("effective_key"),
    height: ordered.length * 36 + 40,
    edition: data.edition,
    file: `weights-${data.code}`,
    table: { columns, rows: ordered },
    option: (width) => ({
      grid: { left: width < 560 ? 120 : 210, right: 60, top: 8, bottom: 28 },
      xAxis: { type: "value", min: 0, ...axis(), axisLabel: { ...axis().axisLabel, formatter: (value) => percent(value, 0) } },
      yAxis: { type: "category", inverse: true, data: ordered.map((row) => nodeName(data.tree, row.node_code)), ...axis(), axisLabel: { color: css("--ink"), width: width < 560 ? 112 : 200, overflow: "break" } },
      series: [
        { type: "bar", barWidth: 14, data: ordered.map((row) => ({ value: row.statistic_value, itemStyle: { color: familyColour(data.tree.byCode[row.node_code].family) } })) },
        {
          type: "custom",
          silent: true,
          data: ordered.map((row, at) => [row.expected_value, at]),
          renderItem: (params, api) => {
            const [x, y] = api.coord([api.value(0), api.value(1)]);
            const row = ordered[params.dataIndex];
            const end = api.coord([Math.max(row.expected_value, row.statistic_value ?? 0), 0])[0];
            return {
              type: "group",
              children: [
                { type: "line", shape: { x1: x, x2: x, y1: y - 12, y2: y + 12 }, style: { stroke: css("--ink"), lineWidth: 2 } },
                { type: "text", x: end + 7, y, style: { text: percent(row.statistic_value), fill: css("--ink"), fontSize: 12, verticalAlign: "middle" } },
              ],
            };
          },
        },
      ],
    }),
  });
}

// From −1 to 1: orange, paper, blue; told apart by colour-blind readers, and their numbers are in the table.
const DIVERGING = ["#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d1e5f0", "#67a9cf", "#2166ac"];

// The notes of the mart are in English.
const flagOf = (row) => (language === "en" && row.note) || t("flagged");

function correlations(data) {
  const { tree } = data;
  const rows = data.audit_coherence.filter((row) => ["correlation_within", "correlation_across"].includes(row.statistic));
  if (!rows.length) return nothing(lackOf(data));
  const leaves = tree.leaves.map((node) => node.code);
  const cells = rows.flatMap((row) => {
    const [one, two] = [leaves.indexOf(row.node_code), leaves.indexOf(row.other_node_code)];
    return one < 0 || two < 0 ? [] : [[one, two, row.statistic_value], [two, one, row.statistic_value]];
  });
  const columns = [
    { id: "node_code", title: t("indicator"), value: (row) => row.node_code, show: (row) => nodeName(tree, row.node_code), rowHeader: true },
    { id: "other_node_code", title: t("indicator"), value: (row) => row.other_node_code, show: (row) => nodeName(tree, row.other_node_code) },
    { id: "statistic_value", title: t("correlation"), value: (row) => row.statistic_value, show: (row) => number(row.statistic_value), numeric: true, descending: true },
    { id: "statistic", title: t("same_parent"), value: (row) => row.statistic, show: (row) => t(row.statistic) },
    { id: "is_flagged", title: t("flag"), value: (row) => row.is_flagged, show: (row) => (row.is_flagged ? flagOf(row) : "") },
  ];
  const flags = data.audit_coherence.filter((row) => row.is_flagged);
  const figure = cells.length
    ? picture({
        title: t("correlations_title"),
        describe: t("correlations_describe", { count: cells.length / 2, flags: flags.length }),
        height: leaves.length * 24 + 150,
        edition: data.edition,
        file: `correlations-${data.code}`,
        table: { columns, rows },
        option: (width) => ({
          grid: { left: width < 560 ? 110 : 250, right: 12, top: 8, bottom: width < 560 ? 24 : 140 },
          xAxis: { type: "category", data: leaves.map((code) => nodeName(tree, code)), ...axis(), axisLabel: { show: width >= 560, rotate: 55, interval: 0, color: css("--quiet"), fontSize: 11, width: 150, overflow: "truncate" } },
          yAxis: { type: "category", inverse: true, data: leaves.map((code) => nodeName(tree, code)), ...axis(), axisLabel: { interval: 0, color: css("--ink"), fontSize: 11, width: width < 560 ? 104 : 240, overflow: "truncate" } },
          visualMap: { show: false, min: -1, max: 1, dimension: 2, inRange: { color: DIVERGING } },
          tooltip: tooltip((at) => [`${nodeName(tree, leaves[at.value[0]])} × ${nodeName(tree, leaves[at.value[1]])}`, number(at.value[2])]),
          series: [{ type: "heatmap", data: cells.filter((cell) => cell[2] !== null).map((value) => ({ value, label: { color: Math.abs(value[2]) > 0.72 ? "#fff" : "#16202a" } })), itemStyle: { borderColor: css("--paper"), borderWidth: 1 }, label: { show: width > 760, fontSize: 10, formatter: ({ value }) => number(value[2]).replace(/^(−?)0\./, "$1.") }, emphasis: { disabled: true } }],
        }),
      })
    : behind({ columns, rows }, t("correlations"), `correlations-${data.code}`, data.edition);
  const flagged = flags.length
    ? h("details", { class: "behind" }, h("summary", {}, t("flags", { count: flags.length })), h("ul", {}, flags.map((row) => h("li", {}, [row.node_code, row.other_node_code].filter((code) => tree.byCode[code]).map((code) => nodeName(tree, code)).join(" – "), ` ${number(row.statistic_value)} `, h("span", { class: "quiet" }, flagOf(row))))))
    : h("p", { class: "quiet" }, t("no_flags"));
  return [figure, flagged];
}


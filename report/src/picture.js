// Pictures by ECharts. Each has a title that says what it shows, a text for those who do not see it, a table and a source.
import { BarChart, CustomChart, HeatmapChart, MapChart } from "echarts/charts";
import { AriaComponent, GeoComponent, GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { saveCsv } from "./csv.js";
import { h } from "./dom.js";
import { report } from "./model.js";
import { dataTable } from "./table.js";
import { t } from "./text.js";

echarts.use([
  AriaComponent, BarChart, CanvasRenderer, CustomChart, GeoComponent, GridComponent, HeatmapChart, MapChart, TooltipComponent, VisualMapComponent,
]);
export { echarts };

// Okabe and Ito's colours without yellow, which paper swallows. First-level nodes have them in the order of the tree.
const FAMILIES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#6b7280", "#a3a3a3"];
export const familyColour = (family) => (family < 0 ? "#56616d" : FAMILIES[family % FAMILIES.length]);
// Light to dark, also in grey print.
export const RAMP = ["#dcebf7", "#a8cfe8", "#6aaed6", "#2e7ebc", "#0b4a8b"];

export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const drawn = new Set();
const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * A figure. option(width) gives ECharts what to draw, and is asked again when the width or the colours change; table is
 * {columns, rows} for the table behind it and the file.
 */
export function picture({ title, lead, describe, height, option, table, edition, file, source, onclick, note, legends = [] }) {
  const canvas = h("div", { class: "canvas", role: "img", "aria-label": describe || title, style: { height: `${height}px` } });
  const figure = h("figure", {}, h("figcaption", {}, h("h3", {}, title), lead && h("p", { class: "quiet" }, lead)), ...legends.filter(Boolean), canvas);
  if (note) figure.append(h("p", { class: "quiet" }, note));
  if (table) figure.append(behind(table, title, file, edition));
  figure.append(h("p", { class: "source" }, [source, sourceLine(edition)].filter(Boolean).join(" · ")));
  let chart;
  const draw = () => {
    if (!canvas.isConnected) {
      if (chart) {
        chart.dispose();
        drawn.delete(draw);
        observer.disconnect();
      }
      return;
    }
    chart ??= echarts.init(canvas, null, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio) });
    // A map cannot be resized with what it showed: all is drawn anew.
    chart.clear();
    chart.resize();
    chart.setOption(
      {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: css("--ink") },
        ...option(canvas.clientWidth, chart),
      },
      { notMerge: true },
    );
    if (onclick && !chart.listens) {
      chart.on("click", onclick);
      chart.listens = true;
    }
  };
  let width = 0;
  const observer = new ResizeObserver(() => {
    if (canvas.clientWidth !== width) {
      width = canvas.clientWidth;
      draw();
    }
  });
  drawn.add(draw);
  observer.observe(canvas);
  figure.redraw = draw;
  return figure;
}

dark.addEventListener("change", () => drawn.forEach((draw) => draw()));
addEventListener("beforeprint", () => drawn.forEach((draw) => draw()));
addEventListener("afterprint", () => drawn.forEach((draw) => draw()));

/** The table that a picture repeats, folded away, and its file. */
export function behind({ columns, rows }, title, file, edition) {
  const details = h("details", { class: "behind" }, h("summary", {}, t("table_behind")));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(dataTable({ columns, rows, caption: title }).element);
  });
  return h("div", { class: "tools" }, details, downloadButton(columns, () => rows, file, edition));
}

export function downloadButton(columns, rows, file, edition) {
  const inFile = columns.filter((column) => column.file !== false);
  return h(
    "button",
    {
      type: "button",
      class: "plain",
      onclick: () => saveCsv(file, inFile.map((column) => column.id), rows().map((row) => inFile.map((column) => column.value(row))), edition),
    },
    t("download_csv"),
  );
}

export function sourceLine(edition) {
  return t("source_line", { edition: edition.edition, release: report.release.checksum.slice(0, 12) });
}

export const axis = () => ({
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: css("--quiet"), fontSize: 12 },
  splitLine: { lineStyle: { color: css("--line") } },
});

/** A tooltip of elements: markup with inline styles is not allowed on these pages, and names are text. */
export function tooltip(content) {
  return {
    trigger: "item",
    confine: true,
    backgroundColor: css("--paper"),
    borderColor: css("--line"),
    textStyle: { color: css("--ink"), fontSize: 13 },
    formatter: (at) => {
      const lines = content(at);
      return lines ? h("div", { class: "tip" }, lines.map((line, place) => h(place ? "div" : "strong", {}, line))) : "";
    },
  };
}

import { cohortTabs, moveLabel, moveMark, nothing, profileLink, rootColumn } from "../common.js";
import { csv, fileName, saveCsv } from "../csv.js";
import { download, h } from "../dom.js";
import { aggregate, effectiveWeights, ranksOf, siblingShares, withShare } from "../engine.js";
import { column, loadCohort, nodeName, regionName } from "../model.js";
import { familyColour, sourceLine } from "../picture.js";
import { go, state } from "../state.js";
import { percent, points, rank, t } from "../text.js";

export async function whatIf(host) {
  const data = await loadCohort();
  if (!Object.keys(data.methods).length) {
    host.append(nothing(t("no_methods")));
    return;
  }
  const { tree } = data;
  const declared = data.weights;
  let weights = readWeights(tree, declared, state().w);
  const normalised = Object.fromEntries(tree.leaves.map(({ code }) => [code, column(data, "fct_indicator_values", code, "normalised_value")]));
  const seen = Object.fromEntries(
    tree.leaves.map(({ code }) => [code, column(data, "fct_indicator_values", code, "imputed_by").map((by, place) => (by === null && normalised[code][place] !== null ? 1 : 0))]),
  );
  const before = rootColumn(data, "node_rank");
  const compute = () => aggregate(tree, data.methods, normalised, seen, siblingShares(tree, weights));

  const rows = data.regions.map((_, slot) => slotRow(slot));
  const summary = h("p", { class: "quiet", role: "status" });
  const outputs = {};
  const sliders = {};

  function slotRow(slot) {
    const cells = { rank: h("td", { class: "number" }), move: h("td", { class: "move" }), name: h("a", {}), score: h("td", { class: "number" }), bar: h("span", { class: "bar" }) };
    const element = h("tr", {}, cells.rank, cells.move, h("th", { scope: "row" }, cells.name), cells.score, h("td", { class: "bar-only", "aria-hidden": "true" }, cells.bar));
    return { slot, element, cells };
  }

  function drawRanking() {
    const { values, observed } = compute();
    const own = values[tree.root];
    const ranks = ranksOf(data.methods[tree.root], own, observed[tree.root]);
    const order = data.regions.map((_, place) => place).sort((one, two) => (ranks[one] ?? Infinity) - (ranks[two] ?? Infinity) || one - two);
    let moved = 0;
    order.forEach((place, slot) => {
      const { element, cells } = rows[slot];
      const shift = ranks[place] === null || before[place] === null ? 0 : before[place] - ranks[place];
      moved += shift !== 0;
      write(cells.rank, rank(ranks[place]));
      write(cells.move, moveMark(shift));
      if (shift) cells.move.setAttribute("aria-label", moveLabel(shift));
      else cells.move.removeAttribute("aria-label");
      element.className = shift > 0 ? "up" : shift < 0 ? "down" : "";
      write(cells.name, regionName(data.regions[place]));
      const { href } = profileLink(data.regions[place], data.code);
      if (cells.name.href !== href) cells.name.href = href;
      write(cells.score, points(own[place] === null ? null : 100 * own[place]));
      cells.bar.style.width = `${Math.max(0, 100 * (own[place] ?? 0))}%`;
      element.dataset.region = data.regions[place];
    });
    write(summary, moved ? t("moved", { count: moved, all: data.regions.length }) : t("none_moved"));
  }

  function drawSliders() {
    const shares = siblingShares(tree, weights);
    const effective = effectiveWeights(tree, shares);
    for (const node of tree.nodes) {
      if (!sliders[node.code]) continue;
      const value = String(Math.round(shares[node.code] * 10000) / 100);
      if (sliders[node.code] !== document.activeElement || Math.abs(sliders[node.code].value - value) > 0.02) sliders[node.code].value = value;
      sliders[node.code].setAttribute("aria-valuetext", percent(shares[node.code]));
      write(outputs[node.code].share, percent(shares[node.code]));
      write(outputs[node.code].effective, t("of_total", { share: percent(effective[node.code]) }));
    }
  }

  let waiting = false;
  function change(code, share) {
    weights = withShare(tree, weights, code, share);
    drawSliders();
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        drawRanking();
      });
    }
  }

  const keep = () => go({ w: writtenWeights(tree, declared, weights) }, true);

  function sliderOf(node) {
    const siblings = tree.children[node.parent];
    const id = `weight-${node.code}`;
    const alone = siblings.length === 1;
    outputs[node.code] = { share: h("output", { for: id }), effective: h("small", { class: "quiet" }) };
    sliders[node.code] = h("input", { id, type: "range", min: 0, max: 100, step: 0.01, disabled: alone, oninput: (event) => change(node.code, event.target.value / 100), onchange: keep });
    return h(
      "div",
      { class: "slider" },
      h("label", { for: id }, node.level === 1 && h("span", { class: "key", style: { "background-color": familyColour(node.family) } }), nodeName(tree, node.code)),
      outputs[node.code].share,
      sliders[node.code],
      outputs[node.code].effective,
    );
  }

  function branch(code) {
    const node = tree.byCode[code];
    const children = tree.children[code];
    return h(
      "li",
      {},
      sliderOf(node),
      // A single child has all of its parent's weight: nothing to move but further down.
      children.length > 0 && h("details", {}, h("summary", {}, t("parts_of", { node: nodeName(tree, code) })), h("ul", {}, children.map(branch))),
    );
  }

  const reset = () => {
    weights = declared;
    drawSliders();
    drawRanking();
    keep();
  };
  const equal = () => {
    weights = Object.fromEntries(tree.nodes.map((node) => [node.code, 1]));
    drawSliders();
    drawRanking();
    keep();
  };
  const saveRanking = () => {
    const { values, observed } = compute();
    const rows = tree.nodes.flatMap((node) => {
      const ranks = ranksOf(data.methods[node.code], values[node.code], observed[node.code]);
      return data.regions.map((code, place) => [data.code, code, node.code, values[node.code][place] === null ? null : 100 * values[node.code][place], ranks[place]]);
    });
    saveCsv(`what-if-${data.code}`, ["cohort_code", "region_code", "node_code", "score", "node_rank"], rows, data.edition);
  };
  const said = h("p", { class: "quiet", role: "status" });
  const share = async () => {
    keep();
    try {
      await navigator.clipboard.writeText(location.href);
      write(said, t("copied"));
    } catch {
      write(said, t("copy_yourself"));
    }
  };

  host.append(
    ...[
      cohortTabs(),
      h(
        "div",
        { class: "what-if" },
        h(
          "section",
          { class: "sliders", "aria-labelledby": "weights" },
          h("h2", { id: "weights" }, t("weights")),
          h("p", { class: "quiet" }, t("weights_lead")),
          h("ul", { class: "tree" }, tree.first.map(branch)),
          h(
            "div",
            { class: "buttons" },
            h("button", { type: "button", id: "reset", onclick: reset }, t("reset")),
            h("button", { type: "button", id: "equal", onclick: equal }, t("equal_weights")),
            h("button", { type: "button", id: "share", onclick: share }, t("share")),
            h("button", { type: "button", id: "save-weights", onclick: () => saveWeights(data, weights) }, t("save_weights")),
          ),
          said,
        ),
        h(
          "section",
          { class: "ranking", "aria-labelledby": "ranking" },
          h("h2", { id: "ranking" }, t("ranking")),
          summary,
          h(
            "div",
            { class: "scroll tall", tabindex: 0, role: "region", "aria-label": t("table_of", { caption: t("ranking") }) },
            h(
              "table",
              {},
              h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "number" }, t("rank")), h("th", { scope: "col" }, t("moved_head")), h("th", { scope: "col" }, t("region")), h("th", { scope: "col", class: "number" }, t("score")), h("td", { "aria-hidden": "true" }))),
              h("tbody", {}, rows.map(({ element }) => element)),
            ),
          ),
          h("div", { class: "tools" }, h("button", { type: "button", class: "plain", id: "save-ranking", onclick: saveRanking }, t("download_csv"))),
          h("p", { class: "source" }, sourceLine(data.edition)),
        ),
      ),
    ].filter(Boolean),
  );
  drawSliders();
  drawRanking();
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Weights that are not as declared, as the address has them. */
function writtenWeights(tree, declared, weights) {
  return tree.nodes
    .filter((node) => node.parent && tree.children[node.parent].some((code) => weights[code] !== declared[code]))
    .map((node) => `${node.code}:${weights[node.code]}`)
    .join(",");
}

function readWeights(tree, declared, written) {
  const weights = { ...declared };
  for (const [code, value] of (written || "").split(",").map((pair) => pair.split(":"))) {
    if (tree.byCode[code] && value !== "" && Number(value) >= 0 && Number.isFinite(Number(value))) weights[code] = Number(value);
  }
  // Weights that sum to nothing are no weights.
  for (const code of Object.keys(tree.children)) {
    const children = tree.children[code];
    if (children.length && !children.some((child) => weights[child] > 0)) for (const child of children) weights[child] = declared[child];
  }
  return weights;
}

/** The file that the warehouse's scenarios read. */
function saveWeights(data, weights) {
  const shares = siblingShares(data.tree, weights);
  const rows = data.tree.nodes.filter((node) => node.parent).map((node) => ["what_if", data.code, node.code, shares[node.code]]);
  download(`${fileName(`weights-${data.code}`, data.edition)}.csv`, csv(["scenario_code", "cohort_code", "node_code", "weight"], rows).replace("\ufeff", ""));
}

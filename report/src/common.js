// Parts that several views share.
import { h, svg } from "./dom.js";
import { cohortName, currentCohort, currentEdition, nodeName, regionName } from "./model.js";
import { address, go } from "./state.js";
import { familyColour } from "./picture.js";
import { MISSING, language, rank, t } from "./text.js";

export const profileLink = (region, cohort, ...content) =>
  h("a", { href: address({ cohort, region, with: null, regions: null, w: null, node: null }, "profile.html") }, content.length ? content : regionName(region));

/** By how many ranks a region has moved, as a mark and in words; nothing where it has not. */
export const moveMark = (shift) => (shift ? `${shift > 0 ? "▲" : "▼"} ${Math.abs(shift)}` : "");
export const moveLabel = (shift) => t(shift > 0 ? "moved_up" : "moved_down", { count: Math.abs(shift) });

/** One button per cohort; the pressed one is shown. */
export function cohortTabs(changes = {}) {
  const edition = currentEdition();
  const current = currentCohort(edition);
  const codes = Object.keys(edition.cohorts);
  if (codes.length < 2) return null;
  return h(
    "div",
    { class: "tabs", role: "group", "aria-label": t("cohort") },
    codes.map((code) =>
      h(
        "button",
        {
          type: "button",
          id: `cohort-${code}`,
          "aria-pressed": String(code === current),
          onclick: () => go({ ...changes, cohort: code }),
        },
        cohortName(code),
        h("span", { class: "count" }, String(edition.cohorts[code].length)),
      ),
    ),
  );
}

/** A labelled choice; options are [value, text] or [group, [[value, text], …]]. */
export function choice(id, label, options, chosen, onchange) {
  const option = ([value, text]) => h("option", { value, selected: value === chosen }, text);
  return h(
    "label",
    { class: "choice", for: id },
    h("span", {}, label),
    h(
      "select",
      { id, onchange: (event) => onchange(event.target.value) },
      options.map(([value, text]) => (Array.isArray(text) ? h("optgroup", { label: value }, text.map(option)) : option([value, text]))),
    ),
  );
}

export function regionChoice(id, label, data, chosen, onchange, none = null) {
  const options = data.regions.map((code, place) => [code, `${rank(rootColumn(data, "node_rank")[place])}  ${regionName(code)}`]);
  return choice(id, label, none === null ? options : [["", none], ...options], chosen || "", onchange);
}

export function nodeChoice(id, label, tree, chosen, onchange) {
  return choice(
    id,
    label,
    tree.nodes.map((node) => [node.code, "\u2003".repeat(node.level) + nodeName(tree, node.code)]),
    chosen,
    onchange,
  );
}

export const rootColumn = (data, name) => data.fct_node_scores[data.tree.root]?.[name] || data.regions.map(() => null);

/** Small squares with the names of the first-level nodes. */
export function familyLegend(tree) {
  return h(
    "ul",
    { class: "legend" },
    tree.first.map((code, place) => h("li", {}, h("span", { class: "key", style: { "background-color": familyColour(place) } }), nodeName(tree, code))),
  );
}

export function legend(items) {
  return h("ul", { class: "legend" }, items.map(([kind, text, colour]) => h("li", {}, kind === "sample" ? h("span", { class: "quiet" }, "2–3") : h("span", { class: `key ${kind}`, style: colour ? { "background-color": colour } : {} }), text)));
}

/** The place of a region among all, its rank interval beside the rank. */
export function intervalMark(low, high, nominal, count) {
  if (low == null || high == null) return null;
  const width = 56;
  const at = (place) => 3 + ((width - 6) * (place - 1)) / Math.max(count - 1, 1);
  return svg(
    "svg",
    { class: "interval", width, height: 12, viewBox: `0 0 ${width} 12`, role: "img", "aria-label": t("interval_of_ranks", { low, high }) },
    svg("line", { x1: 3, x2: width - 3, y1: 6, y2: 6, class: "track" }),
    svg("line", { x1: at(low), x2: Math.max(at(high), at(low) + 0.5), y1: 6, y2: 6, class: "range" }),
    svg("circle", { cx: at(nominal), cy: 6, r: 3, class: "dot" }),
  );
}

export function intervalText(low, high) {
  if (low == null || high == null) return MISSING;
  return low === high ? String(low) : `${low}–${high}`;
}

/** A sentence in place of what a release cannot show. */
export const nothing = (text) => h("p", { class: "empty" }, text);

export function section(id, title, ...content) {
  return h("section", { "aria-labelledby": id }, h("h2", { id }, title), content);
}

export function tierName(tier) {
  return tier == null ? MISSING : t("tier", { tier });
}

/** Parts add up to the whole in every region: only then do stacked bars tell the truth. */
export function addsUp(data) {
  const { root, first } = data.tree;
  const total = rootColumn(data, "points");
  return data.regions.every((_, place) => {
    if (total[place] === null) return true;
    const sum = first.reduce((all, code) => all + (data.fct_node_scores[code]?.points?.[place] ?? 0), 0);
    return Math.abs(sum - total[place]) < 1e-6;
  });
}

/** Why a number is only as good as its rows. */
export function observedNote(share) {
  return share == null || share > 0.999999 ? null : t("observed_share", { share: `${Math.floor(share * 1000) / 10}%` });
}

/** Initials of the syllables of a Chinese name, by where its characters stand in the order of pinyin. */
const LETTERS = "ABCDEFGHJKLMNOPQRSTWXYZ";
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀";
let order;
export function initials(name, english) {
  order ??= new Intl.Collator("zh-u-co-pinyin");
  const letters = [...name].map((character) => {
    if (!/\p{Script=Han}/u.test(character)) return character;
    let found = "";
    for (let place = 0; place < LETTERS.length; place += 1) if (order.compare(character, FIRSTS[place]) >= 0) found = LETTERS[place];
    return found;
  });
  // 重庆 is read Chongqing; the English name knows.
  if (/^[A-Z]/i.test(english || "") && letters.length) letters[0] = english[0];
  return letters.join("").toLowerCase();
}

export function languageOf(row, stem = "") {
  return row?.[`${stem}${language}`] ? null : language === "zh" ? "en" : "zh-Hans";
}

// The release as the pages use it. Scripts with data are loaded when a page asks for them.
import { effectiveWeights, siblingShares } from "./engine.js";
import { state } from "./state.js";
import { said } from "./text.js";

export const report = window.REPORT;

function load(name) {
  if (report.parts[name] || report.maps[name]) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `../data/${name}.js`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${name} cannot be read.`));
    document.head.append(script);
  });
}

export function currentEdition() {
  const { edition } = state();
  return report.editions.find((row) => String(row.edition) === edition) || report.editions[report.editions.length - 1];
}

export function currentCohort(edition = currentEdition()) {
  const codes = Object.keys(edition.cohorts);
  const { cohort } = state();
  return codes.includes(cohort) ? cohort : codes[0];
}

/** The tree of an edition, parents before their children. */
export function treeOf(rows) {
  const byCode = {};
  const children = {};
  for (const row of rows) {
    byCode[row.node_code] = { code: row.node_code, parent: row.parent_node_code, row };
    children[row.node_code] = [];
  }
  for (const row of rows) if (row.parent_node_code) children[row.parent_node_code].push(row.node_code);
  const nodes = [];
  const walk = (code, level) => {
    byCode[code].level = level;
    nodes.push(byCode[code]);
    children[code].forEach((child) => walk(child, level + 1));
  };
  const root = rows.find((row) => !row.parent_node_code).node_code;
  walk(root, 0);
  const first = children[root];
  for (const node of nodes) {
    let up = node;
    while (up.level > 1) up = byCode[up.parent];
    node.family = up.level === 1 ? first.indexOf(up.code) : -1;
  }
  return { nodes, byCode, children, root, first, leaves: nodes.filter((node) => !children[node.code].length) };
}

export async function loadEdition(edition = currentEdition()) {
  await load(String(edition.edition));
  const part = report.parts[edition.edition];
  part.tree ??= treeOf(part.nodes);
  return part;
}

/** A cohort of an edition with its tree and the methods that hold for it. */
export async function loadCohort(cohort = currentCohort(), edition = currentEdition()) {
  const part = await loadEdition(edition);
  const name = `${edition.edition}/${cohort}`;
  await load(name);
  const data = report.parts[name];
  data.code ??= cohort;
  data.edition ??= edition;
  data.part ??= part;
  data.tree ??= part.tree;
  data.place ??= Object.fromEntries(data.regions.map((code, place) => [code, place]));
  data.methods ??= Object.fromEntries(
    part.methods.filter((row) => row.cohort_code === cohort).map((row) => [row.node_code, row]),
  );
  // A cohort may have weights of its own.
  data.weights ??= Object.fromEntries(data.tree.nodes.map(({ code, row }) => [code, data.methods[code]?.weight ?? row.printed_weight]));
  data.effective ??= effectiveWeights(data.tree, siblingShares(data.tree, data.weights));
  return data;
}

export async function loadMap(data) {
  if (!data.map) return null;
  if (!report.maps[data.map.file]) await load(`maps/${data.map.file}`);
  return report.maps[data.map.file];
}

/** A column of a mart for a node, a value for each region of the cohort. */
export function column(data, mart, node, name) {
  return data[mart]?.[node]?.[name] || data.regions.map(() => null);
}

export const regionName = (code) => said(report.regions[code]) || code;
export const cohortName = (code) => said(report.cohorts[code]) || code;

/** A name that no other node of the edition has. */
export const nodeName = (tree, code) => said(tree.byCode[code]?.row, "label_") || code;

export const unitName = (node) => said(node.row, "unit_");

export function median(values) {
  const known = values.filter((value) => value !== null).sort((one, two) => one - two);
  if (!known.length) return null;
  const middle = known.length >> 1;
  return known.length % 2 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

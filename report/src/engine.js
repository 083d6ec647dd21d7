// Scores and ranks from normalised values, as models/intermediate/int_node_scores.sql has them: a what-if must not differ.

/** Each node's share among its siblings. */
export function siblingShares(tree, weights) {
  const sums = {};
  for (const node of tree.nodes) sums[node.parent] = (sums[node.parent] || 0) + weights[node.code];
  return Object.fromEntries(tree.nodes.map((node) => [node.code, node.parent ? weights[node.code] / sums[node.parent] : 1]));
}

/** Each node's share of the whole. */
export function effectiveWeights(tree, shares) {
  const effective = {};
  for (const node of tree.nodes) effective[node.code] = node.parent ? shares[node.code] * effective[node.parent] : 1;
  return effective;
}

// What weighs nothing does not count, whatever the mean.
function mean(method, shares, children, values, region) {
  let count = 0;
  let sum = 0;
  let logs = 0;
  let reciprocals = 0;
  let powers = 0;
  let observed = 0;
  let least = Infinity;
  for (const child of children) {
    const value = values[child][region];
    if (value === null) continue;
    const share = shares[child];
    count += 1;
    observed += share;
    sum += share * value;
    if (value > 0) logs += share * Math.log(value);
    if (value > 0) powers += share * value ** (method.aggregator_power ?? 1);
    reciprocals += share / value;
    if (value < least) least = value;
  }
  if (count === 0) return null;
  if (method.missing_rule === "unknown" && count < children.length) return null;
  const whole = method.missing_rule === "reweight" && count < children.length ? observed : 1;
  if (method.aggregator === "arithmetic") return sum / whole;
  if (method.aggregator === "minimum") return least;
  if (least < 0) return null;
  if (least === 0 && (method.aggregator !== "generalised" || method.aggregator_power < 0)) return 0;
  if (method.aggregator === "geometric") return Math.exp(logs / whole);
  if (method.aggregator === "harmonic") return whole / reciprocals;
  if (method.aggregator === "generalised") return (powers / whole) ** (1 / method.aggregator_power);
  throw new Error(`The pages do not know the aggregator ${method.aggregator}.`);
}

/** Values from 0 to 1 by node, and what share of each node's weight was observed; seen says it of the indicators. */
export function aggregate(tree, methods, normalised, seen, shares) {
  const values = {};
  const observed = {};
  const count = normalised[tree.leaves[0].code].length;
  // Parents come before their children in the tree.
  for (const node of [...tree.nodes].reverse()) {
    const { code } = node;
    if (!tree.children[code].length) {
      values[code] = normalised[code];
      observed[code] = seen[code];
      continue;
    }
    const children = tree.children[code].filter((child) => shares[child] > 0);
    values[code] = new Array(count);
    observed[code] = new Array(count);
    for (let region = 0; region < count; region += 1) {
      let share = 0;
      for (const child of children) share += shares[child] * observed[child][region];
      observed[code][region] = share;
      values[code][region] = enough(share, methods[code].least_observed_share) ? mean(methods[code], shares, children, values, region) : null;
    }
  }
  return { values, observed };
}

// A share is a sum, and the last bits of a sum decide nothing.
const enough = (share, least) => share >= (least ?? 0) - 1e-12;

/** Competition ranks of a node, on the declared decimals and for those of whom enough is known. */
export function ranksOf(method, values, observed) {
  return competitionRanks(
    values.map((value, region) => (enough(observed[region], method.least_ranked_share) ? value : null)),
    method.rank_decimals,
  );
}

/** A value on the declared decimals, rounded at twelve first and half away from zero, as SQL's decimals are. */
function rankedValue(value, decimals) {
  if (value === null) return null;
  const twelve = Math.round(Math.abs(value) * 1e12);
  return Math.sign(value) * Math.round(twelve / 10 ** (12 - decimals)) || 0;
}

/** Competition ranks, 1 for the greatest; ties share the lowest, missing has none. */
function competitionRanks(values, decimals) {
  const ranked = values.map((value) => rankedValue(value, decimals));
  const sorted = ranked.filter((value) => value !== null).sort((one, other) => other - one);
  const first = new Map();
  sorted.forEach((value, index) => first.has(value) || first.set(value, index + 1));
  return ranked.map((value) => (value === null ? null : first.get(value)));
}

/** Let a node have a share of its siblings' weight; the others give way in proportion. Weights are in millionths. */
export function withShare(tree, weights, code, share) {
  const parent = tree.byCode[code].parent;
  const siblings = tree.children[parent].filter((other) => other !== code);
  const shares = siblingShares(tree, weights);
  const left = siblings.reduce((sum, other) => sum + shares[other], 0);
  const changed = { ...weights };
  const given = siblings.length ? Math.min(Math.max(share, 0), 1) : 1;
  changed[code] = Math.round(given * 1e6) / 1e6;
  for (const other of siblings) {
    const part = left > 0 ? shares[other] / left : 1 / siblings.length;
    changed[other] = Math.round((1 - given) * part * 1e6) / 1e6;
  }
  return changed;
}

// Draws the view of the page, again whenever the address changes.
import { h, replace } from "./dom.js";
import { rowsLabel } from "./label.js";
import { currentEdition, report } from "./model.js";
import { search } from "./search.js";
import { go, state } from "./state.js";
import { language, said, t } from "./text.js";
import { compare } from "./views/compare.js";
import { map } from "./views/map.js";
import { method } from "./views/method.js";
import { overview } from "./views/overview.js";
import { profile } from "./views/profile.js";
import { rankings } from "./views/rankings.js";
import { robustness } from "./views/robustness.js";
import { whatIf } from "./views/what-if.js";

const views = { index: overview, rankings, map, profile, compare, "what-if": whatIf, robustness, method };
const host = document.getElementById("view");

/** Links to other pages keep the edition and the cohort, those to other languages everything. */
function updateLinks() {
  for (const link of document.querySelectorAll("a[data-view]")) {
    const { edition, cohort } = state();
    link.href = `${link.dataset.view}.html${new URLSearchParams(Object.entries({ edition, cohort }).filter(([, value]) => value)).toString().replace(/^(.)/, "#$1")}`;
  }
  for (const link of document.querySelectorAll("a[data-language]")) link.href = `../${link.dataset.language}/${document.body.dataset.view}.html${location.hash}`;
  const edition = currentEdition();
  document.getElementById("edition-name").textContent = said(edition, "name_");
  for (const element of document.querySelectorAll("[data-edition]")) element.textContent = [edition.edition, edition.published_on].filter(Boolean).join(", ");
  const label = rowsLabel(edition);
  const meaning = edition.origins.map((origin) => window.TEXT[`origin_means_${origin}`]).filter(Boolean).join(" ");
  const badge = document.getElementById("badge");
  [badge.firstChild.textContent, badge.lastChild.textContent] = [label, meaning];
  const line = document.getElementById("label");
  line.textContent = [label, meaning].filter(Boolean).join(language === "zh" ? "：" : ": ");
  badge.hidden = line.hidden = !label;
}

let turn = 0;
async function draw() {
  const mine = (turn += 1);
  const focused = document.activeElement?.id;
  updateLinks();
  const content = h("div", {});
  try {
    await views[document.body.dataset.view](content);
  } catch (error) {
    replace(content, h("p", { class: "empty", role: "alert" }, t("cannot_show"), " ", error.message));
    console.error(error);
  }
  if (mine !== turn) return;
  replace(host, content);
  host.removeAttribute("aria-busy");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  document.body.dataset.drawn = turn;
}

function editionChoice() {
  if (report.editions.length < 2) return null;
  return h(
    "select",
    { "aria-label": t("edition"), id: "edition", onchange: (event) => go({ edition: event.target.value }) },
    [...report.editions].reverse().map((row) => h("option", { value: row.edition, selected: row === currentEdition() }, String(row.edition))),
  );
}

document.getElementById("finder").append(...search(), ...[editionChoice()].filter(Boolean));
const current = document.querySelector("nav [aria-current]");
current.closest("ul").scrollLeft = current.offsetLeft - innerWidth / 3;
// Paper says where it is from; a path on somebody's disk says nothing.
addEventListener("beforeprint", () => {
  const { protocol, href, pathname, hash } = location;
  document.getElementById("address").textContent = protocol === "file:" ? decodeURIComponent(pathname.split("/").slice(-2).join("/") + hash) : href;
});
addEventListener("hashchange", draw);
draw();

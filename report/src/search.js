// A box that finds a region by its Chinese or English name, the initials of its pinyin, or its code.
import { initials } from "./common.js";
import { h, replace } from "./dom.js";
import { cohortName, currentEdition, report } from "./model.js";
import { address } from "./state.js";
import { said, t } from "./text.js";

const SHOWN = 12;

function entries() {
  const edition = currentEdition();
  return Object.entries(edition.cohorts).flatMap(([cohort, regions]) =>
    regions.map((code) => {
      const region = report.regions[code];
      const keys = [region.zh, region.short, region.en, code, region.iso, initials(region.short || region.zh || "", region.en)];
      return { cohort, code, name: said(region), keys: keys.filter(Boolean).map((key) => key.toLowerCase().replaceAll(" ", "")) };
    }),
  );
}

export function search() {
  let all;
  let found = [];
  let active = -1;
  const list = h("ul", { id: "found", role: "listbox", "aria-label": t("search"), hidden: true });
  const input = h("input", {
    id: "search",
    type: "search",
    role: "combobox",
    autocomplete: "off",
    placeholder: t("search_hint"),
    "aria-label": t("search"),
    "aria-expanded": "false",
    "aria-controls": "found",
    oninput: () => show(),
    onkeydown: (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        mark(found.length ? (active + (event.key === "ArrowDown" ? 1 : found.length - 1) + (active < 0 && event.key === "ArrowUp" ? 1 : 0)) % found.length : -1);
      } else if (event.key === "Enter" && found.length) {
        event.preventDefault();
        open(found[Math.max(active, 0)]);
      } else if (event.key === "Escape") close();
    },
    onblur: () => setTimeout(close, 150),
  });

  function show() {
    all ??= entries();
    const wanted = input.value.toLowerCase().replaceAll(" ", "");
    const at = (entry) => Math.min(...entry.keys.map((key) => (key.startsWith(wanted) ? 0 : key.includes(wanted) ? 1 : 2)));
    found = wanted
      ? all.map((entry) => [at(entry), entry]).filter(([rank]) => rank < 2).sort((one, other) => one[0] - other[0]).slice(0, SHOWN).map(([, entry]) => entry)
      : [];
    replace(
      list,
      found.length || !wanted
        ? found.map((entry, place) =>
            h("li", { role: "option", id: `found-${place}`, "aria-selected": "false", onmousedown: () => open(entry) }, h("span", {}, entry.name), h("span", { class: "quiet" }, `${cohortName(entry.cohort)} · ${entry.code}`)),
          )
        : h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("nothing_found")),
    );
    list.hidden = !wanted;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(found.length ? 0 : -1);
  }

  function mark(place) {
    active = place;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    if (place >= 0) input.setAttribute("aria-activedescendant", `found-${place}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function open(entry) {
    close();
    input.value = "";
    location.href = address({ cohort: entry.cohort, region: entry.code, with: null, w: null, node: null, regions: null }, "profile.html");
  }

  return [input, list];
}

// Tables: sorted and filtered by TanStack Table, drawn as plain HTML tables, which screen readers, printers and keyboards know.
import { createTable, getCoreRowModel, getFilteredRowModel, getSortedRowModel } from "@tanstack/table-core";
import { h, replace } from "./dom.js";
import { t } from "./text.js";

/**
 * A table of rows. A column is {id, title, value(row), show(row), numeric, sort, note, class, rowHeader}; value sorts and
 * goes into files, show is what is read. The result has the element, the rows in view, and refilter.
 */
export function dataTable({ columns, rows, caption, sort = [], keep = () => true, sortable = true, wide = false, rowClass }) {
  const table = createTable({
    data: rows,
    columns: columns.map((column) => ({
      id: column.id,
      accessorFn: (row) => column.value(row) ?? undefined,
      sortUndefined: "last",
      sortDescFirst: column.descending || false,
      sortingFn: column.numeric ? "basic" : (one, two, id) => String(one.getValue(id)).localeCompare(String(two.getValue(id)), document.documentElement.lang),
      enableSorting: sortable && column.sortable !== false,
    })),
    state: {},
    autoResetAll: false,
    renderFallbackValue: null,
    globalFilterFn: (row) => keep(row.original),
    getColumnCanGlobalFilter: () => true,
    onStateChange: (change) => update(change),
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
  });
  let current = { ...table.initialState, sorting: sort, globalFilter: 0 };
  table.setOptions((options) => ({ ...options, state: current }));
  const heads = columns.map((column) => head(column));
  const body = h("tbody");
  const element = h(
    "div",
    { class: wide ? "scroll wide" : "scroll", tabindex: 0, role: "region", "aria-label": t("table_of", { caption }) },
    h("table", {}, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, heads)), body),
  );

  function update(change) {
    current = typeof change === "function" ? change(current) : change;
    table.setOptions((options) => ({ ...options, state: current }));
    draw();
  }

  function head(column) {
    const attributes = { scope: "col", class: [column.numeric && "number", column.class].filter(Boolean).join(" ") || null };
    if (!sortable || column.sortable === false) return h("th", attributes, column.title);
    return h("th", attributes, h("button", { type: "button", class: "sort", onclick: () => table.getColumn(column.id).toggleSorting() }, column.title));
  }

  const cells = new Map();
  function rowElement(row) {
    if (!cells.has(row)) {
      cells.set(
        row,
        h(
          "tr",
          { class: rowClass?.(row) },
          columns.map((column) =>
            h(
              column.rowHeader ? "th" : "td",
              { scope: column.rowHeader ? "row" : null, class: [column.numeric && "number", column.class].filter(Boolean).join(" ") || null },
              column.show ? column.show(row) : (column.value(row) ?? ""),
            ),
          ),
        ),
      );
    }
    return cells.get(row);
  }

  function view() {
    return table.getRowModel().rows.map((row) => row.original);
  }

  function draw() {
    const inView = view();
    replace(body, inView.map(rowElement));
    if (!inView.length) body.append(h("tr", {}, h("td", { colspan: columns.length, class: "nothing" }, t("nothing_found"))));
    if (sortable) {
      columns.forEach((column, place) => {
        const sorted = current.sorting.find((one) => one.id === column.id);
        if (sorted) heads[place].setAttribute("aria-sort", sorted.desc ? "descending" : "ascending");
        else heads[place].removeAttribute("aria-sort");
      });
    }
  }

  draw();
  return {
    element,
    view,
    refilter: () => update((state) => ({ ...state, globalFilter: state.globalFilter + 1 })),
  };
}

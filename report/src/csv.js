// Files that readers take away. Each row says which edition and release it is from and what its rows are.
import { download } from "./dom.js";
import { report } from "./model.js";
import { rowsLabel } from "./label.js";

function cell(value) {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(columns, rows) {
  return "\ufeff" + [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function saveCsv(name, columns, rows, edition) {
  const label = rowsLabel(edition);
  const stamp = [edition.edition, report.release.checksum, label];
  download(
    `${fileName(name, edition)}.csv`,
    csv(
      ["edition", "release", "rows_are", ...columns],
      rows.map((row) => [...stamp, ...row]),
    ),
  );
}

export function fileName(name, edition) {
  return `${name}-${edition.edition}-${report.release.checksum.slice(0, 8)}`.replace(/[^\w.-]+/g, "_");
}

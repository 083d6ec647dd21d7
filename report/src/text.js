// Words and numbers in the language of the page.

export const language = document.documentElement.lang.slice(0, 2);
const other = language === "zh" ? "en" : "zh";

export function t(key, values = {}) {
  const text = window.TEXT[key];
  if (text === undefined) throw new Error(`The text ${key} is missing.`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What a row says in the language of the page, else in the other one. */
export function said(row, stem = "") {
  return (row && (row[`${stem}${language}`] || row[`${stem}${other}`])) || "";
}

const formats = {};
function format(decimals, options = {}) {
  const key = decimals + JSON.stringify(options);
  formats[key] ??= new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    ...options,
  });
  return formats[key];
}

export const MISSING = "–";
const minus = (text) => text.replace("-", "−");
export const number = (value, decimals = 2) => (value == null ? MISSING : minus(format(decimals).format(value)));
export const points = (value) => number(value, 2);
export const signed = (value, decimals = 2) =>
  value == null ? MISSING : minus(format(decimals, { signDisplay: "exceptZero" }).format(value));
export const percent = (value, decimals = 1) => (value == null ? MISSING : `${number(100 * value, decimals)}%`);
export const whole = (value) => number(value, 0);
export const rank = (value) => (value == null ? MISSING : String(value));
/** A value as it was counted or measured: whole numbers whole. */
export const measured = (value) => number(value, value == null || Number.isInteger(value) ? 0 : 2);
export const list = (names) => new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(names);

// @ts-check
// How charts write numbers, days and spans of time: in the page's language, with the digits of its tables.

const root = document.documentElement;
export const language = root.lang || "en";
export const rtl = root.dir === "rtl";

/** @param {Intl.NumberFormatOptions} [how] */
const numbers = (how) => new Intl.NumberFormat(language, { numberingSystem: "latn", maximumFractionDigits: 1, ...how });

/** @param {Intl.DateTimeFormatOptions} how */
const days = (how) => new Intl.DateTimeFormat(language, { numberingSystem: "latn", timeZone: "UTC", ...how });

export const decimal = numbers({ maximumFractionDigits: 2 });
export const shortDay = days({ day: "numeric", month: "short" });
export const longDay = days({ dateStyle: "full" });

/** @type {[number, string][]} */
const TIMES = [
  [86400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/**
 * How values of this unit are written, and how many of them one step is: seconds may be shown as hours.
 * @param {"count" | "share" | "seconds"} unit
 * @param {number} most
 * @returns {[Intl.NumberFormat, number]}
 */
export function measure(unit, most) {
  if (unit === "share") return [numbers({ style: "percent", maximumFractionDigits: 0 }), 1];
  if (unit === "count") return [numbers(), 1];
  const [size, name] = TIMES.find(([size]) => most >= 2 * size) ?? TIMES[3];
  return [numbers({ style: "unit", unit: name, unitDisplay: "short" }), size];
}

/**
 * A name from outside, cut to some letters; its own direction changes nothing around it.
 * @param {string} name
 * @param {number} [most]
 */
export function named(name, most = 120) {
  const letters = [...name];
  return `\u2068${letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : name}\u2069`;
}

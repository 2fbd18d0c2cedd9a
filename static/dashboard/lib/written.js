// @ts-check
// Formats numbers, days and time spans in charts: in the page's language, with the same digits as its tables.

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
 * The format of values in this unit, and the divisor for display: seconds may be shown as hours.
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
 * An external name, cut to some characters and isolated, so that its direction affects nothing around it.
 * @param {string} name
 * @param {number} [most]
 */
export function named(name, most = 120) {
  const letters = [...name];
  return `\u2068${letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : name}\u2069`;
}

// When comments open again, as people say it: by the reader's clock, and by the site's where that is another.
// @ts-check
import { $, page } from "../lib/dom.js";

/** @typedef {Intl.DateTimeFormatOptions} Options */

// as the reader writes dates in the page's language
const written = navigator.languages.find((each) => each.slice(0, 2) === page.locale?.slice(0, 2)) || page.locale;
/** @type {Options} */
const BOTH = { dateStyle: "medium", timeStyle: "short" };
/** @type {Options} */
const WHOLE = { weekday: "long", month: "long", day: "numeric", hour: "numeric", minute: "2-digit" };

/** The day as a number. @param {Date} at */
const dayOf = (at) => Math.round(new Date(at).setHours(12, 0, 0, 0) / 864e5);

/** "Tomorrow at 9:00", or the day of the week within a week; else the date. @param {Date} at */
function nearest(at) {
  const days = dayOf(at) - dayOf(new Date());
  const parts = new Intl.DateTimeFormat(written, WHOLE).formatToParts(at);
  // what a language puts between a day and a time comes with the time
  const from = parts.findIndex(({ type }) => /hour|dayPeriod/.test(type)) - 1;
  if (days < 0 || days > 6 || from < 1) return at.toLocaleString(written, BOTH);
  const near = new Intl.RelativeTimeFormat(written, { numeric: "auto" }).format(days, "day");
  const day = days < 2 ? near : parts.find(({ type }) => type === "weekday")?.value;
  const time = parts.slice(from).map(({ value }) => value);
  return day + time.join("");
}

export function meet() {
  const time = $(".opens");
  const { dateTime, textContent } = time;
  const at = new Date(dateTime);
  const isSame = +new Date(dateTime.slice(0, 19)) === +at; // without the site's offset
  // the site's clock, written in the same way, with the zone that the server named
  const [zone] = textContent.match(/\S*[+−-]\d\d:\d\d$/) ?? [];
  const there = new Date(`${dateTime.slice(0, 19)}Z`).toLocaleString(written, { ...BOTH, timeZone: "UTC" });
  const site = zone ? `${there} ${zone}` : textContent;
  const tell = () => {
    const words = isSame ? nearest(at) : `${nearest(at)} (${site})`;
    if (time.textContent !== words) time.textContent = words;
  };
  time.title = at.toLocaleString(written, BOTH);
  tell();
  setInterval(tell, 60_000); // the day changes
}

// When comments open again: by the reader's clock, and by the site's where that is another.
// @ts-check
import { $, page } from "../lib/dom.js";

export function meet() {
  const time = $(".opens");
  const { dateTime, textContent } = time;
  const at = new Date(dateTime);
  const isSame = +new Date(dateTime.slice(0, 19)) === +at; // without the site's offset
  // as the reader writes dates in the page's language
  const mine = navigator.languages.find((each) => each.slice(0, 2) === page.locale?.slice(0, 2));
  /** @type {Intl.DateTimeFormatOptions} */
  const both = { dateStyle: "medium", timeStyle: "short" };
  const own = at.toLocaleString(mine || page.locale, both);
  // the site's clock, written in the same way, with the zone that the server named
  const [zone] = textContent.match(/\S*[+−-]\d\d:\d\d$/) ?? [];
  const there = new Date(`${dateTime.slice(0, 19)}Z`).toLocaleString(mine || page.locale, { ...both, timeZone: "UTC" });
  time.textContent = isSame ? own : `${own} (${zone ? `${there} ${zone}` : textContent})`;
}

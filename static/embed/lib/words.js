// The phrases of the page's language, in the two shapes of core/locale.py.
// @ts-check
import { page } from "./dom.js";
import { phrases } from "./phrases.js";

const plural = new Intl.PluralRules(page.locale);
const digits = new Intl.NumberFormat(page.locale);

/** @param {string} key @param {Record<string, any>} [values] @param {Record<string, string>} [own] the phrases of the
 * calling part, which come first @returns {string} */
export function say(key, values = {}, own = phrases) {
  return (own[key] ?? phrases[key]).replace(/\{(\w+)(?:\|([^{}]*))?\}/g, (_, name, forms) => {
    const value = values[name];
    if (!forms) return value;
    /** @type {Record<string, string>} */
    const by = {};
    for (const form of forms.split("|")) {
      const end = form.indexOf("=", 1);
      by[form.slice(0, end)] = form.slice(end + 1);
    }
    const form = by[`=${value}`] ?? by[plural.select(value)] ?? by.other;
    return form.replace("#", digits.format(value));
  });
}

// @ts-check
// The page's data from the server: phrases, keys and addresses. Read once, never changed.

const source = document.getElementById("page-data");

/** @type {Record<string, any>} */
export const data = source ? JSON.parse(source.textContent || "{}") : {};

export const language = document.documentElement.lang || "en";
/** An address of the service, which may be under a path of its host. @param {string} path */
export const ours = (path) => (data.prefix ?? "") + path;
const plural = new Intl.PluralRules(language);
const digits = new Intl.NumberFormat(language);

/**
 * A phrase of the page's catalog: `{name}` takes a value, `{count|one=…|other=…}` a plural.
 * @param {string} key
 * @param {Record<string, any>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  const text = data.words?.[key] ?? key;
  /** @type {(whole: string, name: string, forms?: string) => string} */
  const fill = (_, name, forms) => {
    const value = values[name];
    if (forms === undefined) return typeof value === "number" ? digits.format(value) : String(value);
    const table = Object.fromEntries(
      forms.split("|").map((each) => {
        const cut = each.indexOf("=", each.startsWith("=") ? 1 : 0);
        return [each.slice(0, cut), each.slice(cut + 1)];
      }),
    );
    const form = table[`=${value}`] ?? table[plural.select(value)] ?? table.other;
    return form.replaceAll("#", digits.format(value));
  };
  return text.replace(/\{(\w+)(?:\|([^{}]*))?\}/g, fill);
}

/** @param {number} value */
export const number = (value) => digits.format(value);

/**
 * Let a screen reader say something.
 * @param {string} text
 */
export function announce(text) {
  const place = document.getElementById("announcer");
  if (!place) return;
  place.textContent = "";
  // Cleared before, so that the same sentence is read again.
  setTimeout(() => (place.textContent = text), 30);
}

// <commentsvc-comments server="https://comments.example.org" site="KEY">: the comment box as a custom element.
// On a server, importing this does nothing. In a browser, it defines the element once.
// @ts-check

/** Options of `commentsvc.mount`; an element's own `title` would be a tooltip. A change of any but the
 * color scheme shows another box. */
const NAMES =
  "server,site,href,article-title,tags,numposts,order-by,colorscheme,width,lazy,locale,sign-in-url,label,comment".split(
    ",",
  );
/** The events that elements pass on. Listening for "sign-in" would tell the box that the page signs readers in. */
const EVENTS = ["comment.create", "comment.remove", "resize", "state"];

/** The loader of each server, once it has run. @type {Record<string, Promise<any>>} */
const loaders = {};

/** @param {string} name as an attribute */
const property = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * The loader's API (`window.commentsvc`): fetched from this server unless the page has it already.
 * @param {string} server
 */
export function load(server) {
  const at = server.replace(/\/+$/, "");
  if (typeof document === "undefined") return Promise.reject(new Error("There is no page to show comments on."));
  loaders[at] ||= new Promise((done, fail) => {
    const found = /** @type {any} */ (window).commentsvc;
    if (found) return done(found);
    const script = document.createElement("script");
    script.async = true;
    script.src = `${at}/embed.js`;
    script.dataset.server = at;
    script.onload = () => done(/** @type {any} */ (window).commentsvc);
    script.onerror = () => {
      script.remove();
      delete loaders[at]; // the next element tries again
      fail(new Error(`${script.src} could not be loaded.`));
    };
    document.head.append(script);
  });
  return loaders[at];
}

/** Pass on the events of boxes to the elements around them, once per page. @param {any} api */
function listen(api) {
  if (api.passes) return;
  api.passes = true;
  for (const name of EVENTS)
    api.on(name, (/** @type {any} */ detail, /** @type {any} */ node) => {
      const element = node?.getRootNode().host;
      if (element instanceof CommentsvcComments)
        element.dispatchEvent(new CustomEvent(name.replace(".", "-"), { detail, bubbles: true }));
    });
}

const Base = typeof HTMLElement === "undefined" ? /** @type {any} */ (class {}) : HTMLElement;

export class CommentsvcComments extends Base {
  static observedAttributes = NAMES;
  #asked = false;
  /** @type {HTMLElement | undefined} */
  #place;

  connectedCallback() {
    for (const name of NAMES) this.#upgrade(property(name));
    this.#ask();
  }

  disconnectedCallback() {
    // moved, not removed: then it is connected again by now
    queueMicrotask(() => this.isConnected || this.#remove());
  }

  /** @param {string} name @param {string | null} old @param {string | null} value */
  attributeChangedCallback(name, old, value) {
    if (old === value || !this.isConnected) return;
    if (name === "colorscheme" && this.#place) /** @type {any} */ (window).commentsvc?.scheme(this.#place, value || "");
    this.#ask();
  }

  /** Several attributes that change together make one box. */
  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => {
      this.#asked = false;
      if (this.isConnected) this.#show().catch((error) => this.#fail(error));
    });
  }

  async #show() {
    const { server, site } = this;
    if (!server || !site) return this.#remove();
    const api = await load(server);
    if (!this.isConnected) return;
    listen(api);
    /** @type {Record<string, string>} */
    const options = {};
    for (const name of NAMES) {
      const value = this.getAttribute(name);
      if (value !== null && name !== "server") options[name.replace("article-", "")] = value;
    }
    const wanted = JSON.stringify({ ...options, colorscheme: "" }) + location.href.replace(/#.*/, "");
    if (this.#place?.dataset.wanted === wanted && this.#place.isConnected) return;
    this.#remove();
    // in a shadow root: a framework that takes over what a server has rendered finds no children it does not know
    const root = this.shadowRoot || this.#open();
    const place = root.appendChild(document.createElement("div"));
    this.#place = place;
    place.dataset.wanted = wanted;
    api.mount(place, options);
  }

  #open() {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // which a Content-Security-Policy allows
    sheet.replaceSync(":host{display:block}:host([hidden]){display:none}");
    root.adoptedStyleSheets = [sheet];
    return root;
  }

  #remove() {
    if (!this.#place) return;
    /** @type {any} */ (window).commentsvc?.unmount(this.#place);
    this.#place.remove();
    this.#place = undefined;
  }

  /** @param {Error} error */
  #fail(error) {
    console.warn(`commentsvc: ${error.message}`);
    const event = new CustomEvent("state", { detail: { state: "away", reason: "loader" }, bubbles: true });
    this.dispatchEvent(event);
  }

  /** What a framework set before the element was defined. @param {string} name */
  #upgrade(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }
}

for (const name of NAMES)
  Object.defineProperty(CommentsvcComments.prototype, property(name), {
    /** @this {any} */
    get() {
      return this.getAttribute(name) ?? "";
    },
    /** @this {any} @param {any} value */
    set(value) {
      if (value === null || value === undefined || value === "") this.removeAttribute(name);
      else this.setAttribute(name, String(value));
    },
    configurable: true,
    enumerable: true,
  });

if (typeof customElements !== "undefined" && !customElements.get("commentsvc-comments"))
  customElements.define("commentsvc-comments", /** @type {any} */ (CommentsvcComments));

// @ts-check
// Passkeys: asks the browser for one, and sends its response with the form. On a form, `data-passkey` means that it
// is only for passkeys; on a button, that this is one of several ways to send the form. With `data-waits` the browser
// also offers passkeys in the email field.

/** @type {AbortController | null} */
let waiting = null;

/** @param {string} text */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

/** @param {ArrayBuffer | null | undefined} buffer */
function text(buffer) {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The server's options as browsers expect them: with bytes instead of text.
 * @param {any} options
 */
function asked(options) {
  const listed = (/** @type {any[]} */ list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  found.excludeCredentials = listed(options.excludeCredentials);
  found.allowCredentials = listed(options.allowCredentials);
  return found;
}

/**
 * The browser's response, as JSON.
 * @param {any} made
 */
function answer(made) {
  const { response } = made;
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.(),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: text(response.userHandle),
    },
  });
}

/** @param {HTMLFormElement} form */
async function options(form) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  const headers = { Accept: "application/json" };
  const got = await fetch(form.dataset.options ?? "", { method: "POST", body, headers, redirect: "error" });
  return { ok: got.ok, body: await got.json().catch(() => ({})) };
}

/**
 * @param {HTMLFormElement} form
 * @param {string} kind get or create
 * @param {CredentialMediationRequirement} [mediation]
 */
async function ask(form, kind, mediation) {
  waiting?.abort();
  const own = new AbortController();
  waiting = own;
  fail(form, "");
  try {
    const { ok, body } = await options(form);
    if (body.code === "proof_needed") return HTMLFormElement.prototype.submit.call(form);
    if (!ok) throw new Error(body.detail);
    const wanted = { publicKey: asked(body), signal: own.signal, ...(mediation && { mediation }) };
    const made = await (kind === "create" ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted));
    const field = form.elements.namedItem("passkey") ?? form.elements.namedItem("proof_passkey");
    /** @type {HTMLInputElement} */ (field).value = answer(made);
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    // a declined offer is not a failure, nor is a request replaced by another press
    if (!mediation && !own.signal.aborted) fail(form, form.dataset.failed ?? String(error));
  }
}

/**
 * Offer passkeys in the email field, if the browser supports that.
 * @param {HTMLFormElement} form
 */
async function offer(form) {
  if (await PublicKeyCredential.isConditionalMediationAvailable?.()) ask(form, "get", "conditional");
}

/**
 * @param {HTMLFormElement} form
 * @param {string} words
 */
function fail(form, words) {
  form.querySelector(".error.passkey-failed")?.remove();
  if (!words) return;
  const said = document.createElement("p");
  said.className = "error passkey-failed";
  said.role = "alert";
  said.textContent = words;
  form.append(said);
}

// browsers create none for IP addresses, by which this server may also be reached
const isAddress = /^[\d.]+$|^\[/.test(location.hostname);
if (isAddress) {
  for (const each of document.querySelectorAll("form[data-passkey],button[data-passkey]"))
    each.toggleAttribute("hidden", true);
  document.querySelector("[data-no-passkeys]")?.toggleAttribute("hidden", false);
} else if (window.PublicKeyCredential) {
  document.documentElement.dataset.js = "";
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!(form instanceof HTMLFormElement)) continue;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form, form.dataset.passkey ?? "get");
    });
    if ("waits" in form.dataset) offer(form);
  }
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    if (!(button instanceof HTMLButtonElement) || !button.form) continue;
    const form = button.form;
    button.addEventListener("click", () => ask(form, "get"));
  }
}

import { hydrate } from "svelte";
import App from "./App.svelte";

export const rendered = async () => (await import("svelte/server")).render(App).body;

if (typeof document !== "undefined") hydrate(App, { target: document.querySelector("#app") });

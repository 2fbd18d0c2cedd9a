import "@commentsvc/embed";
import { createSSRApp, h, ref } from "vue";

const App = {
  setup() {
    const number = ref(1);
    const there = ref(true);
    const state = ref("");
    return () =>
      h("main", [
        h("button", { id: "next", onClick: () => number.value++ }, "Next"),
        h("button", { id: "toggle", onClick: () => (there.value = !there.value) }, "Toggle"),
        h("output", state.value),
        there.value &&
          h("commentsvc-comments", {
            server: SERVER,
            site: "harbour",
            href: `https://news.example.org/${number.value}`,
            lazy: "false",
            onState: (event) => (state.value = event.detail.state),
          }),
      ]);
  },
};

export const rendered = async () => (await import("vue/server-renderer")).renderToString(createSSRApp(App));

if (typeof document !== "undefined") {
  const app = createSSRApp(App);
  app.config.warnHandler = (words) => reportError(new Error(words));
  app.mount("#app");
}

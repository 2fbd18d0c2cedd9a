// node build.mjs OUT SERVER: for each framework, OUT/NAME.html (rendered here, without a window) and OUT/NAME.js
// (which takes it over in the browser). The packages are where NODE_PATH says.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packages = process.env.NODE_PATH;
const find = createRequire(join(packages, "..", "package.json"));
const { build } = find("esbuild");
const compiler = await import(pathToFileURL(join(packages, "svelte/src/compiler/index.js")).href);
const [out, server] = process.argv.slice(2);

/** Svelte's own files, for one side. */
const svelte = (generate) => ({
  name: "svelte",
  setup(tool) {
    tool.onLoad({ filter: /\.svelte$/ }, ({ path }) => {
      const made = compiler.compile(readFileSync(path, "utf8"), { generate, filename: path });
      return { contents: made.js.code, loader: "js" };
    });
  },
});

const common = {
  bundle: true,
  format: "esm",
  nodePaths: [packages],
  alias: { "@commentsvc/embed": join(here, "../../../integrations/npm/commentsvc.js") },
  define: {
    SERVER: JSON.stringify(server),
    "process.env.NODE_ENV": '"development"',
    __VUE_OPTIONS_API__: "true",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
  },
  jsx: "automatic",
  logLevel: "error",
};
const needs = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

for (const name of ["react.jsx", "vue.js", "svelte.js"]) {
  const base = join(out, name.split(".")[0]);
  const entryPoints = [join(here, name)];
  await build({ ...common, entryPoints, outfile: `${base}.js`, conditions: ["browser"], plugins: [svelte("client")] });
  const outfile = `${base}.server.mjs`;
  await build({ ...common, entryPoints, outfile, platform: "node", banner: { js: needs }, plugins: [svelte("server")] });
  const { rendered } = await import(pathToFileURL(outfile).href);
  writeFileSync(`${base}.html`, await rendered());
}

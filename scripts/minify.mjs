// Minify scripts with Terser: from JSON on stdin, name -> [text, whether it is a module], to name -> text on stdout.
// Comments go, except those that tell bundlers to leave an import alone.
import { readFileSync } from "node:fs";
import { minify } from "../.testdeps/node_modules/terser/main.js";

const made = {};
for (const [name, [text, module]] of Object.entries(JSON.parse(readFileSync(0, "utf8"))))
  made[name] = (await minify(text, { ecma: 2020, module, compress: { passes: 3 }, format: { comments: /webpackIgnore/ } })).code;
process.stdout.write(JSON.stringify(made));

// Bundles the editor into the package's static files, with the licences of what is in it.

import { build } from "esbuild";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const target = new URL("../src/lodeclaim/endpoint/web/static/editor/", import.meta.url);

const { metafile } = await build({
  entryPoints: ["main.js"],
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  outfile: fileURLToPath(new URL("editor.js", target)),
  bundle: true,
  format: "esm",
  target: "es2021",
  minify: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

const packages = new Set(
  Object.keys(metafile.inputs)
    .map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1])
    .filter(Boolean),
);
const licences = [...packages].sort().map((name) => {
  const folder = new URL(`node_modules/${name}/`, import.meta.url);
  const { version, license } = JSON.parse(readFileSync(new URL("package.json", folder)));
  const file = new URL("LICENSE", folder);
  return `${name} ${version} (${license})\n\n${existsSync(file) ? readFileSync(file, "utf8") : ""}`;
});
writeFileSync(new URL("LICENSES.txt", target), licences.join(`\n${"-".repeat(72)}\n\n`));

// Builds judging/static/dist: hashed bundles, the PDF reader's own files, and manifest.json, which judging/web/assets.py reads.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyFonts } from "./fonts.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const staticFolder = join(here, "..", "judging", "static");
const target = ["chrome87", "edge88", "firefox91", "safari14.1"];
const final = join(staticFolder, "dist");
const out = join(staticFolder, `.dist-${process.pid}`);
const pdfjs = join(here, "node_modules", "pdfjs-dist");

mkdirSync(out, { recursive: true });
const manifest = {};

const result = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/app.ts", styles: "src/app.css" },
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target,
  minify: true,
  legalComments: "linked",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  metafile: true,
  // The PDF reader asks for node's own modules only when it runs in node.
  external: ["@napi-rs/canvas"],
  logLevel: "warning",
});
for (const [path, made] of Object.entries(result.metafile.outputs)) {
  if (made.entryPoint === "src/app.ts") manifest["app.js"] = basename(path);
  if (made.entryPoint === "src/app.css") manifest["app.css"] = basename(path);
}

// The worker stays a file of its own: the browser starts it by address.
await build({
  absWorkingDir: here,
  entryPoints: [join(pdfjs, "legacy", "build", "pdf.worker.mjs")],
  outfile: join(out, "pdf.worker.js"),
  format: "esm",
  target: ["chrome92", "edge92", "firefox91", "safari15"],
  minify: true,
  legalComments: "inline",
  logLevel: "error",
});
manifest["pdf.worker.js"] = hashed(join(out, "pdf.worker.js"), true);

const version = JSON.parse(readFileSync(join(pdfjs, "package.json"), "utf8")).version;
for (const part of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
  cpSync(join(pdfjs, part), join(out, `pdfjs-${version}`, part), { recursive: true });
}
manifest["pdfjs/"] = `pdfjs-${version}/`;

for (const name of ["favicon.svg", "mark.svg"]) {
  copyFileSync(join(staticFolder, name), join(out, name));
  manifest[name] = hashed(join(out, name), true);
}
copyFonts(join(here, "node_modules"), out);
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

// Everything is there: take the place of the former build in one move.
rmSync(final, { recursive: true, force: true });
renameSync(out, final);
console.log(`judging/static/dist: ${Object.values(manifest).join(", ")}`);

function hashed(path, move) {
  const hash = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 8);
  const extension = extname(path);
  const name = `${basename(path, extension)}-${hash}${extension}`;
  if (move) renameSync(path, join(dirname(path), name));
  return name;
}

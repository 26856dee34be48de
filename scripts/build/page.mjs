// The inspector page: www/dist, as it is served. Everything that it needs is in there, and it asks for nothing else.

import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { root } from "../setup/places.mjs";
import { areNewer, sizesOf } from "./outputs.mjs";

const sources = join(root, "www");
const parts = join(sources, "static");
const dist = join(sources, "dist");
/** In a folder of its own, so that beside a gate it takes one path and no more. */
const folder = join(dist, "inspect");
const packaged = join(root, "npm", "dist");
const causes = join(root, "docs", "causes.md");

/** `connect-src`: the wasm module. `frame-ancestors` works in a header only, and is added there. */
const CSP = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Builds it on the package as it is in npm/dist. Returns the size of each file, in bytes. */
export async function buildPage() {
  const files = ["index.html", "causes.html", "page.js", "page.css", "edgewarden.wasm", "favicon.svg"].map((name) => join(folder, name));
  const inputs = [join(sources, "src"), parts, causes, packaged, join(root, "scripts", "build")];
  if (!(await areNewer([...files, join(dist, "_headers")], inputs))) await makePage();
  return sizesOf(files);
}

async function makePage() {
  if (!existsSync(join(packaged, "browser.js"))) throw new Error("npm/dist is not there: npm run build:npm");
  await rm(dist, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await bundle();
  await copyFile(join(packaged, "edgewarden.wasm"), join(folder, "edgewarden.wasm"));
  await copyFile(join(parts, "favicon.svg"), join(folder, "favicon.svg"));
  await writeFile(join(folder, "index.html"), await filled("index.html"));
  await writeFile(join(folder, "causes.html"), await filled("causes.html", { content: await rendered(causes) }));
  await writeFile(join(dist, "_headers"), await filled("_headers"));
}

/** The package's own files go in as they are published; its module stays a file beside the script. */
async function bundle() {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [
      { in: join(sources, "src", "main.ts"), out: "page" },
      { in: join(parts, "page.css"), out: "page" },
    ],
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    alias: { edgewarden: join(packaged, "browser.js"), "edgewarden/element": join(packaged, "element.js") },
    logLevel: "warning",
  });
}

async function filled(name, values = {}) {
  const text = await readFile(join(parts, name), "utf8");
  return Object.entries({ csp: CSP, ...values }).reduce((rest, [place, value]) => rest.replaceAll(`{{${place}}}`, () => value), text);
}

/** Markdown as HTML, with the anchors that GitHub gives its headings: `expired` for a heading that is the code `expired`. */
async function rendered(file) {
  const { Marked } = await import("marked");
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        // Other documents of the repository are not part of the page.
        const inner = this.parser.parseInline(tokens);
        return /^(#|https:)/.test(href) ? `<a href="${href}">${inner}</a>` : inner;
      },
    },
  });
  return marked.parse(await readFile(file, "utf8"));
}

function anchor(heading) {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").trim().replaceAll(" ", "-");
}

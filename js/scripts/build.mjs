// Bundles the editor to ../virgil_nb/widget/static/{widget.js,widget.css,loader.js}; --demo serves the page that needs no kernel; --watch rebuilds.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { minify } from "terser";
import { lean } from "./lean/index.mjs";

const js = dirname(dirname(fileURLToPath(import.meta.url)));
const flags = new Set(process.argv.slice(2));

const shared = {
  absWorkingDir: js,
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome120", "firefox117", "safari17.2"],
  jsx: "automatic",
  minify: !flags.has("--watch"),
  legalComments: "linked",
  plugins: [lean],
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

const widget = {
  ...shared,
  entryPoints: { widget: "src/widget.ts", loader: "src/loader.ts" },
  outdir: join(js, "..", "virgil_nb", "widget", "static"),
};
const demo = {
  ...shared,
  minify: false,
  sourcemap: "inline",
  entryPoints: { demo: "demo/main.ts" },
  outdir: join(js, "dist", "demo"),
};

if (flags.has("--demo") || flags.has("--demo-build")) {
  mkdirSync(demo.outdir, { recursive: true });
  cpSync(join(js, "demo", "index.html"), join(demo.outdir, "index.html"));
  if (flags.has("--demo-build")) {
    await esbuild.build(demo);
  } else {
    const context = await esbuild.context(demo);
    const port = Number(process.env.PORT ?? 5199);
    await context.serve({ servedir: demo.outdir, host: "127.0.0.1", port });
    console.log(`The editor without a kernel: http://127.0.0.1:${port}/`);
  }
} else if (flags.has("--watch")) {
  const context = await esbuild.context(widget);
  await context.watch();
  console.log("watching js/src");
} else {
  const { outputFiles } = await esbuild.build({ ...widget, write: false });
  mkdirSync(widget.outdir, { recursive: true });
  for (const { path, text } of outputFiles) writeFileSync(path, path.endsWith("widget.js") ? await squeezed(text) : text);
}

/** The same program in less text: what esbuild leaves, mostly in libraries, is another 4 %. */
async function squeezed(code) {
  const { code: less } = await minify(code, {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
    format: { comments: /Linked|LEGAL/ },
  });
  return `${less}\n`;
}

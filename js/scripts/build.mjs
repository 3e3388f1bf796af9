// Bundles the editor to ../virgil_nb/widget/static/{widget.js,widget.css,loader.js}; --demo serves the page that needs no kernel; --watch rebuilds.
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const js = dirname(dirname(fileURLToPath(import.meta.url)));
const flags = new Set(process.argv.slice(2));

const shared = {
  absWorkingDir: js,
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome109", "firefox110", "safari16.4"],
  jsx: "automatic",
  minify: !flags.has("--watch"),
  legalComments: "eof",
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
  await esbuild.build(widget);
}

// Fails when the bundle outgrows its budget: it travels to the page with every editor that is opened.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const RAW = 700_000;
const GZIP = 220_000;
const folder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "virgil_nb", "widget", "static");
const files = ["widget.js", "widget.css"].map((name) => join(folder, name));
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0) {
  console.error(`No bundle at ${missing.join(", ")}; make it with: npm run build`);
  process.exit(1);
}
let raw = 0;
let gzip = 0;
for (const file of files) {
  const bytes = readFileSync(file);
  raw += bytes.length;
  gzip += gzipSync(bytes, { level: 9 }).length;
}
const kb = (n) => `${(n / 1000).toFixed(0)} KB`;
console.log(`bundle ${kb(raw)} raw (budget ${kb(RAW)}), ${kb(gzip)} gzip (budget ${kb(GZIP)})`);
if (raw > RAW || gzip > GZIP) process.exit(1);

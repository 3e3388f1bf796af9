/** The editor without a kernel, on a page that looks like a notebook's. */
import type { SpecJSON } from "../src/sync/messages";
import widget from "../src/widget";
import { FakeKernel } from "./fake_kernel";
import { sceneOf } from "./scenes";
import specs from "./specs.json";

const query = new URLSearchParams(location.search);
const dark = query.get("theme") === "dark";
document.documentElement.dataset.theme = dark ? "dark" : "light";
if (query.get("font") === "wide") document.documentElement.dataset.font = "wide";
const cell = document.getElementById("cell") as HTMLElement;
const width = query.get("width");
if (width) cell.style.width = `${width}px`;

const scene = sceneOf(query.get("scene") ?? "");
if (query.get("pace")) scene.pace = Number(query.get("pace"));
const kernel = new FakeKernel(specs as unknown as SpecJSON[], scene);
const cleanups = [widget.render({ model: kernel, el: cell })];
if (query.get("views") === "2") {
  const second = cell.cloneNode(false) as HTMLElement;
  cell.after(second);
  cleanups.push(widget.render({ model: kernel, el: second }));
}
Object.assign(window, { kernel, cleanups });
document.getElementById("theme")?.addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
});

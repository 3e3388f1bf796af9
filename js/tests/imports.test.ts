import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../src");
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;]*?\bfrom\s+"(\.[^"]+)"/g;

/** Every module of src, with those that it imports. */
function modules(): Map<string, string[]> {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const named = new Set(files);
  const at = (path: string) =>
    [`${path}.ts`, `${path}.tsx`, join(path, "index.ts"), join(path, "index.tsx")].find((file) => named.has(file));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      return [
        file,
        [...text.matchAll(IMPORT)].flatMap(([, from]) => at(relative(ROOT, resolve(ROOT, file, "..", from ?? ""))) ?? []),
      ];
    }),
  );
}

/** A way from a module back to itself; empty if there is none. */
function circle(imports: ReadonlyMap<string, string[]>): string[] {
  const clear = new Set<string>();
  const walk = (file: string, way: string[]): string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (clear.has(file)) return [];
    for (const next of imports.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found.length > 0) return found;
    }
    clear.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const found = walk(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

it("no module imports itself through others", () => {
  const imports = modules();
  expect(imports.get("ui/mount.tsx")).toContain("ui/Editor.tsx");
  expect(circle(imports)).toEqual([]);
  expect(circle(new Map([...imports, ["core/document.ts", ["ui/mount.tsx"]]]))).toContain("core/document.ts");
});

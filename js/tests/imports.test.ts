/// <reference types="vite/client" />
import { expect, it } from "vitest";

const SOURCES: Record<string, string> = import.meta.glob("../src/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;]*?\bfrom\s+"(\.[^"]+)"/g;

/** Every module of src by its path, with those that it imports. */
function modules(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [path, text] of Object.entries(SOURCES)) {
    const paths = [...text.matchAll(IMPORT)].map(([, from]) => new URL(from ?? "", `file:///src/${path}`).pathname.slice(1));
    const candidates = paths.flatMap((to) => [`../${to}.ts`, `../${to}.tsx`, `../${to}/index.ts`]);
    found.set(
      path,
      candidates.filter((to) => to in SOURCES),
    );
  }
  return found;
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
  expect(imports.get("../src/ui/mount.tsx")).toContain("../src/ui/Editor.tsx");
  expect(circle(imports)).toEqual([]);
  expect(circle(new Map([...imports, ["../src/core/document.ts", ["../src/ui/mount.tsx"]]]))).toContain(
    "../src/core/document.ts",
  );
});

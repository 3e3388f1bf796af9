// Leaves out of the bundle what the editor has no use for: every page that opens an editor loads it.
import { readFileSync } from "node:fs";
import { leanReact, leanReactPortals } from "./react.mjs";
import { swapped } from "./swapped.mjs";

/** d3-transition can blend colours; the canvas blends zoom and place alone. */
const NO_COLOURS = `export const color = () => null;
export const rgb = () => ({}), hsl = rgb, hcl = rgb, lab = rgb, cubehelix = rgb;`;

/** Parts of React Flow that are not drawn here. */
const UNUSED_STYLES =
  /\.react-flow__(controls|resize-control|attribution|node-(default|input|output|group)|edge-text|node-toolbar)/;

/** Entries of dagre's register of graph algorithms that no layout asks for. */
const UNUSED_ALGORITHMS =
  /\b(bellmanFord|components|dijkstra|dijkstraAll|findCycles|floydWarshall|isAcyclic|prim|shortestPaths|tarjan|topsort):\(\)=>[\w$]+,?/g;

export const lean = {
  name: "lean",
  setup(build) {
    const without = (filter, rewritten, loader = "js") =>
      build.onLoad({ filter }, ({ path }) => ({ contents: rewritten(readFileSync(path, "utf8"), path), loader }));

    build.onResolve({ filter: /^d3-color$/ }, ({ path }) => ({ path, namespace: "lean" }));
    build.onLoad({ filter: /.*/, namespace: "lean" }, () => ({ contents: NO_COLOURS }));
    without(/react-dom[\\/]cjs[\\/]react-dom-client\.production\.js$/, leanReact);
    without(/react-dom[\\/]cjs[\\/]react-dom\.production\.js$/, leanReactPortals);
    without(/@xyflow[\\/]react[\\/]dist[\\/]esm[\\/]index\.js$/, leanFlow);
    without(/@dagrejs[\\/]dagre[\\/]dist[\\/]dagre\.esm\.js$/, leanDagre);
    without(/@xyflow[\\/]react[\\/]dist[\\/]base\.css$/, leanFlowStyles, "css");
  },
};

/** Components that nobody imports stay only because a call made them: the mark says that the call does nothing else. Every node and every
 * link here is of a type of the editor's own, so those that come with the library go, too. */
function leanFlow(code, path) {
  const marked = swapped(code, path, /= (memo|forwardRef|createContext|create\w+Edge)\(/g, "= /*@__PURE__*/ $1(", 31);
  const unnamed = swapped(marked, path, /^\w+\.displayName = .*$/gm, "", 21);
  return swapped(unnamed, path, /const (builtin(?:Node|Edge)Types) = \{[^}]*\};/g, "const $1 = {};", 2);
}

/** dagre lays out with two of its graph library's walks; the other algorithms stay only because a register names them. */
function leanDagre(code, path) {
  return swapped(code, path, UNUSED_ALGORITHMS, "", 11);
}

function leanFlowStyles(code, path) {
  return swapped(code, path, /([^{}]+)\{[^{}]*\}/g, (rule, selectors) =>
    selectors.split(",").every((selector) => UNUSED_STYLES.test(selector)) ? "" : rule,
  );
}

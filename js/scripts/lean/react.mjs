// Leaves out of React DOM what the editor never asks of it: a quarter of its text.
//
// React makes a *fiber* for each thing it draws; `fiber.tag` says what kind it is, and its code asks for the kind at every turn. Nothing
// here waits (Suspense, lazy), is drawn by a server, slides (ViewTransition) or is kept hidden (Activity), so fibers of those kinds are
// never made: a question for one is answered "no" here, and terser then drops what only a "yes" led to.
//
// Whoever does use such a part sees an error of React's ("Unknown unit of work tag"); biome.json refuses to import one.
import { parse } from "acorn";

/** The version whose numbers and names are meant below. */
const VERSION = "19.3.1";

/** Kinds of fiber that are never made (`react-reconciler/src/ReactWorkTags.js`). */
const UNUSED_KINDS = new Set([
  13, // Suspense
  16, // lazy
  17, // a class that was cut off while it mounted: of the old mode alone
  18, // what a server drew and nobody took over yet
  19, // SuspenseList
  21, // scope
  22, // Offscreen, below Suspense and Activity
  23, // hidden: of the old mode alone
  24, // cache
  25, // tracing marker
  26, // <link>, <meta>, <style>, <title> of a page's head
  27, // <html>, <head>, <body>
  28, // a function that was cut off while it mounted: of the old mode alone
  29, // throw
  30, // ViewTransition
  31, // Activity
]);

/** Of no fiber at all. */
const NO_KIND = -1;

/** Variables that could turn true only with a part that is left out. */
const NEVER_TRUE = new Set(["isHydrating", "shouldStartViewTransition"]);

/** Assignments that only other programs need: what a server drew, references to fragments. */
const UNUSED_PARTS =
  /^(exports\.hydrateRoot|FragmentInstance\.prototype\.\w+|ReactDOMHydrationRoot\.prototype\.unstable_scheduleHydration)$/;

/** What `react-dom` gives besides portals: hints for the page's loading, forms. */
const UNUSED_EXPORTS = /^exports\.(pre\w+|requestFormReset|use\w+|unstable\w+|browser)$/;

export function leanReact(code, path) {
  return without(code, path, UNUSED_PARTS);
}

export function leanReactPortals(code, path) {
  return without(code, path, UNUSED_EXPORTS);
}

/** `code` without the assignments whose left side `unused` matches, and with the questions for parts that are left out answered. */
function without(code, path, unused) {
  if (!code.includes(`exports.version = "${VERSION}"`)) {
    throw new Error(`${path} is not of React ${VERSION}: look again at what js/scripts/lean/react.mjs leaves out of it.`);
  }
  const edits = [];
  const put = (from, to, text) => edits.push({ from, to, text });
  const visit = (node) => {
    if (!answer(node, code, unused, put, visit)) for (const child of children(node)) visit(child);
  };
  visit(parse(code, { ecmaVersion: 2022, sourceType: "script" }));
  if (edits.length === 0) throw new Error(`${path}: nothing was left out. Has it another shape now?`);
  return edits
    .sort((one, other) => other.from - one.from)
    .reduce((text, { from, to, text: by }) => text.slice(0, from) + by + text.slice(to), code);
}

/** Whether `node` is done with: `put` took the text that stands in its place, `visit` what is kept of it. */
function answer(node, code, unused, put, visit) {
  switch (node.type) {
    case "BinaryExpression":
      if (!asksForUnusedKind(node)) return false;
      put(node.start, node.end, node.operator === "===" ? "false" : "true");
      return true;
    case "SwitchStatement":
      if (!isTag(node.discriminant)) return false;
      visit(node.discriminant);
      withoutUnusedCases(node.cases, put, visit);
      return true;
    case "ExpressionStatement":
      if (node.expression.type !== "AssignmentExpression") return false;
      if (!unused.test(code.slice(node.expression.left.start, node.expression.left.end))) return false;
      put(node.start, node.end, "");
      return true;
    case "AssignmentExpression": // of one that is never true: what is assigned is all that is left
      if (!NEVER_TRUE.has(node.left.name)) return false;
      put(node.start, node.right.start, "");
      visit(node.right);
      return true;
    case "Identifier":
      if (NEVER_TRUE.has(node.name)) put(node.start, node.end, "false");
      return true;
    default:
      return false;
  }
}

const isTag = (node) => node.type === "MemberExpression" && !node.computed && node.property.name === "tag";
const isUnusedKind = (node) => node?.type === "Literal" && UNUSED_KINDS.has(node.value);

/** `13 === fiber.tag`, `13 !== fiber.tag` */
function asksForUnusedKind({ operator, left, right }) {
  return (operator === "===" || operator === "!==") && isUnusedKind(left) && isTag(right);
}

/** Takes the cases of unused kinds out of a switch; what a case above falls into stays. */
function withoutUnusedCases(cases, put, visit) {
  let fallenInto = false;
  for (const one of cases) {
    const unused = isUnusedKind(one.test);
    if (unused && !fallenInto) {
      // Its variables belong to the whole function: other cases may use them.
      const variables = [...variablesIn(one)];
      put(one.start, one.end, variables.length > 0 ? `case ${NO_KIND}: var ${variables.join(", ")};` : "");
      continue;
    }
    if (unused) put(one.start, one.consequent[0]?.start ?? one.end, "");
    one.consequent.forEach(visit);
    fallenInto = !leaves(one.consequent.at(-1));
  }
}

/** Names that `var` makes known in `node`. */
function* variablesIn(node) {
  if (/Function/.test(node.type)) return;
  if (node.type === "VariableDeclarator") yield node.id.name;
  for (const child of children(node)) yield* variablesIn(child);
}

/** Whether nothing after `statement` is come to. False where that can't be told. */
function leaves(statement) {
  if (statement?.type === "BlockStatement") return leaves(statement.body.at(-1));
  return /^(Break|Return|Throw|Continue)Statement$/.test(statement?.type ?? "");
}

/** What stands inside `node`, names that are no variables left out. */
function* children(node) {
  for (const [key, child] of Object.entries(node)) {
    if (key === "params" || key === "label" || (key === "id" && child?.type === "Identifier")) continue;
    if ((key === "property" || key === "key") && !node.computed) continue;
    for (const one of Array.isArray(child) ? child : [child]) if (typeof one?.type === "string") yield one;
  }
}

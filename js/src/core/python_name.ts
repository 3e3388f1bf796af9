/** How a cell names what is on screen: `wf["KSampler"].seed`. */
import type { Doc, NodeJSON } from "./document";

const KEYWORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

/** The node by its title or class where only one has it, else by its id. */
export function pythonOfNode(doc: Doc, node: NodeJSON): string {
  const nodes = [...doc.nodes.values()];
  const alone = (name: string) =>
    !doc.nodes.has(name) &&
    nodes.filter((other) => other.title === name || (other.type === name && other.id !== node.id)).length === 0;
  const titled = node.title && !doc.nodes.has(node.title) && nodes.filter(({ title }) => title === node.title).length === 1;
  const name = titled ? (node.title as string) : alone(node.type) ? node.type : node.id;
  return `wf[${JSON.stringify(name)}]`;
}

export function pythonOfInput(doc: Doc, node: NodeJSON, input: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9_]*$/.test(input) && !KEYWORDS.has(input) && !["info", "inputs", "outputs"].includes(input);
  return `${pythonOfNode(doc, node)}${plain ? `.${input}` : `.inputs[${JSON.stringify(input)}]`}`;
}

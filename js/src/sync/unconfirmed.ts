/**
 * Edits that no kernel confirmed: made while it was dead, or just before the cell ran again. The next view of the same kept workbench
 * in this page makes them again.
 *
 * Two widgets are one workbench if the kernel keeps their edits under one `id`; two views of one widget share its `widget` and leave
 * each other's edits alone, which are only on their way.
 */
import { type Doc, type Json, sameJson, toJSON } from "../core/document";
import { apply, EditRefused, type Op } from "../core/ops";

export interface Unconfirmed {
  /** The document before them, and after. */
  before: Doc;
  after: Doc;
  /** Oldest first; each is one step. */
  steps: Op[][];
}

interface Entry {
  id: string;
  widget: string;
  look: () => Unconfirmed;
}

const PAGE = Symbol.for("virgil_nb.unconfirmed");
const page = globalThis as { [PAGE]?: Set<Entry> };
page[PAGE] ??= new Set();
const entries = page[PAGE];

/** One view's place in the page's list. */
export class UnconfirmedEdits {
  private entry: Entry | null = null;

  constructor(private readonly look: () => Unconfirmed) {}

  /** The view shows workbench `id` in `widget`: gives the steps that earlier widgets left, as far as they fit to `doc`. */
  begin(id: string | undefined, widget: string, doc: Doc): Op[][] {
    if (this.entry) entries.delete(this.entry);
    this.entry = id ? { id, widget, look: this.look } : null;
    if (!this.entry) return [];
    const left: Op[][] = [];
    for (const other of [...entries]) {
      if (other.id !== id || other.widget === widget) continue;
      entries.delete(other);
      left.push(...fitting(other.look(), doc));
    }
    entries.add(this.entry);
    return left;
  }

  /** The view is closed. What it has not had confirmed stays for the next one. */
  close(): void {
    if (!this.entry) return;
    const left = this.look();
    if (left.steps.length === 0) entries.delete(this.entry);
    else this.entry.look = () => left;
  }
}

/** The steps that change `doc` and mean the nodes that they were made on. */
function fitting(made: Unconfirmed, doc: Doc): Op[][] {
  const steps: Op[][] = [];
  let now = doc;
  for (const ops of made.steps) {
    try {
      const known = (id: string) => (made.before.nodes.get(id) ?? made.after.nodes.get(id))?.type;
      if (ops.some((op) => "id" in op && known(op.id) !== now.nodes.get(op.id)?.type)) continue;
      const next = ops.reduce(apply, now);
      if (sameJson(toJSON(next) as unknown as Json, toJSON(now) as unknown as Json)) continue;
      now = next;
      steps.push(ops);
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error; // It belongs to a document that is no more.
    }
  }
  return steps;
}

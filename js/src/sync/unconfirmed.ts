/**
 * Edits that no kernel confirmed: made while it was dead, or just before the cell ran again. The next view of the same kept workbench
 * in this page makes them again; one of a later page offers them (stored_edits.ts).
 *
 * Two widgets are one workbench if the kernel keeps their edits under one `id`; two views of one widget share its `widget` and leave
 * each other's edits alone, which are only on their way.
 */
import { type Doc, type Json, sameJson, toJSON } from "../core/document";
import { applyAll, EditRefused, type Op } from "../core/ops";
import { dropStoredEdits, type StoredEdits, storedEdits, storeEdits } from "./stored_edits";

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

/** After this long without the kernel's word an edit is stored, in ms. */
const STORE_AFTER = 500;

/** One view's place in the page's list. */
export class UnconfirmedEdits {
  /** What an earlier page left, as far as it fits here. */
  offered: StoredEdits | null = null;
  private entry: Entry | null = null;
  private stored = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly onLeave = () => this.store();

  constructor(private readonly look: () => Unconfirmed) {
    globalThis.addEventListener?.("pagehide", this.onLeave);
  }

  /** The view shows workbench `id` in `widget`: gives the steps that earlier widgets left, as far as they fit to `doc`. */
  begin(id: string | undefined, widget: string, doc: Doc): Op[][] {
    if (this.entry) entries.delete(this.entry);
    this.entry = id ? { id, widget, look: this.look } : null;
    if (!this.entry) return [];
    const left: Op[][] = [];
    for (const other of [...entries]) {
      if (other.id !== id || other.widget === widget) continue;
      entries.delete(other);
      const { before, after, steps } = other.look();
      left.push(...fitting(steps, (node) => (before.nodes.get(node) ?? after.nodes.get(node))?.type, doc));
    }
    entries.add(this.entry);
    this.offer(left, doc);
    return left;
  }

  /** What earlier pages left: made again already, of no use any more, or to be offered. */
  private offer(made: readonly Op[][], doc: Doc): void {
    const id = this.entry?.id;
    const stored = id === undefined || this.stored ? null : storedEdits(id);
    this.offered = null;
    if (id === undefined || !stored) return;
    const steps = made.length > 0 ? [] : fitting(stored.steps, (node) => stored.types[node], doc);
    if (steps.length > 0) this.offered = { ...stored, steps };
    else dropStoredEdits(id);
  }

  /** The offer was taken, or not wanted. */
  answered(): void {
    this.offered = null;
    if (this.entry) dropStoredEdits(this.entry.id);
  }

  /** An edit was made, or confirmed. */
  changed(): void {
    if (this.look().steps.length > 0) {
      this.timer ??= setTimeout(() => this.store(), STORE_AFTER);
    } else {
      clearTimeout(this.timer);
      this.timer = undefined;
      if (this.stored && this.entry) dropStoredEdits(this.entry.id);
      this.stored = false;
    }
  }

  private store(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { before, after, steps } = this.look();
    if (!this.entry || !entries.has(this.entry) || steps.length === 0) return; // another view has taken them over
    const types: { [node: string]: string } = {};
    for (const op of steps.flat()) {
      const type = "id" in op ? (before.nodes.get(op.id) ?? after.nodes.get(op.id))?.type : undefined;
      if ("id" in op && type !== undefined) types[op.id] = type;
    }
    const all = [...(this.offered?.steps ?? []), ...steps];
    storeEdits(this.entry.id, {
      saved: new Date().toISOString(),
      types: { ...this.offered?.types, ...types },
      steps: all.filter((ops, i) => !typedOver(ops, all[i + 1])),
    });
    this.stored = true;
  }

  /** The view is closed. What it has not had confirmed stays for the next one. */
  close(): void {
    globalThis.removeEventListener?.("pagehide", this.onLeave);
    this.store();
    if (!this.entry) return;
    const left = this.look();
    if (left.steps.length === 0) entries.delete(this.entry);
    else this.entry.look = () => left;
  }
}

/** Whether the next step gives the same input another value: what was typed letter by letter is one edit. */
function typedOver([op, more]: readonly Op[], [next, others]: readonly Op[] = []): boolean {
  if (op?.op !== "set" || next?.op !== "set" || more || others) return false;
  return op.id === next.id && op.input === next.input;
}

/** The steps that change `doc` and mean the nodes that they were made on, which had these classes. */
function fitting(made: readonly Op[][], known: (node: string) => string | undefined, doc: Doc): Op[][] {
  const steps: Op[][] = [];
  let now = doc;
  for (const ops of made) {
    try {
      if (ops.some((op) => "id" in op && known(op.id) !== now.nodes.get(op.id)?.type)) continue;
      const next = applyAll(now, ops);
      if (sameJson(toJSON(next) as unknown as Json, toJSON(now) as unknown as Json)) continue;
      now = next;
      steps.push(ops);
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error; // It belongs to a document that is no more.
    }
  }
  return steps;
}

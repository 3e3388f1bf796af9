/** A view's own edits that the kernel has not answered yet: shown already, sent or about to be. */
import type { Doc, Json } from "../core/document";
import { sameJson } from "../core/document";
import { applyAll, EditRefused, type Op } from "../core/ops";

export interface Waiting {
  seq: number;
  ops: Op[];
  merge?: string;
  sent: boolean;
}

export class WaitingEdits {
  private list: Waiting[] = [];

  get any(): boolean {
    return this.list.length > 0;
  }

  get anySent(): boolean {
    return this.list.some(({ sent }) => sent);
  }

  /** Their operations, oldest first; each list is one step. */
  get steps(): Op[][] {
    return this.list.map(({ ops }) => ops);
  }

  /** Makes these part of the last edit, if that is of the same `merge` and was not sent. */
  join(ops: Op[], merge: string | undefined): boolean {
    const last = this.list.at(-1);
    if (!last || last.sent || merge === undefined || last.merge !== merge) return false;
    last.ops = compact([...last.ops, ...ops]);
    return true;
  }

  add(seq: number, ops: Op[], merge: string | undefined): void {
    this.list.push({ seq, ops, merge, sent: false });
  }

  /** Those that are to be sent now. They count as sent. */
  takeUnsent(): Waiting[] {
    const unsent = this.list.filter(({ sent }) => !sent);
    for (const edit of unsent) edit.sent = true;
    return unsent;
  }

  /** The kernel has answered this one; tells whether `ops`, if given, are just what was asked for. */
  answered(seq: number | null, ops?: Op[]): boolean {
    const edit = this.list.find((each) => each.seq === seq);
    this.list = this.list.filter((each) => each !== edit);
    return edit !== undefined && ops !== undefined && sameJson(edit.ops as unknown as Json, ops as unknown as Json);
  }

  /** Forgets those up to this number: the kernel told everything since. */
  dropUpTo(seq: number): void {
    this.list = this.list.filter((edit) => edit.seq > seq);
  }

  /** `doc` with these edits made on it, as far as they fit. */
  over(doc: Doc): Doc {
    let next = doc;
    for (const { ops } of this.list) {
      try {
        next = applyAll(next, ops);
      } catch (error) {
        if (!(error instanceof EditRefused)) throw error; // The kernel will refuse it too, and say why.
      }
    }
    return next;
  }
}

/** The same edits without the values that a later one replaces. */
function compact(ops: Op[]): Op[] {
  const last = ops.at(-1);
  if (last?.op !== "set") return ops;
  return [...ops.slice(0, -1).filter((op) => !(op.op === "set" && op.id === last.id && op.input === last.input)), last];
}

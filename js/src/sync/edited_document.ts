/**
 * The document as one view shows it.
 *
 *     doc = confirmed by the kernel + own edits that wait for their echo
 *
 * Edits of others are applied below the waiting ones. What no kernel ever confirmed is kept for the next view (unconfirmed.ts).
 */
import { type Doc, EMPTY, fromJSON } from "../core/document";
import { applyAll, type Op } from "../core/ops";
import type * as wire from "./messages";
import type { StoredEdits } from "./stored_edits";
import { UnconfirmedEdits } from "./unconfirmed";
import { type Waiting, WaitingEdits } from "./waiting_edits";

export class EditedDocument {
  doc: Doc = EMPTY;
  /** The revision that is confirmed; -1 before the kernel told any. */
  rev = -1;
  private confirmed: Doc = EMPTY;
  private seq = 0;
  private readonly waiting = new WaitingEdits();
  private readonly unconfirmed = new UnconfirmedEdits(() => ({
    before: this.confirmed,
    after: this.doc,
    steps: this.waiting.steps,
  }));

  /** `shown` hears of every new `doc`, with the one before. */
  constructor(private readonly shown: (before: Doc) => void) {}

  /** Whether own edits wait for their echo. */
  get waits(): boolean {
    return this.waiting.any;
  }

  /** Whether the kernel was sent edits that it has not answered. */
  get owed(): boolean {
    return this.waiting.anySent;
  }

  /** The number of the newest thing that was asked of the kernel. */
  get newest(): number {
    return this.seq;
  }

  /** A number for the next one. */
  count(): number {
    this.seq += 1;
    return this.seq;
  }

  /** What these edits would make of the document. Raises EditRefused. */
  after(ops: Op[]): Doc {
    return applyAll(this.doc, ops);
  }

  /** Makes these part of the last edit, if that is of the same `merge` and was not sent. */
  join(ops: Op[], merge: string | undefined): boolean {
    return this.waiting.join(ops, merge);
  }

  /** An edit of its own, that waits to be sent. */
  add(ops: Op[], merge: string | undefined): void {
    this.waiting.add(this.count(), ops, merge);
    this.unconfirmed.changed();
  }

  /** Those that are to be sent now. They count as sent. */
  takeUnsent(): Waiting[] {
    return this.waiting.takeUnsent();
  }

  show(doc: Doc): void {
    const before = this.doc;
    this.doc = doc;
    this.shown(before);
  }

  /** Everything anew. `answers`: up to this number, own edits are in it. */
  begin(message: wire.Snapshot, answers: number | null): void {
    if (answers !== null) this.waiting.dropUpTo(answers);
    this.rev = message.rev;
    this.confirmed = fromJSON(message.document);
    this.show(this.waiting.over(this.confirmed));
  }

  /** Edits of earlier views of this kept workbench that no kernel confirmed. */
  takeOver(id: string | undefined, widget: string): Op[][] {
    return this.unconfirmed.begin(id, widget, this.doc);
  }

  /** Whether own edit `seq` was made by just these operations. */
  answered(seq: number | null, ops?: Op[]): boolean {
    const echo = this.waiting.answered(seq, ops);
    this.unconfirmed.changed();
    return echo;
  }

  /** An edit that the kernel has made; `echo`: it is shown already. */
  confirm(message: wire.Applied, echo: boolean): void {
    this.rev = message.rev;
    this.confirmed = applyAll(this.confirmed, message.ops);
    if (!echo) this.show(this.waiting.over(this.confirmed));
  }

  /** Takes an own edit back that can't be sent. */
  drop(seq: number): void {
    this.answered(seq);
    this.show(this.waiting.over(this.confirmed));
  }

  /** Edits of an earlier page that no kernel confirmed, and that could be made again here. */
  get leftBehind(): StoredEdits | null {
    return this.unconfirmed.offered;
  }

  /** They are made again, or not wanted. */
  forgetLeftBehind(): void {
    this.unconfirmed.answered();
  }

  settle(): void {
    this.unconfirmed.changed();
  }

  close(): void {
    this.unconfirmed.close();
  }
}

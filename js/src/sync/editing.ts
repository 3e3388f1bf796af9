/** What a view does to the document, and what it says of that: edits shown at once and sent, undo and redo, edits left behind. */
import type { Doc, Json } from "../core/document";
import { EditRefused, type Op } from "../core/ops";
import { EditedDocument } from "./edited_document";
import { Line, type LineState } from "./line";
import type * as wire from "./messages";
import { Services } from "./services";
import type { StoredEdits } from "./stored_edits";

export interface EditOptions {
  /** Edits with the same key, one soon after the other, are one step of undo. */
  merge?: string;
  /** Wait a moment before sending, so that typing does not become one message a key. */
  hold?: boolean;
}

/** How long a held edit waits for the next one, in ms. */
const HOLD = 90;

export abstract class Editing extends Services {
  canUndo = false;
  canRedo = false;
  notice: { level: wire.NoteLevel; text: string; at: number } | null = null;
  protected readonly edited = new EditedDocument((before) => this.shown(before));
  protected readonly wire = new Line(() => this.topics.emit("line"));
  private holdTimer: ReturnType<typeof setTimeout> | undefined;

  /** The document as it is shown. */
  get doc(): Doc {
    return this.edited.doc;
  }

  get line(): LineState {
    return this.wire.state;
  }

  /** Whether edits have been waiting for the kernel for long. */
  get behind(): boolean {
    return this.wire.behind;
  }

  /** Whether the kernel has told this view of its document. */
  get known(): boolean {
    return this.edited.rev >= 0;
  }

  /** Whether something was done that can be taken back, if only just now. */
  get undoable(): boolean {
    return this.canUndo || this.edited.waits;
  }

  /** Shows these edits and sends them as one step. */
  edit(ops: Op[], options: EditOptions = {}): void {
    if (ops.length === 0) return;
    let next: Doc;
    try {
      next = this.edited.after(ops);
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error;
      this.say("warning", error.message);
      return;
    }
    this.queue(ops, options);
    this.edited.show(next);
    if (!options.hold) this.flush();
    else this.holdTimer ??= setTimeout(() => this.flush(), HOLD);
  }

  set(id: string, input: string, value: Json, options: EditOptions = {}): void {
    this.edit([{ op: "set", id, input, value }], options);
  }

  private queue(ops: Op[], { merge }: EditOptions): void {
    if (this.edited.join(ops, merge)) return;
    this.flush();
    this.edited.add(ops, merge);
  }

  /** Sends what was held back. */
  flush(): void {
    clearTimeout(this.holdTimer);
    this.holdTimer = undefined;
    for (const { seq, ops, merge } of this.edited.takeUnsent()) {
      this.send({ kind: "edit", view: this.view, seq, base: this.edited.rev, ops, ...(merge === undefined ? {} : { merge }) });
    }
    this.wire.watch(this.edited.owed);
  }

  undo(): void {
    this.flush();
    this.send({ kind: "undo", view: this.view, seq: this.edited.count() });
  }

  redo(): void {
    this.flush();
    this.send({ kind: "redo", view: this.view, seq: this.edited.count() });
  }

  /** Edits of an earlier page that no kernel confirmed, and that could be made again here. */
  get leftBehind(): StoredEdits | null {
    return this.edited.leftBehind;
  }

  /** Makes them again, or forgets them. */
  takeLeftBehind(take: wire.Restore["take"]): void {
    const steps = take === "edits" ? (this.leftBehind?.steps ?? []) : [];
    this.edited.forgetLeftBehind();
    this.edit(steps.flat());
    this.topics.emit("keeping");
  }

  protected setUndo({ can_undo, can_redo }: { can_undo: boolean; can_redo: boolean }): void {
    this.canUndo = can_undo;
    this.canRedo = can_redo;
    this.topics.emit("undo");
  }

  /** Says something in the toolbar that belongs to no node. */
  say(level: wire.NoteLevel, text: string): void {
    this.notice = { level, text, at: Date.now() };
    this.topics.emit("notice");
  }

  clearNotice(): void {
    if (!this.notice) return;
    this.notice = null;
    this.topics.emit("notice");
  }

  /** Ends the timers; what was not confirmed is kept for the next view. */
  protected closeEditing(): void {
    clearTimeout(this.holdTimer);
    this.wire.close();
    this.edited.close();
  }

  private shown({ nodes: before }: Doc): void {
    const { doc } = this;
    // An id can come again for a node of another class, when another workflow is opened: its picture is not that node's.
    this.media.keepOnly((id) => {
      const type = doc.nodes.get(id)?.type;
      return type !== undefined && type === (before.get(id)?.type ?? type);
    });
    this.topics.emit("doc");
  }
}

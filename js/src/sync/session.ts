/**
 * One view's conversation with the kernel.
 *
 *     screen ◀── doc = confirmed + own edits that wait for their echo ──▶ kernel
 *
 * An edit is shown at once and sent; its echo confirms it. Edits of others are applied below the waiting ones. A refused edit, or a
 * revision that is missing, makes the view ask for the whole state again: the kernel is always right.
 */
import { type Doc, EMPTY, fromJSON, type Json } from "../core/document";
import { applyAll, EditRefused, type Op } from "../core/ops";
import type { SpecJSON } from "../core/specs";
import { Media } from "./media";
import type * as wire from "./messages";
import { PROTOCOL } from "./messages";
import { type NodeState, RunStates } from "./run_states";
import { Services } from "./services";
import type { StoredEdits } from "./stored_edits";
import { type Bytes, type Transport, tooLarge } from "./transport";
import { UnconfirmedEdits } from "./unconfirmed";
import { WaitingEdits } from "./waiting_edits";

/** silent: nobody answered for a while; gone: nothing can be sent any more. */
export type Line = "waiting" | "live" | "silent" | "gone";

export interface EditOptions {
  /** Edits with the same key, one soon after the other, are one step of undo. */
  merge?: string;
  /** Wait a moment before sending, so that typing does not become one message a key. */
  hold?: boolean;
}

/** How long a held edit waits for the next one, in ms. */
const HOLD = 90;
/** After this long without an answer the view says so, in ms. */
const SILENCE = 5000;

export class Session extends Services {
  readonly media: Media;
  doc: Doc = EMPTY;
  specs: ReadonlyMap<string, SpecJSON> = new Map();
  problems: readonly wire.ProblemJSON[] = [];
  title = "";
  kernel: wire.KernelJSON | null = null;
  stillPicture = "";
  /** What a view that opens shows first. */
  side: wire.Side = "graph";
  canUndo = false;
  canRedo = false;
  line: Line = "waiting";
  notice: { level: wire.NoteLevel; text: string; at: number } | null = null;
  /** Whether edits have been waiting for the kernel for long. */
  behind = false;

  private confirmed: Doc = EMPTY;
  private rev = -1;
  private seq = 0;
  private readonly waiting = new WaitingEdits();
  private readonly runs = new RunStates(this.topics, () => this.doc);
  private resync: number | null = null;
  private holdTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private behindTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly unconfirmed = new UnconfirmedEdits(() => ({
    before: this.confirmed,
    after: this.doc,
    steps: this.waiting.steps,
  }));
  private readonly stopListening: () => void;

  constructor(
    private readonly transport: Transport,
    view: string,
  ) {
    super(view);
    this.media = new Media(this.topics, (node, frame) => this.send({ kind: "ack", view, node, frame }));
    const stop = [
      transport.listen((message, buffers) => this.receive(message, buffers)),
      transport.onBreak?.(() => this.askAgain()),
    ];
    this.stopListening = () => {
      for (const each of stop) each?.();
    };
    this.askForAll();
  }

  state(node: string): NodeState | undefined {
    return this.runs.of(node);
  }

  /** The document as it was when this run began, if the view saw that. */
  ranWith(run: string): Doc | undefined {
    return this.runs.ranWith(run);
  }

  /** Whether the kernel has told this view of its document. */
  get known(): boolean {
    return this.rev >= 0;
  }

  /** Whether something was done that can be taken back, if only just now. */
  get undoable(): boolean {
    return this.canUndo || this.waiting.any;
  }

  get run(): wire.RunJSON | null {
    return this.runs.run;
  }

  get busy(): boolean {
    return this.run?.state === "running" || this.run?.state === "queued";
  }

  // --- what the user does ---------------------------------------------------------------------------------------------

  /** Shows these edits and sends them as one step. */
  edit(ops: Op[], options: EditOptions = {}): void {
    if (ops.length === 0) return;
    let next: Doc;
    try {
      next = applyAll(this.doc, ops);
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error;
      this.say("warning", error.message);
      return;
    }
    this.queue(ops, options);
    this.show(next);
    if (!options.hold) this.flush();
    else this.holdTimer ??= setTimeout(() => this.flush(), HOLD);
  }

  set(id: string, input: string, value: Json, options: EditOptions = {}): void {
    this.edit([{ op: "set", id, input, value }], options);
  }

  private queue(ops: Op[], { merge }: EditOptions): void {
    if (this.waiting.join(ops, merge)) return;
    this.flush();
    this.waiting.add(++this.seq, ops, merge);
    this.unconfirmed.changed();
  }

  /** Sends what was held back. */
  flush(): void {
    clearTimeout(this.holdTimer);
    this.holdTimer = undefined;
    for (const { seq, ops, merge } of this.waiting.takeUnsent()) {
      this.send({ kind: "edit", view: this.view, seq, base: this.rev, ops, ...(merge === undefined ? {} : { merge }) });
    }
    this.watchForSilence();
  }

  undo(): void {
    this.flush();
    this.send({ kind: "undo", view: this.view, seq: ++this.seq });
  }

  redo(): void {
    this.flush();
    this.send({ kind: "redo", view: this.view, seq: ++this.seq });
  }

  start(outputs?: string[]): void {
    this.flush();
    this.clearNotice();
    this.send({ kind: "run", view: this.view, ...(outputs ? { outputs } : {}) });
  }

  stop(): void {
    this.flush();
    this.send({ kind: "stop", view: this.view });
  }

  close(): void {
    this.flush();
    this.send({ kind: "bye", view: this.view });
    for (const timer of [this.holdTimer, this.silenceTimer, this.behindTimer]) clearTimeout(timer);
    this.stopListening();
    this.unconfirmed.close();
    this.media.close();
    this.closeServices();
  }

  clearNotice(): void {
    if (!this.notice) return;
    this.notice = null;
    this.topics.emit("notice");
  }

  // --- what the kernel says -------------------------------------------------------------------------------------------

  private receive(message: wire.ToBrowser, buffers: Bytes[]): void {
    try {
      this.take(message, buffers);
    } catch (error) {
      console.error("virgil_nb: a message from the kernel was not understood", message, error);
      if (message.kind !== "snapshot") this.askForAll();
    }
  }

  private take(message: wire.ToBrowser, buffers: Bytes[]): void {
    switch (message.kind) {
      case "snapshot":
        this.takeSnapshot(message);
        break;
      case "applied":
        this.takeApplied(message);
        break;
      case "rejected":
        this.takeRejected(message);
        break;
      case "problems":
        this.problems = message.problems;
        this.topics.emit("problems");
        // "It can't run yet" is no longer true once nothing is wrong.
        if (message.problems.length === 0 && this.notice?.level === "error") this.clearNotice();
        break;
      case "specs":
        this.files.forget();
        this.specs = new Map([...this.specs, ...message.specs.map((spec) => [spec.type, spec] as const)]);
        this.topics.emit("specs");
        break;
      case "run": {
        const { kind: _, ...run } = message;
        this.runs.takeRun(run);
        break;
      }
      case "nodes":
        this.runs.takeStates(message.nodes, message.run);
        break;
      case "preview":
        void this.media.takePreview(message, buffers[0]);
        break;
      case "images":
        this.media.takeImages(message, buffers);
        break;
      case "notice":
        this.say(message.level, message.text);
        break;
      default:
        this.takeService(message, buffers);
    }
  }

  private takeSnapshot(message: wire.Snapshot): void {
    const mine = message.view === this.view;
    const forAll = message.view === "*";
    if (!mine && !forAll && this.line === "live" && this.resync === null) return;
    if (message.protocol !== PROTOCOL) {
      this.say("error", "This editor and the kernel are of different versions. Restart the kernel and reload the page.");
    }
    const asked = this.resync ?? this.seq;
    if (mine) this.resync = null;
    if (mine) this.waiting.dropUpTo(asked);
    this.rev = message.rev;
    this.confirmed = fromJSON(message.document);
    this.specs = new Map(message.specs.map((spec) => [spec.type, spec]));
    this.problems = message.problems;
    this.title = message.title;
    this.kernel = message.kernel;
    this.stillPicture = message.static ?? "";
    this.side = message.side ?? "graph";
    this.setUndo(message);
    this.keeping = message.keeping ?? null;
    if (mine) {
      this.logLines.begin(message.log ?? []);
      this.history.reconnect();
    }
    this.show(this.waiting.over(this.confirmed));
    this.runs.begin(message);
    clearTimeout(this.silenceTimer);
    this.line = "live";
    for (const topic of ["specs", "problems", "run", "states", "line", "keeping", "log"]) this.topics.emit(topic);
    if (forAll) this.topics.emit("replaced");
    const left = this.unconfirmed.begin(message.keeping?.id, message.static, this.doc);
    for (const ops of left) this.edit(ops);
    this.unconfirmed.changed();
  }

  /** Edits of an earlier page that no kernel confirmed, and that could be made again here. */
  get leftBehind(): StoredEdits | null {
    return this.unconfirmed.offered;
  }

  /** Makes them again, or forgets them. */
  takeLeftBehind(take: wire.Restore["take"]): void {
    const steps = take === "edits" ? (this.leftBehind?.steps ?? []) : [];
    this.unconfirmed.answered();
    this.edit(steps.flat());
    this.topics.emit("keeping");
  }

  private takeApplied(message: wire.Applied): void {
    const own = message.origin === this.view;
    const echo = own && this.waiting.answered(message.seq, message.ops);
    this.watchForSilence();
    this.unconfirmed.changed();
    if (this.resync !== null || message.rev <= this.rev) return;
    if (message.rev > this.rev + 1) {
      this.askForAll();
      return;
    }
    this.rev = message.rev;
    this.confirmed = applyAll(this.confirmed, message.ops);
    this.setUndo(message);
    if (!echo) this.show(this.waiting.over(this.confirmed));
  }

  private takeRejected(message: wire.Rejected): void {
    if (message.view !== this.view) return;
    this.waiting.answered(message.seq);
    this.unconfirmed.changed();
    this.say("warning", message.message);
    this.askForAll();
  }

  // --- inside ---------------------------------------------------------------------------------------------------------

  private show(doc: Doc): void {
    const before = this.doc.nodes;
    this.doc = doc;
    // An id can come again for a node of another class, when another workflow is opened: its picture is not that node's.
    this.media.keepOnly((id) => {
      const type = doc.nodes.get(id)?.type;
      return type !== undefined && type === (before.get(id)?.type ?? type);
    });
    this.topics.emit("doc");
  }

  private setUndo({ can_undo, can_redo }: { can_undo: boolean; can_redo: boolean }): void {
    this.canUndo = can_undo;
    this.canRedo = can_redo;
    this.topics.emit("undo");
  }

  /** Says something in the toolbar that belongs to no node. */
  say(level: wire.NoteLevel, text: string): void {
    this.notice = { level, text, at: Date.now() };
    this.topics.emit("notice");
  }

  /** The line to the kernel broke, or there is a new one: who is at the other end? */
  private askAgain(): void {
    this.line = "waiting";
    this.topics.emit("line");
    this.askForAll();
  }

  private askForAll(): void {
    this.flush();
    this.resync = this.seq;
    this.send({ kind: "ready", view: this.view, protocol: PROTOCOL });
    clearTimeout(this.silenceTimer);
    if (this.line !== "waiting") return;
    this.silenceTimer = setTimeout(() => {
      this.line = "silent";
      this.topics.emit("line");
    }, SILENCE);
  }

  private watchForSilence(): void {
    clearTimeout(this.behindTimer);
    const was = this.behind;
    this.behind = false;
    if (was) this.topics.emit("line");
    if (!this.waiting.anySent) return;
    this.behindTimer = setTimeout(() => {
      this.behind = true;
      this.topics.emit("line");
    }, SILENCE);
  }

  protected send(message: wire.ToKernel): void {
    const heavy = tooLarge(message);
    if (heavy !== null) {
      if (message.kind === "edit") {
        this.waiting.answered(message.seq);
        this.show(this.waiting.over(this.confirmed));
      }
      this.say("warning", heavy);
      return;
    }
    try {
      this.transport.send(message);
    } catch (error) {
      console.warn("virgil_nb: the kernel can't be reached", error);
      this.line = "gone";
      this.topics.emit("line");
    }
  }
}

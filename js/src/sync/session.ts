/**
 * One view's conversation with the kernel.
 *
 *     screen ◀── doc (editing.ts) ──▶ kernel
 *
 * An edit is shown at once and sent; its echo confirms it. A refused edit, or a revision that is missing, makes the view ask for the
 * whole state again: the kernel is always right.
 */
import type { Doc } from "../core/document";
import type { SpecJSON } from "../core/specs";
import { Editing } from "./editing";
import { Media } from "./media";
import type * as wire from "./messages";
import { PROTOCOL } from "./messages";
import { type NodeState, RunStates } from "./run_states";
import { type Bytes, type Transport, tooLarge } from "./transport";

export class Session extends Editing {
  readonly media: Media;
  specs: ReadonlyMap<string, SpecJSON> = new Map();
  problems: readonly wire.ProblemJSON[] = [];
  title = "";
  kernel: wire.KernelJSON | null = null;
  stillPicture = "";
  /** What a view that opens shows first. */
  side: wire.Side = "graph";
  private readonly runs = new RunStates(this.topics, () => this.doc);
  private resync: number | null = null;
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

  /** Whether that run's node of this id is of the class that the document has there now, as far as is known. */
  private isStill(node: string, run: string): boolean {
    const [ran, now] = [this.ranWith(run), this.doc].map((doc) => doc?.nodes.get(node)?.type);
    return ran === undefined || ran === now;
  }

  get run(): wire.RunJSON | null {
    return this.runs.run;
  }

  get busy(): boolean {
    return this.run?.state === "running" || this.run?.state === "queued";
  }

  // --- what the user does ---------------------------------------------------------------------------------------------

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
    this.stopListening();
    this.closeEditing();
    this.media.close();
    this.closeServices();
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
        if (this.isStill(message.node, message.run)) this.media.takeImages(message, buffers);
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
    const asked = this.resync ?? this.edited.newest;
    if (mine) this.resync = null;
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
    this.edited.begin(message, mine ? asked : null);
    this.runs.begin(message);
    this.wire.heard();
    for (const topic of ["specs", "problems", "run", "states", "keeping", "log"]) this.topics.emit(topic);
    if (forAll) this.topics.emit("replaced");
    for (const ops of this.edited.takeOver(message.keeping?.id, message.static)) this.edit(ops);
    this.edited.settle();
  }

  private takeApplied(message: wire.Applied): void {
    const own = message.origin === this.view;
    const echo = own && this.edited.answered(message.seq, message.ops);
    this.wire.watch(this.edited.owed);
    if (this.resync !== null || message.rev <= this.edited.rev) return;
    if (message.rev > this.edited.rev + 1) {
      this.askForAll();
      return;
    }
    this.setUndo(message);
    this.edited.confirm(message, echo);
  }

  private takeRejected(message: wire.Rejected): void {
    if (message.view !== this.view) return;
    this.edited.answered(message.seq);
    this.say("warning", message.message);
    this.askForAll();
  }

  // --- inside ---------------------------------------------------------------------------------------------------------

  /** The line to the kernel broke, or there is a new one: who is at the other end? */
  private askAgain(): void {
    this.wire.broken();
    this.askForAll();
  }

  private askForAll(): void {
    this.flush();
    this.resync = this.edited.newest;
    this.send({ kind: "ready", view: this.view, protocol: PROTOCOL });
    this.wire.asked();
  }

  protected send(message: wire.ToKernel): void {
    const heavy = tooLarge(message);
    if (heavy !== null) {
      if (message.kind === "edit") this.edited.drop(message.seq);
      this.say("warning", heavy);
      return;
    }
    try {
      this.transport.send(message);
    } catch (error) {
      console.warn("virgil_nb: the kernel can't be reached", error);
      this.wire.lost();
    }
  }
}

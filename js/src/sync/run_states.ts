/** The run that works or worked last, how far its nodes are, and the documents that the last runs had. */
import { type Doc, fromJSON } from "../core/document";
import type { NodeStateJSON, RunJSON, Snapshot } from "./messages";
import type { Topics } from "./topics";

/** How far a node is, and the document that it ran with. */
export interface NodeState extends NodeStateJSON {
  run: string;
  ran: Doc;
  /** When it was first seen running, ms since 1970. */
  since?: number;
}

/** How many runs' documents are kept. */
const KEPT_RUNS = 8;

/** Tells of changes under "run", "states" and "state:NODE". */
export class RunStates {
  run: RunJSON | null = null;
  private readonly states = new Map<string, NodeState>();
  private readonly docs = new Map<string, Doc>();

  /** docNow: what a run that begins now has. */
  constructor(
    private readonly topics: Topics,
    private readonly docNow: () => Doc,
  ) {}

  of(node: string): NodeState | undefined {
    return this.states.get(node);
  }

  /** The document as it was when this run began, if the view saw that. */
  ranWith(run: string): Doc | undefined {
    return this.docs.get(run);
  }

  /** Puts what a snapshot says in place of all that was known. */
  begin({ run, ran, nodes }: Snapshot): void {
    this.run = run;
    if (run && ran) this.docs.set(run.id, fromJSON(ran));
    this.states.clear();
    this.takeStates(nodes, run?.id ?? "");
  }

  takeRun(run: RunJSON): void {
    if (run.id !== this.run?.id) this.beginRun(run.id);
    this.run = run;
    this.topics.emit("run");
  }

  takeStates(nodes: { [id: string]: NodeStateJSON }, run: string): void {
    const ran = this.docs.get(run) ?? this.docNow();
    this.docs.set(run, ran);
    for (const [node, state] of Object.entries(nodes)) {
      if (state.state === "idle") this.states.delete(node);
      else this.states.set(node, { ...state, run, ran, since: this.since(node, state, run) });
      this.topics.emit(`state:${node}`);
    }
    this.topics.emit("states");
  }

  private since(node: string, { state }: NodeStateJSON, run: string): number | undefined {
    if (state !== "running") return undefined;
    const before = this.states.get(node);
    return before?.run === run && before.since !== undefined ? before.since : Date.now();
  }

  private beginRun(id: string): void {
    this.docs.set(id, this.docNow());
    for (const run of [...this.docs.keys()].slice(0, -KEPT_RUNS)) this.docs.delete(run);
    for (const [node, state] of [...this.states]) {
      if (state.run === id || state.state === "done" || state.state === "cached") continue;
      this.states.delete(node);
      this.topics.emit(`state:${node}`);
    }
    this.topics.emit("states");
  }
}

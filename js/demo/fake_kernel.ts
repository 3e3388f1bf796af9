/** A kernel that lives in the page: it keeps the document, undoes, checks, and plays runs that stream previews. */
import { type Doc, fromJSON, literalOf, toJSON } from "../src/core/document";
import { apply, EditRefused, inverse, type Op } from "../src/core/ops";
import { shownValue } from "../src/core/specs";
import type {
  DocumentJSON,
  KeepingJSON,
  NodeStateJSON,
  ProblemJSON,
  RunJSON,
  SpecJSON,
  ToBrowser,
  ToKernel,
} from "../src/sync/messages";
import type { Bytes, Model } from "../src/sync/transport";
import { FakeServices } from "./fake_services";
import { paint } from "./picture";

type Handler = (content: unknown, buffers?: Bytes[]) => void;

export interface Scene {
  document: DocumentJSON;
  nodes?: { [id: string]: NodeStateJSON };
  run?: RunJSON | null;
  pictures?: { [id: string]: number };
  previews?: { [id: string]: number };
  /** Stops with this error at the first node of this class. */
  fails?: { type: string; error: NonNullable<NodeStateJSON["error"]> };
  /** How many pictures each result has. */
  batch?: number;
  pace?: number;
  keeping?: KeepingJSON;
  /** Runs of an earlier day. */
  past?: number;
}

const KEPT: KeepingJSON = { state: "kept", text: "Edits are kept in .virgil/lake.json" };

export class FakeKernel implements Model {
  private readonly handlers = new Set<Handler>();
  doc: Doc;
  private rev = 1;
  private done: Op[] = [];
  private undone: Op[] = [];
  private states: { [id: string]: NodeStateJSON };
  private run: RunJSON | null;
  private stopped = false;
  private cached = new Map<string, string>();
  private acks = new Map<string, number>();
  private readonly services: FakeServices;
  private waiting = 0;
  delay = 6;

  constructor(
    readonly specs: SpecJSON[],
    private readonly scene: Scene,
  ) {
    this.doc = fromJSON(scene.document);
    this.states = scene.nodes ?? {};
    this.run = scene.run ?? null;
    this.services = new FakeServices(this, scene.keeping ?? KEPT);
    this.services.invent(scene.past ?? 0);
  }

  on(_: string, handler: Handler): void {
    this.handlers.add(handler);
  }

  off(_: string, handler: Handler): void {
    this.handlers.delete(handler);
  }

  send(content: unknown): void {
    setTimeout(() => this.take(structuredClone(content) as ToKernel), this.delay);
  }

  get document(): DocumentJSON {
    return toJSON(this.doc);
  }

  /** An edit made by code in a cell. */
  editFromPython(ops: Op[]): void {
    this.change(ops, null, null);
  }

  tell(message: ToBrowser, buffers: ArrayBuffer[] = []): void {
    const views = buffers.map((buffer) => new DataView(buffer));
    for (const handler of [...this.handlers]) handler(message, views);
  }

  private take(message: ToKernel): void {
    switch (message.kind) {
      case "ready":
        this.snapshot(message.view);
        break;
      case "edit":
        this.change(message.ops, message.view, message.seq);
        break;
      case "undo":
        this.step(this.done, this.undone, message.view, message.seq);
        break;
      case "redo":
        this.step(this.undone, this.done, message.view, message.seq);
        break;
      case "run":
        if (this.run?.state === "running") this.queueAnother();
        else void this.play();
        break;
      case "stop":
        this.stopped = true;
        this.waiting = 0;
        break;
      case "ack":
        this.acks.set(message.node, message.frame);
        break;
      default:
        this.services.take(message);
    }
  }

  private snapshot(view: string): void {
    this.tell({
      kind: "snapshot",
      view,
      protocol: 1,
      rev: this.rev,
      document: toJSON(this.doc),
      specs: this.specs,
      can_undo: this.done.length > 0,
      can_redo: this.undone.length > 0,
      problems: this.check(),
      run: this.run,
      nodes: this.states,
      title: "Untitled",
      static: "",
      kernel: { python: "none", version: "demo" },
      keeping: this.services.keeping,
      log: this.services.log,
    });
    for (const [node, seed] of Object.entries(this.scene.pictures ?? {})) void this.showPicture(node, seed);
    for (const [node, done] of Object.entries(this.scene.previews ?? {})) void this.showPreview(node, done, 0);
  }

  private async showPicture(node: string, seed: number): Promise<void> {
    const seeds = Array.from({ length: this.scene.batch ?? 1 }, (_, i) => seed + i);
    const buffers = await Promise.all(seeds.map((each) => paint(1, each, "webp", 768)));
    const images = seeds.map((each) => ({ width: 768, height: 768, format: "webp" as const, filename: `lake_0004${each}.png` }));
    this.tell({ kind: "images", run: this.run?.id ?? "r0", node, images }, buffers);
  }

  private async showPreview(node: string, step: number, seed: number): Promise<void> {
    const bytes = await paint(step / 20, seed, "jpeg");
    this.tell(
      { kind: "preview", run: this.run?.id ?? "r0", node, frame: step, step, total: 20, width: 256, height: 256, format: "jpeg" },
      [bytes],
    );
  }

  /** Another document in place of this one, as one step. */
  open(doc: Doc): void {
    this.done.push({ op: "document", document: toJSON(this.doc) });
    this.undone = [];
    this.doc = doc;
    this.rev++;
    this.snapshot("*");
  }

  change(ops: Op[], origin: string | null = null, seq: number | null = null): void {
    const op: Op = ops.length === 1 ? (ops[0] as Op) : { op: "batch", ops };
    try {
      const back = inverse(this.doc, op);
      this.doc = apply(this.doc, op);
      this.done.push(back);
      this.undone = [];
      this.applied(ops, origin, seq);
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error;
      this.tell({ kind: "rejected", view: origin ?? "", seq, message: error.message, rev: this.rev });
    }
  }

  private step(from: Op[], to: Op[], view: string, seq: number): void {
    const op = from.pop();
    if (!op) return;
    to.push(inverse(this.doc, op));
    this.doc = apply(this.doc, op);
    this.applied(op.op === "batch" ? op.ops : [op], view, seq);
  }

  private applied(ops: Op[], origin: string | null, seq: number | null): void {
    const can = { can_undo: this.done.length > 0, can_redo: this.undone.length > 0 };
    this.tell({ kind: "applied", rev: ++this.rev, ops, origin, seq, ...can });
    this.tell({ kind: "problems", rev: this.rev, problems: this.check() });
  }

  private check(): ProblemJSON[] {
    const problems: ProblemJSON[] = [];
    for (const node of this.doc.nodes.values()) {
      const spec = this.specs.find(({ type }) => type === node.type);
      if (!spec || (node.mode ?? "on") !== "on") continue;
      for (const input of spec.inputs) {
        const say = (kind: string, message: string) => problems.push({ node: node.id, input: input.name, kind, message });
        if (Object.hasOwn(node.links, input.name)) continue;
        const value = shownValue(input, node);
        if (!input.widget && input.required)
          say("required_input_missing", `${spec.display_name} needs ${input.type} at ${input.name}. Plug something in.`);
        if (typeof value === "number" && input.min != null && value < input.min)
          say("value_smaller_than_min", `${spec.display_name}.${input.name} is ${value}; it must be ${input.min} or more.`);
        if (typeof value === "number" && input.max != null && value > input.max)
          say("value_bigger_than_max", `${spec.display_name}.${input.name} is ${value}; it must be ${input.max} or less.`);
        if (input.choices?.length && !input.choices.includes(value as string))
          say(
            "value_not_in_list",
            `${value} is not among the ${input.choices.length} choices of ${spec.display_name}.${input.name}.`,
          );
      }
    }
    return problems;
  }

  private queueAnother(): void {
    this.waiting++;
    if (this.run) this.setRun({ ...this.run, queued: this.waiting });
  }

  // --- a run ----------------------------------------------------------------------------------------------------------

  private async play(): Promise<void> {
    const problems = this.check();
    const id = `r${Math.random().toString(36).slice(2, 8)}`;
    if (problems.length > 0) {
      this.run = { id, state: "failed", message: problems[0]?.message };
      return this.tell({ kind: "run", ...this.run });
    }
    this.stopped = false;
    const order = this.order();
    const began = performance.now();
    const ran = this.doc;
    this.states = {};
    this.setRun({ id, state: "running", total: order.length, finished: 0, queued: this.waiting });
    this.setStates(id, Object.fromEntries(order.map((node) => [node, { state: "queued" as const }])));
    let finished = 0;
    for (const node of order) {
      const outcome = await this.work(id, node);
      if (outcome !== "done") {
        const rest = order.slice(order.indexOf(node) + 1);
        this.setStates(
          id,
          Object.fromEntries(
            rest.map((other) => [other, { state: outcome === "error" ? ("waiting" as const) : ("stopped" as const) }]),
          ),
        );
        const state = outcome === "error" ? ("failed" as const) : ("cancelled" as const);
        return this.endRun({ id, state, seconds: (performance.now() - began) / 1000 }, ran);
      }
      this.setRun({ ...this.run, id, state: "running", total: order.length, finished: ++finished });
    }
    this.endRun({ id, state: "done", total: order.length, finished, seconds: (performance.now() - began) / 1000 }, ran);
    if (this.waiting > 0) {
      this.waiting--;
      void this.play();
    }
  }

  private endRun(run: RunJSON, ran: Doc): void {
    this.setRun(run);
    const seeds = [...ran.nodes.keys()].map((id) => this.seedAbove(id)).filter((seed) => seed >= 0);
    this.services.keepRun(run, ran, seeds[0] ?? 0, this.states);
  }

  private order(): string[] {
    const order: string[] = [];
    const seen = new Set<string>();
    const visit = (id: string) => {
      if (seen.has(id)) return;
      seen.add(id);
      for (const [source] of Object.values(this.doc.nodes.get(id)?.links ?? {})) visit(source);
      order.push(id);
    };
    for (const node of this.doc.nodes.values()) if (node.mode !== "muted") visit(node.id);
    return order;
  }

  private key(id: string): string {
    const node = this.doc.nodes.get(id);
    return node
      ? JSON.stringify([
          node.type,
          node.values,
          Object.entries(node.links).map(([input, [source, slot]]) => [input, slot, this.key(source)]),
        ])
      : "";
  }

  private async work(run: string, id: string): Promise<"done" | "error" | "stopped"> {
    const node = this.doc.nodes.get(id);
    const pace = this.scene.pace ?? 1;
    if (!node) return "done";
    const spec = this.specs.find(({ type }) => type === node.type);
    const key = this.key(id);
    if (this.cached.get(id) === key) {
      this.setStates(run, { [id]: { state: "cached" } });
      return "done";
    }
    const began = performance.now();
    this.setStates(run, { [id]: { state: "running" } });
    const { fails } = this.scene;
    if (fails?.type === node.type) {
      await sleep(300 * pace);
      this.setStates(run, { [id]: { state: "error", error: fails.error } });
      return "error";
    }
    const steps = literalOf(node, "steps");
    const seed = Number(literalOf(node, "seed") ?? literalOf(node, "noise_seed") ?? 1) % 10;
    if (typeof steps === "number") {
      for (let step = 1; step <= steps; step++) {
        if (this.stopped) {
          this.setStates(run, { [id]: { state: "stopped" } });
          return "stopped";
        }
        await sleep(130 * pace);
        this.setStates(run, { [id]: { state: "running", value: step, max: steps } });
        const remaining = ((steps - step) * 130 * pace) / 1000 + 0.4;
        if (this.run && step > 1) this.setRun({ ...this.run, remaining });
        if (step % 5 === 0)
          this.services.print(run, id, `step ${step} of ${steps}, sigma ${(14.6 * (1 - step / steps)).toFixed(2)}`);
        const bytes = await paint(step / steps, seed, "jpeg");
        this.tell({ kind: "preview", run, node: id, frame: step, step, total: steps, width: 256, height: 256, format: "jpeg" }, [
          bytes,
        ]);
      }
    } else {
      await sleep((spec?.output_node ? 80 : 220) * pace);
    }
    if (spec?.output_node) {
      const bytes = await paint(1, this.seedAbove(id), "webp", 768);
      this.tell(
        { kind: "images", run, node: id, images: [{ width: 768, height: 768, format: "webp", filename: "virgil_00001.png" }] },
        [bytes],
      );
    }
    this.cached.set(id, key);
    const unknown = String(literalOf(node, "text") ?? "").includes("dusk");
    const notes = unknown
      ? [{ level: "warning" as const, text: "The model does not know “dusk”. Nearest that it knows: “dark”." }]
      : undefined;
    for (const note of notes ?? []) this.services.print(run, id, note.text, note.level);
    this.setStates(run, { [id]: { state: "done", seconds: (performance.now() - began) / 1000, ...(notes ? { notes } : {}) } });
    return "done";
  }

  private seedAbove(id: string): number {
    const node = this.doc.nodes.get(id);
    const seed = node && literalOf(node, "seed");
    if (typeof seed === "number") return seed % 10;
    for (const [source] of Object.values(node?.links ?? {})) {
      const found = this.seedAbove(source);
      if (found >= 0) return found;
    }
    return -1;
  }

  private setRun(run: RunJSON): void {
    this.run = run;
    this.tell({ kind: "run", ...run });
  }

  private setStates(run: string, nodes: { [id: string]: NodeStateJSON }): void {
    this.states = { ...this.states, ...nodes };
    this.tell({ kind: "nodes", run, nodes });
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the fake kernel answers beside edits and runs: uploads, earlier runs, texts, files opened, kept edits. */
import { type Doc, fromJSON, type NodeJSON, sameJson, toJSON } from "../src/core/document";
import { apply, type Op } from "../src/core/ops";
import type {
  HistoryItemJSON,
  KeepingJSON,
  LogLineJSON,
  NodeStateJSON,
  RunJSON,
  SpecJSON,
  ToBrowser,
  ToKernel,
} from "../src/sync/messages";
import { paint } from "./picture";

interface Kernel {
  readonly doc: Doc;
  readonly specs: SpecJSON[];
  tell(message: ToBrowser, buffers?: ArrayBuffer[]): void;
  change(ops: Op[]): void;
  open(doc: Doc): void;
}

interface Past {
  item: HistoryItemJSON;
  doc: Doc;
  seed: number;
}

export class FakeServices {
  readonly log: LogLineJSON[] = [];
  private readonly past: Past[] = [];
  private readonly uploads = new Map<string, { received: number; text: string }>();

  constructor(
    private readonly kernel: Kernel,
    public keeping: KeepingJSON,
  ) {}

  take(message: ToKernel): void {
    switch (message.kind) {
      case "upload":
        this.upload(message);
        break;
      case "open":
        this.open(message.text ?? this.uploads.get(message.upload ?? "")?.text ?? "");
        break;
      case "ask_text":
        this.answerText(message);
        break;
      case "ask_history":
        void this.answerHistory(message.view, message.before);
        break;
      case "use_run":
        this.recall(message.run, message.take);
        break;
      case "restore":
        if (message.take === "edits") this.kernel.change([{ op: "rename", name: "With the kept edits" }]);
        this.keeping = { state: "kept", text: "Edits are kept in .virgil/lake.json" };
        this.kernel.tell({ kind: "keeping", ...this.keeping });
        break;
    }
  }

  private upload({ view, upload, name, size, offset, data }: Extract<ToKernel, { kind: "upload" }>): void {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    const received = offset + bytes.length;
    const text = (this.uploads.get(upload)?.text ?? "") + new TextDecoder().decode(bytes);
    this.uploads.set(upload, { received, text });
    const answer = { kind: "uploaded" as const, view, upload, received };
    if (received < size) {
      this.kernel.tell(answer);
      return;
    }
    if (name.includes("broken")) {
      this.kernel.tell({ ...answer, error: `${name} is no picture that can be read.` });
      return;
    }
    const loader = this.kernel.specs.find(({ type }) => type === "LoadImage");
    const choices = loader?.inputs[0]?.choices as string[] | undefined;
    if (loader && choices && !choices.includes(name)) {
      choices.push(name);
      this.kernel.tell({ kind: "specs", specs: [structuredClone(loader)] });
    }
    this.kernel.tell({ ...answer, name });
  }

  private open(text: string): void {
    try {
      this.kernel.open(fromJSON(JSON.parse(text)));
    } catch {
      this.kernel.tell({ kind: "notice", level: "error", text: "This is no workflow that can be opened." });
    }
  }

  private answerText({ view, format, nodes }: Extract<ToKernel, { kind: "ask_text" }>): void {
    const json = toJSON(this.kernel.doc);
    const chosen = nodes ? json.nodes.filter(({ id }) => nodes.includes(id)) : json.nodes;
    if (format === "wb" || format === "wf") {
      this.kernel.tell({ kind: "text", view, format, filename: "", text: format });
      return;
    }
    const text = format === "python" ? python(chosen) : JSON.stringify({ ...json, nodes: chosen }, null, 1);
    const filename = `${json.name || "workflow"}${{ python: ".py", virgil_nb: ".json", "comfyui-ui": ".comfyui.json", "comfyui-api": ".api.json" }[format]}`;
    this.kernel.tell({ kind: "text", view, format, filename, text });
  }

  /** Adds what a run left to the list, and says so to every view. */
  keepRun(run: RunJSON, doc: Doc, seed: number, states: { [id: string]: NodeStateJSON }): void {
    const before = this.past[0];
    const item: HistoryItemJSON = {
      run: run.id,
      when: new Date().toISOString(),
      state: run.state,
      seconds: run.seconds ?? 0,
      title: doc.name,
      changed: before ? differences(before.doc, doc) : [],
      pictures: Object.values(states).some(({ state }) => state === "error") || run.state !== "done" ? 0 : 1,
    };
    this.past.unshift({ item, doc, seed });
    void this.sendHistory("*", this.past.slice(0, 1), this.past.length > 1);
  }

  /** Runs of another day, so that there is something to look at. */
  invent(count: number): void {
    for (let i = 0; i < count; i++) {
      const when = new Date(Date.now() - (count - i) * 3_400_000).toISOString();
      const base = { run: `old${i}`, when, seconds: 5.2 + (i % 4) * 0.4, title: "Lake at dusk" };
      const failed = i === count - 4;
      const changed = i === 0 ? [] : i % 3 === 0 ? ["cfg 8.0 → 6.5", "text “… at dawn” → “… at dusk”"] : [`seed ${i} → ${i + 1}`];
      const item: HistoryItemJSON = { ...base, state: failed ? "failed" : "done", changed, pictures: failed ? 0 : 1 };
      const { doc } = this.kernel;
      const then = doc.nodes.has("5") && i < count - 1 ? apply(doc, { op: "set", id: "5", input: "seed", value: i }) : doc;
      this.past.unshift({ item, doc: then, seed: count - i - 1 });
    }
  }

  private async answerHistory(view: string, before: string | undefined): Promise<void> {
    const from = before === undefined ? 0 : this.past.findIndex(({ item }) => item.run === before) + 1;
    await this.sendHistory(view, this.past.slice(from, from + 12), this.past.length > from + 12);
  }

  private async sendHistory(view: string, past: Past[], more: boolean): Promise<void> {
    const shown = past.filter(({ item }) => item.pictures > 0);
    const buffers = await Promise.all(shown.map(({ seed }) => paint(1, seed, "webp", 160)));
    const items = past.map(({ item, doc }) => ({
      ...item,
      current: sameJson(toJSON(doc).nodes as never, toJSON(this.kernel.doc).nodes as never),
    }));
    this.kernel.tell({ kind: "history", view, items, more }, buffers);
  }

  private recall(run: string, take: "values" | "workflow"): void {
    const past = this.past.find(({ item }) => item.run === run);
    if (!past) return;
    if (take === "workflow") {
      this.kernel.open(past.doc);
      return;
    }
    const ops: Op[] = [];
    for (const node of this.kernel.doc.nodes.values())
      for (const [input, value] of Object.entries(past.doc.nodes.get(node.id)?.values ?? {}))
        if (!sameJson(value, node.values[input])) ops.push({ op: "set", id: node.id, input, value });
    if (ops.length > 0) this.kernel.change(ops);
  }

  print(run: string, node: string, text: string, level: LogLineJSON["level"] = "print"): void {
    const line: LogLineJSON = { run, node, level, text };
    this.log.push(line);
    this.kernel.tell({ kind: "log", lines: [line] });
  }
}

function differences(before: Doc, after: Doc): string[] {
  const said: string[] = [];
  for (const node of after.nodes.values())
    for (const [input, value] of Object.entries(node.values)) {
      const old = before.nodes.get(node.id)?.values[input];
      if (old !== undefined && !sameJson(old, value)) said.push(`${input} ${String(old)} → ${String(value)}`);
    }
  return said;
}

function python(nodes: NodeJSON[]): string {
  const lines = nodes.map((node) => {
    const values = Object.entries(node.values).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const links = Object.entries(node.links).map(([key, [source, slot]]) => `${key}=n${source}[${slot}]`);
    return `n${node.id} = wf.add("${node.type}", ${[...links, ...values].join(", ")})`;
  });
  return ["import virgil_nb as vnb", "", "wf = vnb.Workflow()", ...lines, "", "vnb.Workbench(wf)", ""].join("\n");
}

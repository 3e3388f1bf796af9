/** Texts of the workflow that were asked of the kernel. */
import type { AskText, Text } from "./messages";

export type TextFormat = AskText["format"];
/** These nodes of the workflow, or all of it as it was in a run. */
export type TextOf = Pick<AskText, "nodes" | "run">;

/** After this long without an answer, in ms. A kernel that runs another cell answers late. */
const PATIENCE = 30_000;

interface Asked {
  resolve(text: Text): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout>;
}

export class Texts {
  private readonly asked = new Map<TextFormat, Asked[]>();

  constructor(private readonly send: (format: TextFormat, of: TextOf) => void) {}

  ask(format: TextFormat, of: TextOf = {}): Promise<Text> {
    return new Promise((resolve, reject) => {
      const list = this.asked.get(format) ?? [];
      this.asked.set(format, list);
      const timer = setTimeout(() => {
        list.splice(list.indexOf(asked), 1);
        reject(new Error("The kernel did not answer. It may be busy with another cell."));
      }, PATIENCE);
      const asked: Asked = { resolve, reject, timer };
      list.push(asked);
      this.send(format, of);
    });
  }

  /** Answers come in the order in which they were asked for. */
  take(message: Text): void {
    const asked = this.asked.get(message.format)?.shift();
    if (!asked) return;
    clearTimeout(asked.timer);
    if (message.error === undefined) asked.resolve(message);
    else asked.reject(new Error(message.error));
  }

  close(): void {
    for (const list of this.asked.values()) for (const { timer } of list) clearTimeout(timer);
    this.asked.clear();
  }
}

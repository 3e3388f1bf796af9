/** Whether the kernel is heard, and whether it owes this view an answer for long. */

/** silent: nobody answered for a while; gone: nothing can be sent any more. */
export type LineState = "waiting" | "live" | "silent" | "gone";

/** After this long without an answer the view says so, in ms. */
const SILENCE = 5000;

export class Line {
  state: LineState = "waiting";
  /** Whether edits have been waiting for the kernel for long. */
  behind = false;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private owing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly changed: () => void) {}

  /** The kernel is asked for everything. */
  asked(): void {
    clearTimeout(this.silence);
    if (this.state === "waiting") this.silence = setTimeout(() => this.become("silent"), SILENCE);
  }

  /** The kernel told everything. */
  heard(): void {
    clearTimeout(this.silence);
    this.become("live");
  }

  /** The line broke, or there is a new one: who is at the other end? */
  broken(): void {
    this.become("waiting");
  }

  lost(): void {
    this.become("gone");
  }

  /** Counts anew how long the kernel owes the answer to an edit, if it does. */
  watch(owes: boolean): void {
    clearTimeout(this.owing);
    const was = this.behind;
    this.behind = false;
    if (was) this.changed();
    if (!owes) return;
    this.owing = setTimeout(() => {
      this.behind = true;
      this.changed();
    }, SILENCE);
  }

  close(): void {
    clearTimeout(this.silence);
    clearTimeout(this.owing);
  }

  private become(state: LineState): void {
    this.state = state;
    this.changed();
  }
}

/**
 * What one view keeps for itself: selection, where unplaced nodes stand, what is open, what is being dragged.
 *
 * Nothing here is part of the document, and nothing of the document is here.
 */
import type { Opening } from "../core/compatibility";
import type { Places, Size } from "../core/placement";
import { Topics } from "../sync/topics";

/** The socket from which a link is being made. */
export interface Connecting {
  node: string;
  handle: string;
  side: "source" | "target";
  type: string;
  /** The link that was pulled out of its socket, while it is in the air. */
  unplugged: { node: string; input: string } | null;
}

export interface Spot {
  x: number;
  y: number;
}

/** A search for a node to add. `flow`: where it goes; `screen`: where the list opens, inside the editor. */
export interface PaletteRequest {
  flow: Spot;
  screen: Spot;
  /** Whether the person pointed at a place, or pressed a button. */
  pointed: boolean;
  opening: (Opening & { from: Connecting }) | null;
}

export interface Hint {
  text: string;
  at: Spot;
  tone: "refused" | "said";
}

export class View {
  readonly topics = new Topics();
  selection: ReadonlySet<string> = new Set();
  selectedLinks: ReadonlySet<string> = new Set();
  dragged: ReadonlyMap<string, [number, number]> = new Map();
  resized: { id: string; width: number } | null = null;
  measured = new Map<string, Size>();
  places: Places = {};
  connecting: Connecting | null = null;
  /** Set just before a link is pulled out, taken over by `connecting`. */
  unplugging: Connecting["unplugged"] = null;
  palette: PaletteRequest | null = null;
  hint: Hint | null = null;
  focused = false;
  /** What is open beside the graph or the panel. */
  drawer: "history" | "log" | "code" | null = null;
  /** Which of the two views of the workflow is shown. */
  mode: "graph" | "panel" = "graph";
  /** A large graph seen from far away: nodes are drawn as boxes. */
  far = false;
  unfolded: ReadonlySet<string> = new Set();
  /** Cards that were closed (errors) and cards that were opened (problems), by node. */
  closedCards: ReadonlySet<string> = new Set();
  openCards: ReadonlySet<string> = new Set();
  private hintTimer: ReturnType<typeof setTimeout> | undefined;

  select(nodes: Iterable<string>, links: Iterable<string> = []): void {
    const next = new Set(nodes);
    const nextLinks = new Set(links);
    if (sameSet(next, this.selection) && sameSet(nextLinks, this.selectedLinks)) return;
    this.selection = next;
    this.selectedLinks = nextLinks;
    this.topics.emit("selection");
  }

  update<
    K extends
      | "dragged"
      | "resized"
      | "connecting"
      | "palette"
      | "focused"
      | "far"
      | "unfolded"
      | "closedCards"
      | "openCards"
      | "drawer"
      | "mode",
  >(key: K, value: this[K]): void {
    if (this[key] === value) return;
    this[key] = value;
    this.topics.emit(key);
  }

  toggle(key: "unfolded" | "closedCards" | "openCards", id: string, on: boolean): void {
    const next = new Set(this[key]);
    if (on) next.add(id);
    else next.delete(id);
    this[key] = next;
    this.topics.emit(key);
  }

  setMeasured(sizes: Map<string, Size>): void {
    this.measured = sizes;
    this.topics.emit("measured");
  }

  say(text: string, at: Spot, tone: Hint["tone"] = "refused"): void {
    this.setHint({ text, at, tone });
    this.hintTimer = setTimeout(() => this.setHint(null), 2600);
  }

  setHint(hint: Hint | null): void {
    clearTimeout(this.hintTimer);
    if (hint === this.hint) return;
    this.hint = hint;
    this.topics.emit("hint");
  }

  close(): void {
    clearTimeout(this.hintTimer);
  }
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}

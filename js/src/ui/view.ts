/**
 * What one view keeps for itself: selection, where unplaced nodes stand, what is open, what is being dragged.
 *
 * Nothing here is part of the document, and nothing of the document is here.
 */
import type { Opening, Plug } from "../core/compatibility";
import type { Places, Size } from "../core/placement";
import type { FrameJSON } from "../sync/messages";
import { Topics } from "../sync/topics";
import type { MenuRequest } from "./menu_entries";

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
  /** Whether nodes that can't be joined to the link are listed too. */
  all?: boolean;
  /** The link that the new node goes into. */
  into?: Plug;
}

export interface Hint {
  text: string;
  at: Spot;
  tone: "refused" | "said";
}

/** What a view keeps and others may listen to, each under its own name. */
type Watched =
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
  | "fileOver"
  | "mode"
  | "menu"
  | "sheet"
  | "renaming"
  | "large"
  | "dropLink"
  | "stroke"
  | "framed";

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
  menu: MenuRequest | null = null;
  /** What lies over the graph at its right: the search in the graph, the sheet of keys, the help of a node. */
  sheet: { kind: "find" } | { kind: "keys" } | { kind: "help"; type: string } | null = null;
  /** The node ("node:ID") or frame ("frame:ID") whose title is being typed. */
  renaming: string | null = null;
  /** The text field that is open large. */
  large: { node: string; input: string } | null = null;
  /** The link, by its key, that the node being dragged would be put into. */
  dropLink: string | null = null;
  /** The stroke that cuts links, while it is drawn; places on the canvas. */
  stroke: readonly Spot[] = [];
  /** Boxes of frames that are being dragged or resized. */
  framed: ReadonlyMap<string, FrameJSON["box"]> = new Map();
  selectedFrames: ReadonlySet<string> = new Set();
  hint: Hint | null = null;
  focused = false;
  /** Whether a file is held over the editor. */
  fileOver = false;
  /** What is open beside the graph or the panel. */
  drawer: "history" | "log" | "code" | null = null;
  /** Which of the two views of the workflow is shown. */
  mode: "graph" | "panel" = "graph";
  /** A large graph seen from far away: nodes are drawn as boxes. */
  far = false;
  unfolded: ReadonlySet<string> = new Set();
  /** Which of its pictures a node shows, by node, where it is not the first. */
  readonly pictureAt = new Map<string, number>();
  /** Cards that were closed (errors) and cards that were opened (problems), by node. */
  closedCards: ReadonlySet<string> = new Set();
  openCards: ReadonlySet<string> = new Set();
  private hintTimer: ReturnType<typeof setTimeout> | undefined;

  select(nodes: Iterable<string>, links: Iterable<string> = [], frames: Iterable<string> = []): void {
    const next = new Set(nodes);
    const nextLinks = new Set(links);
    const nextFrames = new Set(frames);
    if (sameSet(next, this.selection) && sameSet(nextLinks, this.selectedLinks) && sameSet(nextFrames, this.selectedFrames))
      return;
    this.selection = next;
    this.selectedLinks = nextLinks;
    this.selectedFrames = nextFrames;
    this.topics.emit("selection");
  }

  update<K extends Watched>(key: K, value: this[K]): void {
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

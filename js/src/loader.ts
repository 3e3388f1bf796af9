/**
 * What a notebook stores of the editor: a few lines that ask the kernel for the rest, once for a page.
 *
 *     render ──▶ this page's editors ──▶ there: draw with it
 *                                   └──▶ not there: ask_editor ──▶ the kernel ──▶ editor (module, style sheet) ──▶ draw with it
 *
 * anywidget's `_esm` is saved with every widget of a notebook; the editor itself would make each file half a megabyte larger.
 * The kernel puts the editor's digest in place of `__VNB_EDITOR__`.
 */

import { hearing } from "./hearing";
import { canRunCell, runCell } from "./host";
import type { Bytes, Model } from "./sync/transport";

interface Drawing {
  model: Model;
  el: HTMLElement;
}
interface Editor {
  render(drawing: Drawing): () => void;
}
interface Answer {
  kind?: string;
  digest?: string;
}

const DIGEST = "__VNB_EDITOR__";
const STYLE = "virgil-nb-style";
/** As high as the editor opens, so that the page does not jump, in px; and for how long that is kept free, in ms. */
const HEIGHT = 560;
const PATIENCE = 2500;
const ASK_AGAIN = 10_000;

/** The editors of this page by digest, shared by all copies of this module. */
const EDITORS = Symbol.for("virgil_nb.editors");
const page = globalThis as { [EDITORS]?: Map<string, Promise<Editor>> };
page[EDITORS] ??= new Map();
const editors = page[EDITORS];

export default {
  render({ model, el }: Drawing): () => void {
    let closed = false;
    let close = (): void => {};
    const place = waiting(el);
    const show = (editor: Editor) => {
      place.remove();
      if (closed) return;
      dress(el);
      close = editor.render({ model, el });
    };
    let giveUp = (): void => {};
    void hearing(model).then(() => {
      if (closed) return;
      const asked = editorFor(model);
      giveUp = asked.giveUp;
      asked.found.then(show, (problem: unknown) => place.say(`The editor could not be loaded: ${problem}`));
    });
    return () => {
      closed = true;
      giveUp();
      place.remove();
      close();
    };
  },
};

/** The page's editor, or the one that the kernel sends. `giveUp`: nobody waits for it any more. */
function editorFor(model: Model): { found: Promise<Editor>; giveUp: () => void } {
  const there = editors.get(DIGEST);
  if (there) return { found: there, giveUp: () => {} };
  let giveUp = (): void => {};
  const found = new Promise<Editor>((resolve, reject) => {
    const take = (content: unknown, buffers?: Bytes[]) => {
      const answer = content as Answer | null;
      if (answer?.kind !== "editor" || answer.digest !== DIGEST || !buffers || buffers.length < 2) return;
      giveUp();
      const [code, style] = buffers as [Bytes, Bytes];
      const loaded = editors.get(DIGEST) ?? load(code, style);
      editors.set(DIGEST, loaded);
      loaded.then(resolve, (problem: unknown) => {
        editors.delete(DIGEST);
        reject(problem);
      });
    };
    const view = Math.random().toString(36).slice(2, 14);
    const ask = () => model.send({ kind: "ask_editor", view });
    const again = setInterval(ask, ASK_AGAIN);
    giveUp = () => {
      clearInterval(again);
      model.off("msg:custom", take);
    };
    model.on("msg:custom", take);
    ask();
  });
  return { found, giveUp: () => giveUp() };
}

async function load(code: Bytes, style: Bytes): Promise<Editor> {
  const decoder = new TextDecoder();
  let sheet = document.getElementById(STYLE);
  if (!sheet) {
    sheet = Object.assign(document.createElement("style"), { id: STYLE });
    document.head.append(sheet);
  }
  sheet.textContent = decoder.decode(style);
  const url = URL.createObjectURL(new Blob([decoder.decode(code)], { type: "text/javascript" }));
  try {
    return ((await import(url)) as { default: Editor }).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A style sheet reaches no further than its own tree: a view within a shadow tree (marimo's) needs a copy there. */
function dress(el: HTMLElement): void {
  const tree = el.getRootNode();
  const sheet = document.getElementById(STYLE);
  if (!(tree instanceof ShadowRoot) || !sheet) return;
  tree.getElementById(STYLE)?.remove(); // of an editor before this one
  tree.append(sheet.cloneNode(true));
}

/** Keeps the place free for a moment; then says what is waited for. */
function waiting(el: HTMLElement): { say: (text: string) => void; remove: () => void } {
  const place = document.createElement("div");
  place.style.cssText = `height:${HEIGHT}px;padding:8px;box-sizing:border-box;opacity:.7`;
  el.append(place);
  const say = (text: string) => {
    clearTimeout(timer);
    place.style.height = "auto";
    place.textContent = text;
  };
  const timer = setTimeout(() => {
    say("No kernel has this editor open. Run the cell to wake it. ");
    if (!canRunCell(el)) return;
    const button = Object.assign(document.createElement("button"), { textContent: "Run cell", className: "jp-mod-styled" });
    button.onclick = () => runCell(el) || say("Select this cell and press Shift Enter to wake the editor.");
    place.append(button);
  }, PATIENCE);
  return {
    say,
    remove: () => {
      clearTimeout(timer);
      place.remove();
    },
  };
}

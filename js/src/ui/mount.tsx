/** Puts one editor into one element. Everything it holds is made here and let go by what this returns. */
import { createRoot } from "react-dom/client";
import { toJSON } from "../core/document";
import { Session } from "../sync/session";
import { type Model, transportOf } from "../sync/transport";
import { Editor, type Memory } from "./Editor";
import { ErrorBoundary } from "./ErrorBoundary";
import { DEFAULT_HEIGHT } from "./HeightGrip";

/** Viewport and height by model: a notebook takes outputs off the page when they scroll out of view. */
const memories = new WeakMap<Model, Memory>();

export function mount(model: Model, el: HTMLElement): () => void {
  const memory = memories.get(model) ?? { viewport: null, height: DEFAULT_HEIGHT, mode: null };
  memories.set(model, memory);
  const root = createRoot(el);
  let session: Session | null = null;
  const draw = () => {
    session?.close();
    const current = new Session(transportOf(model), viewId());
    session = current;
    root.render(
      <ErrorBoundary key={current.view} document={() => JSON.stringify(toJSON(current.doc), null, 1)} onReload={draw}>
        <Editor session={current} memory={memory} />
      </ErrorBoundary>,
    );
  };
  draw();
  return () => {
    session?.close();
    root.unmount();
  };
}

function viewId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

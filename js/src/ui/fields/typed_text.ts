/**
 * A text while it is typed: shown before all else, so that the caret stays, until its field is left or someone else changes the value.
 *
 * Letters typed in one go are one step of undo; what is typed after the field was left is another.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { literalOf } from "../../core/document";
import { useWorkbench } from "../context";

export interface TypedText {
  /** What is being typed; null when the field shows the document's value. */
  draft: string | null;
  put(text: string): void;
  leave(): void;
}

export function useTypedText(id: string, input: string): TypedText {
  const { session } = useWorkbench();
  const [draft, setDraft] = useState<string | null>(null);
  const typed = useRef<string | null>(null);
  const stretch = useRef(0);
  const show = useCallback((text: string | null) => {
    typed.current = text;
    setDraft(text);
  }, []);
  useEffect(
    () =>
      session.topics.on("doc", () => {
        const node = session.doc.nodes.get(id);
        if (typed.current !== null && node && literalOf(node, input) !== typed.current) show(null);
      }),
    [session, id, input, show],
  );
  return {
    draft,
    put: (text) => {
      show(text);
      session.set(id, input, text, { merge: `text:${id}.${input}.${stretch.current}`, hold: true });
    },
    leave: () => {
      stretch.current += 1;
      session.flush();
      show(null);
    },
  };
}

/** The browser's copy, cut and paste events in the editor: text that is being typed or marked is the browser's, all else is nodes. */
import type { ClipboardEvent } from "react";
import { pasteText, removeCopied, selectionText } from "./clipboard";
import type { Workbench } from "./context";
import { isTyping } from "./typing";

export function useClipboardEvents(bench: Workbench) {
  const onCopy = (event: ClipboardEvent, cut = false) => {
    event.stopPropagation();
    if (isTyping(event.target) || marksText(bench) || bench.view.mode !== "graph") return;
    const text = selectionText(bench);
    if (text === null) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    if (cut) removeCopied(bench);
  };
  return {
    onCopy,
    onCut: (event: ClipboardEvent) => onCopy(event, true),
    onPaste: (event: ClipboardEvent) => {
      event.stopPropagation();
      if (event.defaultPrevented || isTyping(event.target) || bench.view.mode !== "graph") return;
      const text = event.clipboardData.getData("text/plain");
      if (!text) return;
      event.preventDefault();
      pasteText(bench, text);
    },
  };
}

/** Whether some text of the editor is marked, such as a line of a traceback. */
function marksText({ root }: Workbench): boolean {
  const selection = root()?.ownerDocument.getSelection();
  return (
    selection !== null && selection !== undefined && !selection.isCollapsed && (root()?.contains(selection.anchorNode) ?? false)
  );
}

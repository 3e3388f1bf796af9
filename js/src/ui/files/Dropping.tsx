/** A file held over the editor: it says what letting go will do, and does it. */
import { type ClipboardEvent, type DragEvent, useEffect } from "react";
import { useView, useWorkbench, type Workbench } from "../context";
import { bringFile } from "./bring";

/** For the editor's root: files that are dropped or pasted anywhere in it. */
export function useFiles(bench: Workbench) {
  return {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = "copy";
      bench.view.update("fileOver", true);
    },
    onDragLeave: (event: DragEvent) => {
      const inside = event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
      if (!inside) bench.view.update("fileOver", false);
    },
    onDrop: (event: DragEvent) => {
      bench.view.update("fileOver", false);
      const [file] = event.dataTransfer.files;
      if (!file) return;
      event.preventDefault();
      event.stopPropagation();
      void bringFile(bench, file, { x: event.clientX, y: event.clientY });
    },
    onPasteCapture: (event: ClipboardEvent) => {
      const [file] = event.clipboardData.files;
      // A browser offers copied cells of a table as a picture too: text goes first.
      if (!file || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      event.stopPropagation();
      void bringFile(bench, file, null);
    },
  };
}

/** What is said while a file is held over the editor. */
export function DropHint() {
  const { view } = useWorkbench();
  const over = useView("fileOver", (v) => v.fileOver);
  const panel = useView("mode", (v) => v.mode === "panel");
  useEffect(() => {
    if (!over) return;
    const end = () => view.update("fileOver", false);
    document.addEventListener("drop", end, true);
    document.addEventListener("dragend", end, true);
    return () => {
      document.removeEventListener("drop", end, true);
      document.removeEventListener("dragend", end, true);
    };
  }, [over, view]);
  if (!over) return null;
  return (
    <div className="vnb-drop-hint" aria-hidden="true">
      <span>
        {panel ? "Drop a picture to start from, or a workflow to open it" : "Drop a picture to load it, or a workflow to open it"}
      </span>
    </div>
  );
}

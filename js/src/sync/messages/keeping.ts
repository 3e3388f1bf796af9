// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/keeping.py: change it there.
// What is kept of a workbench beside its notebook.

export type Side = "panel" | "graph";

/** Edits that were made in the widget before, and that what the cell shows now lacks. `saved`: when, ISO 8601. */
export interface RestorableJSON {
  edits: number;
  saved: string;
}

/** Whether edits are kept, where, and what can be brought back. state: "kept"; "off" (`text` says why); "copy": another kernel holds this workbench, and edits here are kept under a name of their own. replayed: how many kept edits were made again when this workbench was made. id: the same for all widgets that are this workbench. */
export interface KeepingJSON {
  state: "kept" | "off" | "copy";
  text: string;
  id?: string;
  replayed?: number;
  restorable?: RestorableJSON;
}

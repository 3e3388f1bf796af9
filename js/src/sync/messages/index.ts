// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/__init__.py: change it there.
// Every message between the editor in the browser and the workbench in the kernel, as types.

export * from "./document";
export * from "./edits";
export * from "./specs";
export * from "./runs";
export * from "./keeping";
export * from "./to_kernel";
export * from "./to_browser";

export const PROTOCOL = 1;

export const MAX_MESSAGE_BYTES = 10485760;

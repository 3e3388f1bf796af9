/** What the editor asks of the notebook around it: by its keys, as a person would, so that any notebook with these keys will do. */

/** Whether the notebook is one that runs a cell by Ctrl Enter: JupyterLab, Notebook 7. */
export function canRunCell(el: Element | null): boolean {
  return Boolean(el?.closest(".jp-Notebook"));
}

/** Runs the cell that the element lies in, by the key that does it. False: the notebook took no notice, its keys may be others. */
export function runCell(el: Element): boolean {
  const cell = el.parentElement?.closest<HTMLElement>("[tabindex]");
  if (!cell) return false;
  cell.focus({ preventScroll: true });
  const key = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };
  return !cell.dispatchEvent(new KeyboardEvent("keydown", key));
}

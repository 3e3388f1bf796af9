/** Where letters are text and not keys of the editor. */

/** Whether text is being typed into the thing that has the focus. */
export function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Which inputs are on the panel, and putting them there. */
import { itemsOf, toggled } from "../../core/panel";
import type { Session } from "../../sync/session";

export function isStarred(session: Session, node: string, input: string): boolean {
  return itemsOf(session.specs, session.doc).some((item) => item.node === node && item.input === input);
}

/** Puts an input onto the panel, or takes it off. What the editor chose until then stays beside it. */
export function toggleStar(session: Session, node: string, input: string): void {
  session.edit([{ op: "panel", items: toggled(itemsOf(session.specs, session.doc), node, input) }]);
}

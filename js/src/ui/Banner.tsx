/** Below the toolbar, only when there is something to decide: kept edits that are not in the document, or a kernel that has them. */
import { useState } from "react";
import { whenWords } from "../core/pace";
import { useSession, useWorkbench } from "./context";
import { Icon } from "./Icon";

export function Banner() {
  const { session } = useWorkbench();
  const keeping = useSession("keeping", (s) => s.keeping);
  const [closed, setClosed] = useState("");
  const restorable = keeping?.restorable;
  if (restorable) {
    const edits = restorable.edits === 1 ? "1 edit" : `${restorable.edits} edits`;
    const when = whenWords(restorable.saved);
    return (
      <div className="vnb-banner" role="region" aria-label="Kept edits" data-vnb-banner="restorable">
        <Icon name="clock" />
        <span className="vnb-banner-text">
          {keeping.text} {edits}
          {when && ` (${when})`}.
        </span>
        <button
          type="button"
          className="vnb-button vnb-primary"
          data-vnb-action="restore"
          onClick={() => session.restore("edits")}
        >
          Bring them back
        </button>
        <button type="button" className="vnb-button" data-vnb-action="forget" onClick={() => session.restore("forget")}>
          Forget them
        </button>
      </div>
    );
  }
  if (keeping?.state !== "copy" || closed === keeping.text) return null;
  return (
    <div className="vnb-banner" role="region" aria-label="How edits are kept" data-vnb-banner="copy">
      <Icon name="copy" />
      <span className="vnb-banner-text">{keeping.text}</span>
      <button type="button" className="vnb-mini" aria-label="Close" title="Close" onClick={() => setClosed(keeping.text)}>
        <Icon name="close" size={12} />
      </button>
    </div>
  );
}

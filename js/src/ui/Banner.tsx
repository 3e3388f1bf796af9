/** Below the toolbar, only when there is something to decide: a kernel that is gone, edits that are not in the document, a copy. */
import { useState } from "react";
import { whenWords } from "../core/pace";
import { canRunCell, runCell } from "../host";
import type { Restore } from "../sync/messages";
import { useSession, useWorkbench } from "./context";
import { Icon } from "./Icon";

export function Banner() {
  const { session } = useWorkbench();
  const keeping = useSession("keeping", (s) => s.keeping);
  const left = useSession("keeping", (s) => s.leftBehind);
  const gone = useSession("line", (s) => s.line === "gone");
  const [closed, setClosed] = useState("");
  if (gone) return <Lost />;
  if (left)
    return (
      <Offer
        text="Made while no kernel answered, and kept by this browser:"
        edits={left.steps.length}
        saved={left.saved}
        onAnswer={(take) => session.takeLeftBehind(take)}
      />
    );
  if (keeping?.restorable) {
    const { edits, saved } = keeping.restorable;
    return <Offer text={keeping.text} edits={edits} saved={saved} onAnswer={(take) => session.restore(take)} />;
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

interface OfferProps {
  text: string;
  edits: number;
  saved: string;
  onAnswer(take: Restore["take"]): void;
}

/** Edits that can be made again. */
function Offer({ text, edits, saved, onAnswer }: OfferProps) {
  const when = whenWords(saved);
  return (
    <div className="vnb-banner" role="region" aria-label="Kept edits" data-vnb-banner="restorable">
      <Icon name="clock" />
      <span className="vnb-banner-text">
        {text} {edits === 1 ? "1 edit" : `${edits} edits`}
        {when && ` (${when})`}.
      </span>
      <button type="button" className="vnb-button vnb-primary" data-vnb-action="restore" onClick={() => onAnswer("edits")}>
        Bring them back
      </button>
      <button type="button" className="vnb-button" data-vnb-action="forget" onClick={() => onAnswer("forget")}>
        Forget them
      </button>
    </div>
  );
}

const BY_HAND = "Select this cell and press Shift Enter.";

/** No kernel answers: what that means, and the cell's Run where the notebook lets it be pressed from here. */
function Lost() {
  const { session, root } = useWorkbench();
  const [refused, setRefused] = useState(false);
  const kept = session.keeping?.state !== "off";
  const button = canRunCell(root()) && !refused;
  const run = () => {
    const element = root();
    if (element && !runCell(element)) setRefused(true);
  };
  return (
    <div className="vnb-banner" role="alert" data-vnb-banner="lost">
      <Icon name="warning" />
      <span className="vnb-banner-text">
        <b>Kernel was restarted.</b> {kept ? "Graph and pictures are kept; running" : "Running"} needs the cell once more.{" "}
        {!button && BY_HAND}
      </span>
      {button && (
        <button type="button" className="vnb-button vnb-primary" data-vnb-action="run-cell" onClick={run}>
          Run cell
        </button>
      )}
    </div>
  );
}

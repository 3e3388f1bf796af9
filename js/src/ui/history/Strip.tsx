/** Earlier pictures in a row, as many as fit, and the way to all of them. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { whenWords } from "../../core/pace";
import type { PastRun } from "../../sync/run_history";
import { useSession, useWorkbench } from "../context";
import { Icon } from "../Icon";

/** Width of a thumbnail and the gap after it. */
const PITCH = 58;

export function Strip({ shown, onChoose }: { shown: string | null; onChoose(run: string): void }) {
  const { session, view } = useWorkbench();
  const items = useSession("history", (s) => s.history.items);
  const row = useRef<HTMLDivElement>(null);
  const [fit, setFit] = useState(0);
  useEffect(() => session.history.begin(), [session]);
  useLayoutEffect(() => {
    const element = row.current;
    if (!element) return;
    const look = () => setFit(Math.max(1, Math.floor((element.clientWidth - 40) / PITCH)));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const withPicture = items.filter(({ thumbnails }) => thumbnails.length > 0);
  return (
    <div ref={row} className="vnb-strip" role="group" aria-label="Earlier pictures" data-vnb-strip="">
      {withPicture.slice(0, fit).map((past) => (
        <button
          type="button"
          key={past.run}
          className="vnb-thumb"
          data-vnb-past={past.run}
          aria-pressed={past.run === shown}
          aria-label={`Picture of ${wordsOf(past)}`}
          title={wordsOf(past)}
          onClick={() => onChoose(past.run)}
        >
          <img src={past.thumbnails[0]} alt="" draggable={false} />
        </button>
      ))}
      {items.length > 0 && (
        <button
          type="button"
          className="vnb-tool"
          data-vnb-action="all-history"
          aria-label="All earlier runs"
          title="All earlier runs"
          onClick={() => view.update("drawer", "history")}
        >
          <Icon name="more" />
        </button>
      )}
    </div>
  );
}

export function wordsOf(past: PastRun): string {
  return [whenWords(past.when), ...past.changed].join(", ");
}

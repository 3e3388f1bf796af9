/** The simple view of a workflow: what can be chosen at the left, the picture at the right, earlier ones below it. */
import { useEffect, useState } from "react";
import { useSession } from "../context";
import { Strip } from "../history/Strip";
import { Controls } from "./Controls";
import { Failure, Show } from "./Show";

export function PanelView() {
  // An earlier run that was picked from the strip; the next run takes its place.
  const [past, setPast] = useState<string | null>(null);
  const run = useSession("run", (session) => session.run?.id);
  const newest = useSession("history", (session) => session.history.items.find(({ thumbnails }) => thumbnails.length > 0)?.run);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new run is what is looked at next
  useEffect(() => setPast(null), [run]);
  return (
    <div className="vnb-panel" data-vnb-panel="">
      <Controls />
      <section className="vnb-show" aria-label="Picture">
        <Show past={past} onLeave={() => setPast(null)} />
        <Failure />
        <Strip shown={past ?? run ?? newest ?? null} onChoose={(id) => setPast(id === run ? null : id)} />
      </section>
    </div>
  );
}

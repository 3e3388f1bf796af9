/** What nodes printed and said, newest at the bottom. It follows the end until someone scrolls up. */
import { useLayoutEffect, useRef } from "react";
import { titleOf } from "../../core/specs";
import type { LogLineJSON } from "../../sync/messages";
import { useSession, useWorkbench } from "../context";
import { DrawerFrame } from "../Drawer";
import { copyText } from "../files/picture";

export function LogDrawer() {
  const { session, actions, view } = useWorkbench();
  const lines = useSession("log", (s) => s.log);
  const dropped = useSession("log", (s) => s.logLines.dropped);
  const body = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line is followed
  useLayoutEffect(() => {
    if (following.current && body.current) body.current.scrollTop = body.current.scrollHeight;
  }, [lines]);
  const goTo = (id: string) => {
    view.update("mode", "graph");
    requestAnimationFrame(() => requestAnimationFrame(() => actions.goTo(id)));
  };
  const tools = lines.length > 0 && (
    <>
      <button type="button" className="vnb-link-button" onClick={() => void copyText(session, plain(lines))}>
        Copy
      </button>
      <button type="button" className="vnb-link-button" data-vnb-action="clear-log" onClick={() => session.clearLog()}>
        Clear
      </button>
    </>
  );
  return (
    <DrawerFrame name="Log" kind="log" tools={tools}>
      <div
        ref={body}
        className="vnb-drawer-body vnb-log"
        role="log"
        aria-live="off"
        onScroll={({ currentTarget: at }) => {
          following.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
        }}
      >
        {dropped > 0 && <p className="vnb-drawer-empty">{dropped} older lines were left out.</p>}
        {lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          <Line key={i} line={line} before={lines[i - 1]} onGo={goTo} />
        ))}
        {lines.length === 0 && <p className="vnb-drawer-empty">Nothing yet. What nodes print while they run is shown here.</p>}
      </div>
    </DrawerFrame>
  );
}

function Line({ line, before, onGo }: { line: LogLineJSON; before: LogLineJSON | undefined; onGo(node: string): void }) {
  const title = useSession("doc", ({ doc, specs }) => {
    const node = line.node === null ? undefined : doc.nodes.get(line.node);
    return node ? titleOf(node, specs.get(node.type)) : null;
  });
  const fresh = before?.node !== line.node || before.run !== line.run;
  return (
    <div className="vnb-log-line" data-level={line.level}>
      {fresh &&
        (title !== null && line.node !== null ? (
          <button type="button" className="vnb-log-node" title="Show in the graph" onClick={() => line.node && onGo(line.node)}>
            {title}
          </button>
        ) : (
          <span className="vnb-log-node">{line.node === null ? "Engine" : `node ${line.node}, gone`}</span>
        ))}
      <pre>{line.text.replace(/\n$/, "")}</pre>
    </div>
  );
}

function plain(lines: readonly LogLineJSON[]): string {
  return lines.map(({ text }) => text.replace(/\n?$/, "\n")).join("");
}

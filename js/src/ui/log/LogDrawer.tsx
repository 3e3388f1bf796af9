/** What nodes printed and said, newest at the bottom. It follows the end until someone scrolls up. */
import { memo, useCallback, useLayoutEffect, useMemo, useRef } from "react";
import { titleOf } from "../../core/specs";
import type { LogLineJSON } from "../../sync/messages";
import { useSession, useWorkbench } from "../context";
import { DrawerFrame } from "../DrawerFrame";
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
  const goTo = useCallback(
    (id: string) => {
      view.update("mode", "graph");
      requestAnimationFrame(() => requestAnimationFrame(() => actions.goTo(id)));
    },
    [view, actions],
  );
  const doc = useSession("doc", (s) => s.doc);
  const titles = useMemo(() => {
    const named = new Map<string, string>();
    for (const node of doc.nodes.values()) named.set(node.id, titleOf(node, session.specs.get(node.type)));
    return named;
  }, [doc, session]);
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
        {lines.map((line, i) => {
          const before = lines[i - 1];
          const fresh = before?.node !== line.node || before.run !== line.run;
          const title = line.node === null ? null : titles.get(line.node);
          // biome-ignore lint/suspicious/noArrayIndexKey: with those left out counted, its place is a line's identity
          return <Line key={dropped + i} line={line} fresh={fresh} title={title} onGo={goTo} />;
        })}
        {lines.length === 0 && <p className="vnb-drawer-empty">Nothing yet. What nodes print while they run is shown here.</p>}
      </div>
    </DrawerFrame>
  );
}

interface LineProps {
  line: LogLineJSON;
  /** Whether another node speaks than in the line before. */
  fresh: boolean;
  /** The node's name; null: the engine speaks; undefined: the node is gone. */
  title: string | null | undefined;
  onGo(node: string): void;
}

const Line = memo(function Line({ line, fresh, title, onGo }: LineProps) {
  const { node, level, text } = line;
  return (
    <div className="vnb-log-line" data-level={level}>
      {fresh &&
        (title != null && node !== null ? (
          <button type="button" className="vnb-log-node" title="Show in the graph" onClick={() => onGo(node)}>
            {title}
          </button>
        ) : (
          <span className="vnb-log-node">{node === null ? "Engine" : `node ${node}, gone`}</span>
        ))}
      <pre>{text.replace(/\n$/, "")}</pre>
    </div>
  );
});

function plain(lines: readonly LogLineJSON[]): string {
  return lines.map(({ text }) => text.replace(/\n?$/, "\n")).join("");
}

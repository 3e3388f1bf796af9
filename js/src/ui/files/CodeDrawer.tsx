/** The workflow as Python, as it is now: to read, to copy, to save. */
import { useEffect, useState } from "react";
import { useSession, useWorkbench } from "../context";
import { DrawerFrame } from "../DrawerFrame";
import { copyText, download } from "./picture";

/** Edits that follow each other closely are written down once, in ms. */
const CALM = 300;

export function CodeDrawer() {
  const { session } = useWorkbench();
  const doc = useSession("doc", (s) => s.doc);
  const [code, setCode] = useState<{ text: string; filename: string } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again after each edit
  useEffect(() => {
    let current = true;
    const timer = setTimeout(
      () => {
        session.askFile("python").then(
          (answer) => {
            if (!current) return;
            setCode(answer);
            setFault(null);
          },
          (error: Error) => current && setFault(error.message),
        );
      },
      code ? CALM : 0,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, doc]);
  const tools = code && (
    <>
      <button
        type="button"
        className="vnb-link-button"
        data-vnb-action="copy-code"
        onClick={() => void copyText(session, code.text)}
      >
        Copy
      </button>
      <button
        type="button"
        className="vnb-link-button"
        data-vnb-action="save-code"
        onClick={() => download(new Blob([code.text], { type: "text/x-python" }), code.filename)}
      >
        Save
      </button>
    </>
  );
  return (
    <DrawerFrame name="Code" kind="code" tools={tools}>
      <div className="vnb-drawer-body">
        {fault !== null && <p className="vnb-drawer-empty">{fault}</p>}
        {code && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys
          <pre className="vnb-code" tabIndex={0}>
            {code.text}
          </pre>
        )}
      </div>
    </DrawerFrame>
  );
}

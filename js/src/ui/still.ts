/** The still picture that a notebook keeps of the workflow: hidden while an editor that knows the workflow is on the same page. */
import { useEffect } from "react";
import { useSession, type Workbench } from "./context";

export function useStillPicture({ root }: Workbench): void {
  const id = useSession("line", (session) => session.stillPicture);
  useEffect(() => {
    if (!id) return;
    const style = document.createElement("style");
    style.textContent = `[data-vnb-still="${CSS.escape(id)}"]{display:none!important}`;
    root()?.append(style);
    return () => style.remove();
  }, [id, root]);
}

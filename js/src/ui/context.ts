/** What every component of one view can reach, and how it listens to just what it shows. */
import { createContext, useCallback, useContext, useSyncExternalStore } from "react";
import type { NodeJSON } from "../core/document";
import type { Session } from "../sync/session";
import type { Topics } from "../sync/topics";
import type { Actions } from "./actions";
import type { View } from "./view";

export interface Workbench {
  session: Session;
  view: View;
  actions: Actions;
  /** The editor's root element: popups live in it, places are measured against it. */
  root: () => HTMLElement | null;
}

const Context = createContext<Workbench | null>(null);
export const WorkbenchProvider = Context.Provider;

export function useWorkbench(): Workbench {
  const workbench = useContext(Context);
  if (!workbench) throw new Error("A part of the editor was drawn outside of it.");
  return workbench;
}

function useTopic<T>(topics: Topics, topic: string, read: () => T): T {
  const subscribe = useCallback((listener: () => void) => topics.on(topic, listener), [topics, topic]);
  return useSyncExternalStore(subscribe, read, read);
}

/** A value of the session that is read again when `topic` is heard. It must be the same object while nothing changed. */
export function useSession<T>(topic: string, read: (session: Session) => T): T {
  const { session } = useWorkbench();
  return useTopic(session.topics, topic, () => read(session));
}

/** The same for what the view keeps. */
export function useView<T>(topic: string, read: (view: View) => T): T {
  const { view } = useWorkbench();
  return useTopic(view.topics, topic, () => read(view));
}

/** A node of the document; undefined for the moment between its removal and its leaving the page. */
export function useDocNode(id: string): NodeJSON | undefined {
  return useSession("doc", (session) => session.doc.nodes.get(id));
}

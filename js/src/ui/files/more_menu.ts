/** What the three dots list: files in and out, the log, the keys, and where edits are kept. */

import { scopeOf } from "../commands/command";
import { commandNamed, isPossible } from "../commands/registry";
import type { Workbench } from "../context";
import type { DoEntry, MenuEntry } from "../menu_entries";
import { openWorkflow } from "./bring";
import { chooseFile } from "./choose";
import { download } from "./picture";

/** Below this width of the editor the toolbar leaves these tools to the menu. */
const NARROW = 640;

export function openMoreMenu(bench: Workbench, button: HTMLElement): void {
  const box = button.getBoundingClientRect();
  bench.view.update("menu", { name: "More", at: { x: box.left, y: box.bottom + 4 }, entries: entriesOf(bench) });
}

function entriesOf(bench: Workbench): MenuEntry[] {
  const { session, view, root } = bench;
  const narrow = (root()?.clientWidth ?? NARROW) < NARROW;
  const some = session.doc.nodes.size > 0;
  const narrowTools = view.mode === "graph" ? ["undo", "redo", "tidy", "find"] : ["undo", "redo"];
  const files: MenuEntry[] = [
    { kind: "do", id: "open", name: "Open a workflow…", icon: "open", run: () => void open(bench) },
    ...(some
      ? ([
          { kind: "do", id: "save", name: "Save as a file", icon: "save", run: () => void save(bench, "virgil_nb") },
          {
            kind: "more",
            id: "export",
            name: "Export",
            entries: () => [
              { kind: "do", id: "export-comfyui", name: "ComfyUI workflow", run: () => void save(bench, "comfyui-ui") },
              { kind: "do", id: "export-api", name: "ComfyUI API prompt", run: () => void save(bench, "comfyui-api") },
              { kind: "do", id: "export-python", name: "Python", icon: "code", run: () => void save(bench, "python") },
            ],
          },
        ] satisfies MenuEntry[])
      : []),
  ];
  const keeping = session.keeping;
  return [
    ...(narrow ? [...narrowTools.flatMap((id) => commandEntry(bench, id)), { kind: "line" } as const] : []),
    ...files,
    { kind: "line" },
    ...commandEntry(bench, "log"),
    ...commandEntry(bench, "keys"),
    ...(keeping ? ([{ kind: "line" }, { kind: "title", text: keeping.text }] satisfies MenuEntry[]) : []),
  ];
}

function commandEntry(bench: Workbench, id: string): DoEntry[] {
  const command = commandNamed(id);
  const scope = scopeOf(bench);
  if (!isPossible(command, scope)) return [];
  const { name, icon, keys } = command;
  return [
    {
      kind: "do",
      id,
      name,
      run: () => command.run?.(scope),
      ...(icon ? { icon } : {}),
      ...(keys?.[0] ? { keys: keys[0] } : {}),
    },
  ];
}

/** Asks for a file and opens it. */
export async function open(bench: Workbench): Promise<void> {
  const file = await chooseFile(".json,.png,application/json,image/png");
  if (file) await openWorkflow(bench, file);
}

async function save({ session }: Workbench, format: Parameters<Workbench["session"]["askFile"]>[0]): Promise<void> {
  try {
    const { text, filename } = await session.askFile(format);
    download(new Blob([text], { type: format === "python" ? "text/x-python" : "application/json" }), filename);
  } catch (error) {
    session.say("warning", error instanceof Error ? error.message : "It could not be saved.");
  }
}

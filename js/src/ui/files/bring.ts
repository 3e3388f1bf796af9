/** Files that come into the editor, dropped, pasted or chosen: a workflow is opened, a picture goes to where one is wanted. */
import { freshId, type NodeJSON } from "../../core/document";
import type { Op } from "../../core/ops";
import { carriesWorkflow } from "../../core/png";
import { shownValue } from "../../core/specs";
import type { Workbench } from "../context";
import type { Spot } from "../view";

/** Larger texts are no workflow that could be read. */
const MOST_TEXT = 8_000_000;
const LOADER = "LoadImage";

export interface Place {
  node: string;
  input: string;
}

/** Takes a file that was let go over the editor, at a place of the page, or was pasted. */
export async function bringFile(bench: Workbench, file: File, at: Spot | null): Promise<void> {
  const { session } = bench;
  if (!isPicture(file)) {
    await openWorkflow(bench, file);
    return;
  }
  const png = new Uint8Array(await file.slice(0, 4_000_000).arrayBuffer());
  const place = placeUnder(bench, at);
  if (!place && carriesWorkflow(png)) {
    await openWorkflow(bench, file);
    return;
  }
  const target = place ?? wantedPlace(bench);
  if (target) await bringPicture(bench, file, target);
  else if (session.specs.has(LOADER)) await addLoader(bench, file, at);
  else session.say("warning", "There is no node that takes a picture here.");
}

/** Opens what a file holds in place of the workflow; undoable. */
export async function openWorkflow({ session }: Workbench, file: File): Promise<void> {
  try {
    if (isPicture(file)) await session.openFile(file);
    else if (file.size > MOST_TEXT)
      session.say("warning", `${file.name} has ${(file.size / 1e6).toFixed(0)} MB; a workflow has 8 at most.`);
    else session.openText(await file.text());
  } catch (error) {
    session.say("warning", `${file.name} could not be opened. ${error instanceof Error ? error.message : ""}`);
  }
}

/** Brings a picture into the input folder and sets the input to it. */
export async function bringPicture({ session }: Workbench, file: File, { node, input }: Place): Promise<void> {
  const progress = (share: number | undefined) => session.setUploading(node, share);
  progress(0);
  try {
    const name = await session.upload(file, progress);
    if (!session.doc.nodes.has(node)) return;
    await session.media.takeFile(node, file, name);
    session.set(node, input, name);
  } catch (error) {
    session.say("warning", error instanceof Error ? error.message : `${file.name} was not taken.`);
  } finally {
    progress(undefined);
  }
}

/** The input for pictures under the pointer. */
function placeUnder(bench: Workbench, at: Spot | null): Place | null {
  const element = at && document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>("[data-vnb-node]");
  return element ? placeOn(bench, element.dataset.vnbNode ?? "") : null;
}

/** The one selected node's input for pictures, or on the panel the first there is. */
function wantedPlace(bench: Workbench): Place | null {
  const { view, session } = bench;
  const candidates = view.mode === "panel" ? [...session.doc.nodes.keys()] : [...view.selection];
  if (view.mode === "graph" && candidates.length !== 1) return null;
  return candidates.map((id) => placeOn(bench, id)).find((place) => place !== null) ?? null;
}

function placeOn({ session }: Workbench, id: string): Place | null {
  const node = session.doc.nodes.get(id);
  const input = node && session.specs.get(node.type)?.inputs.find((candidate) => candidate.image_upload);
  return input ? { node: id, input: input.name } : null;
}

async function addLoader(bench: Workbench, file: File, at: Spot | null): Promise<void> {
  const { session, view, actions, root } = bench;
  const spec = session.specs.get(LOADER);
  const input = spec?.inputs.find((candidate) => candidate.image_upload);
  if (!spec || !input) return;
  const box = root()?.getBoundingClientRect();
  const page = at ?? (box ? { x: box.left + box.width / 2, y: box.top + box.height / 3 } : { x: 0, y: 0 });
  const spot = actions.flow?.screenToFlowPosition(page) ?? { x: 0, y: 0 };
  const id = freshId(session.doc);
  const bare: NodeJSON = { id, type: LOADER, values: {}, links: {} };
  const values = Object.fromEntries(spec.inputs.filter((each) => each.widget).map((each) => [each.name, shownValue(each, bare)]));
  const position: [number, number] = [Math.round(spot.x - 100), Math.round(spot.y - 17)];
  const add: Op = { op: "add", node: { ...bare, values, position } };
  session.edit([add]);
  view.select([id]);
  await bringPicture(bench, file, { node: id, input: input.name });
}

function isPicture(file: File): boolean {
  return file.type.startsWith("image/") || /\.(png|jpe?g|webp|gif|bmp|tiff?|avif)$/i.test(file.name);
}

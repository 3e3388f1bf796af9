/**
 * anywidget gives a model's module two seconds to load. On a page that is busier than that, it drops every message to the model from
 * then on: the editor would be drawn at last, and wait for ever. Its module has loaded once `render` is called, so from there on the
 * model's messages go the way that ipywidgets itself gives them.
 */
import type { Model } from "./sync/transport";

type Handle = (this: unknown, message: unknown) => unknown;
interface NotebookModel {
  comm?: { on_msg?: (handle: (message: unknown) => unknown) => void };
}
interface Manager {
  get_model?: (id: string) => Promise<NotebookModel>;
}
/** What more a model of a notebook has. */
interface Placed {
  get?: (trait: string) => unknown;
  widget_manager?: Manager;
}

/** A host that does not say which model this is keeps the editor waiting no longer, in ms. */
const PATIENCE = 1000;

/** Settles when messages to `model` will be heard; of a host that gives messages in a way of its own, nothing is asked. */
export function hearing(model: Model): Promise<unknown> {
  return Promise.race([listen(model as Model & Placed).catch(() => {}), new Promise((done) => setTimeout(done, PATIENCE))]);
}

async function listen({ get, widget_manager }: Placed): Promise<void> {
  const id = get?.("_own_id");
  const found = typeof id === "string" && id ? await widget_manager?.get_model?.(id) : undefined;
  const handle = found && belowAnywidget(found);
  if (handle) found.comm?.on_msg?.((message) => handle.call(found, message));
}

/** How ipywidgets handles a message, where a class above it does so in another way; undefined where none does. */
function belowAnywidget(model: object): Handle | undefined {
  const name = "_handle_comm_msg";
  let owner: object | null = model;
  while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  return owner ? (Object.getPrototypeOf(owner) as { [name]?: Handle })[name] : undefined;
}

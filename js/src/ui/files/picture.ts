/** Pictures and texts out of the editor: to a file, to the clipboard. */
import { withText } from "../../core/png";
import type { Picture } from "../../sync/media";
import type { Session } from "../../sync/session";

/** Saves a picture of a run as a PNG that carries the workflow it came from, so that it can be dropped onto an editor again. */
export async function savePicture(session: Session, picture: Picture, run: string): Promise<void> {
  try {
    const png = new Uint8Array(await (await asPng(picture)).arrayBuffer());
    const workflow = await session.askText("comfyui-ui", run ? { run } : {}).catch(() => null);
    const bytes = workflow === null ? png : withText(png, "workflow", workflow);
    const name = (picture.filename ?? "picture").replace(/^.*[\\/]/, "").replace(/\.\w+$/, "");
    download(new Blob([bytes as BlobPart], { type: "image/png" }), `${name}.png`);
    const how = workflow === null ? "" : ". Dropped onto an editor, it opens as it was made";
    session.say("info", `${name}.png is in your browser's downloads${how}`);
  } catch {
    session.say("warning", "The picture could not be saved from here. Save Image keeps it in the output folder.");
  }
}

export async function copyPicture(session: Session, picture: Picture): Promise<void> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(picture) })]);
    session.say("info", "Picture copied");
  } catch {
    session.say("warning", "This browser lets no picture be copied here. Use Save.");
  }
}

export async function copyText(session: Session, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    session.say("info", text.includes("\n") ? "Copied" : `Copied ${text}`);
  } catch {
    session.say("warning", "This browser lets nothing be copied here. Mark the text and copy it.");
  }
}

export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function asPng(picture: Picture): Promise<Blob> {
  const blob = await (await fetch(picture.url)).blob();
  if (blob.type === "image/png") return blob;
  const bitmap = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.convertToBlob({ type: "image/png" });
}

/** What a view asks of the kernel beside edits and runs: files, texts, earlier runs, the log, how edits are kept. */
import type { Doc } from "../core/document";
import { FileFacts } from "./file_facts";
import { LogLines } from "./log_lines";
import type { Media } from "./media";
import type * as wire from "./messages";
import { RunHistory } from "./run_history";
import { type TextFormat, type TextOf, Texts } from "./texts";
import { Topics } from "./topics";
import type { Bytes } from "./transport";
import { Uploads } from "./uploads";

export abstract class Services {
  readonly topics = new Topics();
  /** Runs that are over; listen to "history". */
  readonly history: RunHistory;
  /** What nodes printed and said; listen to "log". */
  readonly logLines = new LogLines();
  /** How edits are kept; listen to "keeping". */
  keeping: wire.KeepingJSON | null = null;
  /** Uploads under way, the share that has arrived by node; listen to "upload:NODE". */
  readonly uploading = new Map<string, number>();
  /** What files are; listen to "files". */
  readonly files: FileFacts;
  abstract get doc(): Doc;
  abstract readonly media: Media;
  private readonly uploads: Uploads;
  private readonly texts: Texts;

  constructor(readonly view: string) {
    this.uploads = new Uploads(view, (message) => this.send(message));
    this.texts = new Texts((format, of) => this.send({ kind: "ask_text", view, format, ...of }));
    this.files = new FileFacts((folder, names, large) => this.send({ kind: "ask_files", view, folder, names, large }));
    this.history = new RunHistory((before) => this.send({ kind: "ask_history", view, ...(before ? { before } : {}) }));
  }

  /** Shows the file that a node's input names as its picture, where it is one, unless the returned function is called before. */
  showFile(node: string, folder: string, name: string): () => void {
    let wanted = true;
    this.files.wantPicture(folder, name, (picture) => {
      if (wanted) void this.media.takeFile(node, picture, name);
    });
    return () => {
      wanted = false;
    };
  }

  protected abstract send(message: wire.ToKernel): void;
  /** Sends the edits that were held back, so that what is asked for is asked of them too. */
  abstract flush(): void;

  /** Brings a file into the input folder. Gives the name to set an input to; rejects with why the file was not taken. */
  upload(file: File, onProgress: (share: number) => void = () => {}): Promise<string> {
    return this.uploads.start(file, file.name, "input", onProgress).finished;
  }

  setUploading(node: string, share: number | undefined): void {
    if (share === undefined) this.uploading.delete(node);
    else this.uploading.set(node, share);
    this.topics.emit(`upload:${node}`);
  }

  /** Opens the workflow that a file holds (a picture with one in it, JSON, …) in place of the document, undoably. */
  async openFile(file: File): Promise<void> {
    const { id, finished } = this.uploads.start(file, file.name, "workflow", () => {});
    await finished;
    this.flush();
    this.send({ kind: "open", view: this.view, upload: id });
  }

  /** The same for text: our file, ComfyUI's, from a file or the clipboard. */
  openText(text: string): void {
    this.flush();
    this.send({ kind: "open", view: this.view, text });
  }

  /** The workflow, or what is asked `of` it, as text. */
  async askText(format: TextFormat, of?: TextOf): Promise<string> {
    return (await this.askFile(format, of)).text;
  }

  /** The same with a name for the file that it could become. */
  askFile(format: TextFormat, of?: TextOf): Promise<wire.Text> {
    this.flush();
    return this.texts.ask(format, of);
  }

  /** The values of an earlier run, or its whole document, in place of the present ones; undoable. */
  recall(run: string, take: wire.UseRun["take"]): void {
    this.flush();
    this.send({ kind: "use_run", view: this.view, run, take });
  }

  /** Someone turned to this side: the next view opens with it. */
  turn(side: wire.Side): void {
    this.send({ kind: "turn", view: this.view, side });
  }

  /** Answers the offer to make kept edits again. */
  restore(take: wire.Restore["take"]): void {
    this.flush();
    this.send({ kind: "restore", view: this.view, take });
  }

  get log(): readonly wire.LogLineJSON[] {
    return this.logLines.lines;
  }

  clearLog(): void {
    this.logLines.clear();
    this.topics.emit("log");
  }

  /** Takes a message that is about one of these. */
  protected takeService(message: wire.ToBrowser, buffers: Bytes[]): void {
    switch (message.kind) {
      case "keeping": {
        const { kind: _, ...keeping } = message;
        this.keeping = keeping;
        this.topics.emit("keeping");
        break;
      }
      case "log":
        this.logLines.take(message);
        this.topics.emit("log");
        break;
      case "uploaded":
        this.uploads.take(message);
        break;
      case "history":
        if (message.view !== "*" && message.view !== this.view) break;
        this.history.take(message, buffers, this.doc);
        this.topics.emit("history");
        break;
      case "files":
        if (message.view !== this.view) break;
        this.files.take(message, buffers);
        this.topics.emit("files");
        break;
      case "text":
        if (message.view === this.view) this.texts.take(message);
        break;
    }
  }

  protected closeServices(): void {
    this.uploads.close();
    this.texts.close();
    this.files.close();
    this.history.close();
  }
}

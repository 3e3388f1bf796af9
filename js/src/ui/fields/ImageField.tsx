/** A picture as an input: dropped on it, pasted, taken from the disk, or one of those that lie in the input folder. */
import { type DragEvent, useEffect, useState } from "react";
import { useSession, useWorkbench } from "../context";
import { bringPicture } from "../files/bring";
import { chooseFile } from "../files/choose";
import { Icon } from "../Icon";
import { ChoiceField } from "./ChoiceField";
import type { FieldProps } from "./field_props";

export function ImageField({ large = false, ...props }: FieldProps & { large?: boolean }) {
  const { node, input, value } = props;
  const bench = useWorkbench();
  const { session } = bench;
  const [over, setOver] = useState(false);
  const share = useSession(`upload:${node.id}`, (s) => s.uploading.get(node.id));
  const there = input.choices?.includes(value as string) ?? false;
  useEffect(() => {
    session.media.keepFile(node.id, String(value));
    if (!there || !input.files || session.media.images(node.id)) return;
    return session.showFile(node.id, input.files, String(value));
  }, [session, node.id, input.files, value, there]);
  const take = (files: Iterable<File>) => {
    const [file] = files;
    if (file) void bringPicture(bench, file, { node: node.id, input: input.name });
  };
  const choose = async () => {
    const file = await chooseFile("image/*");
    if (file) take([file]);
  };
  const drop = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = "copy";
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      take(event.dataTransfer.files);
    },
  };
  return (
    <div
      role="group"
      className="vnb-image-field nodrag nopan nokey"
      data-over={over || undefined}
      data-large={large || undefined}
      data-vnb-image-field={node.id}
      aria-busy={share !== undefined}
      {...drop}
    >
      {large && <Place id={node.id} onChoose={choose} />}
      <div className="vnb-image-row">
        <ChoiceField {...props} alone />
        <button
          type="button"
          className="vnb-image-choose"
          data-vnb-action="choose-picture"
          aria-label="Choose a picture from this computer"
          title="Choose a picture from this computer, or drop one here"
          onClick={choose}
        >
          <Icon name="open" size={14} />
        </button>
      </div>
      {share !== undefined && (
        <div
          className="vnb-image-progress"
          role="progressbar"
          aria-label="Upload"
          aria-valuenow={Math.round(share * 100)}
          style={{ width: `${share * 100}%` }}
        />
      )}
    </div>
  );
}

/** On the panel: the picture itself, large enough to be dropped on. */
function Place({ id, onChoose }: { id: string; onChoose(): void }) {
  const picture = useSession(`media:${id}`, (session) => session.media.images(id)?.pictures[0]);
  return (
    <button type="button" className="vnb-image-place" data-empty={picture ? undefined : ""} onClick={onChoose}>
      {picture ? <img src={picture.url} alt={picture.filename ?? ""} draggable={false} data-vnb-image={id} /> : <Invitation />}
    </button>
  );
}

function Invitation() {
  return (
    <span>
      <Icon name="image" />
      Drop or paste a picture, or choose one
    </span>
  );
}

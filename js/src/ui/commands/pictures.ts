/** What can be done with the picture that a node shows: the browser's own menu is not there for it. */
import { resultNodes } from "../../core/panel";
import type { Finished, Picture } from "../../sync/media";
import { copyName } from "../clipboard";
import { copyPicture, savePicture } from "../files/picture";
import { type Command, chosen, type Scope } from "./command";

/** The finished pictures of the one node that is meant. */
function finished(scope: Scope): (Finished & { node: string }) | null {
  const [node, other] = chosen(scope);
  const found = node && !other && scope.bench.session.media.images(node.id);
  return node && found && found.pictures.length > 0 ? { ...found, node: node.id } : null;
}

function withPicture(scope: Scope, act: (picture: Picture, run: string) => void): void {
  const found = finished(scope);
  const picture = found?.pictures[scope.bench.view.pictureAt.get(found.node) ?? 0] ?? found?.pictures[0];
  if (found && picture) act(picture, found.run);
}

/** Its place among the pictures of the last run: those of all output nodes, one after the other. */
function placeOf(scope: Scope): number | null {
  const { media, specs, doc } = scope.bench.session;
  const found = finished(scope);
  let before = 0;
  for (const id of resultNodes(specs, doc)) {
    if (id === found?.node) return before + (scope.bench.view.pictureAt.get(id) ?? 0);
    before += media.images(id)?.pictures.length ?? 0;
  }
  return null;
}

export const PICTURES: readonly Command[] = [
  {
    id: "save-node-picture",
    name: "Save the picture",
    group: "Run",
    icon: "save",
    places: ["node"],
    possible: (scope) => finished(scope) !== null,
    run: (scope) => withPicture(scope, (picture, run) => void savePicture(scope.bench.session, picture, run)),
  },
  {
    id: "copy-node-picture",
    name: "Copy the picture",
    group: "Run",
    icon: "copy",
    places: ["node"],
    possible: (scope) => finished(scope) !== null,
    run: (scope) => withPicture(scope, (picture) => void copyPicture(scope.bench.session, picture)),
  },
  {
    id: "picture-python",
    name: "Copy the picture's name in Python",
    group: "Run",
    icon: "code",
    places: ["node"],
    possible: (scope) => placeOf(scope) !== null,
    run: (scope) => void copyName(scope.bench, `wb.result.images[${placeOf(scope) ?? 0}]`),
  },
];

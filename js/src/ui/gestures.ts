/** What is done with the pointer, and the keys that are no commands: told by the sheet of keys. */
import type { Group } from "./commands/command";

export const GESTURES: readonly (readonly [group: Group, how: readonly string[], does: string])[] = [
  ["Links", ["Drag from a socket", "Click two sockets"], "link"],
  ["Links", ["Drag to empty canvas"], "add what fits"],
  ["Links", ["Drag the input end"], "plug it in elsewhere"],
  ["Links", ["Ctrl drag across"], "cut"],
  ["Links", ["Double click a link"], "reroute"],
  ["Links", ["Drop a node on a link"], "put it in"],
  ["Nodes", ["Double click the canvas"], "add"],
  ["Nodes", ["Tab", "Arrows"], "next node"],
  ["Nodes", ["Alt arrows"], "move by 10"],
  ["Nodes", ["Double click the title"], "rename"],
  ["Nodes", ["Drag the right edge"], "width"],
  ["Edit", ["Shift drag"], "select a box"],
  ["Edit", ["Shift click"], "select one more"],
  ["Fields", ["Drag sideways"], "change; Shift fine, Ctrl coarse"],
  ["Fields", ["Click"], "type; 768*2 works"],
  ["Fields", ["Double click"], "the default"],
  ["Fields", ["Ctrl ↑ ↓"], "weight of a word"],
  ["Look", ["Drag the canvas", "Space drag"], "move the view"],
  ["Look", ["Wheel", "Pinch"], "zoom"],
  ["Look", ["Right click", "Menu key"], "what can be done here"],
  ["Look", ["Esc"], "one step back; twice: to the notebook"],
];

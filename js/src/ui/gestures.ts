/** What is done with the pointer, and the keys that are no commands: told by the sheet of keys. */
import type { Group } from "./commands/command";

export const GESTURES: readonly (readonly [group: Group, how: readonly string[], does: string])[] = [
  ["Links", ["Drag from a socket", "Click two sockets"], "Link"],
  ["Links", ["Drag to empty canvas"], "Add what fits"],
  ["Links", ["Drag the input end"], "Plug it in elsewhere"],
  ["Links", ["Ctrl drag across"], "Cut"],
  ["Links", ["Double click a link"], "Reroute"],
  ["Links", ["Drop a node on a link"], "Put it in"],
  ["Nodes", ["Double click the canvas"], "Add"],
  ["Nodes", ["Tab", "Arrows"], "Next node"],
  ["Nodes", ["Alt arrows"], "Move by 10"],
  ["Nodes", ["Double click the title"], "Rename"],
  ["Nodes", ["Drag the right edge"], "Width"],
  ["Edit", ["Shift drag"], "Select a box"],
  ["Edit", ["Shift click"], "Select one more"],
  ["Fields", ["Drag sideways"], "Change; Shift fine, Ctrl coarse"],
  ["Fields", ["Click"], "Type; 768*2 works"],
  ["Fields", ["Double click"], "The default"],
  ["Fields", ["Ctrl ↑ ↓"], "Weight of a word"],
  ["Look", ["Drag the canvas", "Space drag"], "Move the view"],
  ["Look", ["Wheel", "Pinch"], "Zoom"],
  ["Look", ["Right click", "Menu key"], "What can be done here"],
  ["Look", ["Esc"], "One step back; twice: to the notebook"],
];

/** What can be done with one field. */
import { linkOf, literalOf } from "../../core/document";
import { pythonOfInput } from "../../core/python_name";
import { fieldKind, shownValue } from "../../core/specs";
import { numberIn } from "../../core/whole";
import { copyName, putOnClipboard } from "../clipboard";
import { isStarred, toggleStar } from "../panel/star";
import { type Command, fieldLinked, fieldNode, type Scope } from "./command";

function spec(scope: Scope) {
  const node = fieldNode(scope);
  return node && scope.bench.session.specs.get(node.type)?.inputs.find(({ name }) => name === scope.field?.input);
}

/** What the field shows, as text; undefined where it holds no plain value. */
function shownText(scope: Scope): string | undefined {
  const node = fieldNode(scope);
  const input = spec(scope);
  const value = node && input && !linkOf(node, input.name) ? shownValue(input, node) : undefined;
  return typeof value === "object" && value !== null ? numberIn(value)?.toString() : value?.toString();
}

function onPanel({ bench: { session }, field }: Scope): boolean {
  return field !== null && isStarred(session, field.node, field.input);
}

export const FIELDS: readonly Command[] = [
  {
    id: "star",
    name: "Star: show on the panel",
    anywhere: true,
    nameFor: (scope) => (onPanel(scope) ? "Unstar: take off the panel" : "Star: show on the panel"),
    group: "Fields",
    icon: "star",
    keys: ["S"],
    pointed: true,
    places: ["field"],
    possible: ({ field }) => field !== null,
    run: ({ bench: { session }, field }) => {
      if (field) toggleStar(session, field.node, field.input);
    },
  },
  {
    id: "default",
    name: "Back to the default",
    anywhere: true,
    group: "Fields",
    icon: "undo",
    pointed: true,
    places: ["field"],
    possible: (scope) => {
      const node = fieldNode(scope);
      const standard = spec(scope)?.default;
      return !!node && !!scope.field && standard !== undefined && !fieldLinked(scope) && shownText(scope) !== String(standard);
    },
    run: ({ bench, field }) => {
      if (field) bench.session.edit([{ op: "unset", id: field.node, input: field.input }]);
    },
  },
  {
    id: "large",
    name: "Open large",
    anywhere: true,
    group: "Fields",
    icon: "grow",
    keys: ["Ctrl+E"],
    whileTyping: true,
    pointed: true,
    places: ["field"],
    possible: (scope) => {
      const node = fieldNode(scope);
      const input = spec(scope);
      return !!node && !!input && !fieldLinked(scope) && fieldKind(input, shownValue(input, node)) === "text";
    },
    run: ({ bench, field }) => bench.view.update("large", field),
  },
  {
    id: "copy-value",
    name: "Copy its value",
    anywhere: true,
    group: "Fields",
    icon: "copy",
    pointed: true,
    places: ["field"],
    possible: (scope) => shownText(scope) !== undefined,
    run: (scope) => void putOnClipboard(scope.bench, shownText(scope) ?? ""),
  },
  {
    id: "copy-input-name",
    name: "Copy its name in Python",
    anywhere: true,
    group: "Fields",
    icon: "code",
    pointed: true,
    places: ["field"],
    run: (scope) => {
      const node = fieldNode(scope);
      if (node && scope.field) void copyName(scope.bench, pythonOfInput(scope.bench.session.doc, node, scope.field.input));
    },
  },
  {
    id: "unplug-field",
    name: "Unplug",
    group: "Fields",
    icon: "close",
    pointed: true,
    places: ["field"],
    possible: fieldLinked,
    run: ({ bench, field }) => {
      if (field) bench.actions.unplug(field.node, field.input);
    },
  },
  {
    id: "forget-value",
    name: "Drop the value it had",
    group: "Fields",
    pointed: true,
    places: ["field"],
    possible: (scope) => {
      const node = fieldNode(scope);
      return !!node && !!scope.field && !spec(scope) && literalOf(node, scope.field.input) !== undefined;
    },
    run: ({ bench, field }) => {
      if (field) bench.session.edit([{ op: "unset", id: field.node, input: field.input }]);
    },
  },
];

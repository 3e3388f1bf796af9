/**
 * The document as React Flow's nodes and edges.
 *
 * Objects are made anew only for what changed, and every node comes with its size and sockets, so that React Flow neither mounts nor
 * measures what is out of sight.
 */
import { type Edge, type Node, Position } from "@xyflow/react";
import type { NodeJSON } from "../core/document";
import { outputType, type SpecJSON } from "../core/specs";
import type { Session } from "../sync/session";
import { linkKey } from "./actions";
import { estimatedBox, placesOf } from "./geometry";
import type { View } from "./view";

export type FlowNode = Node<Record<string, never>, "vnb">;
export type LinkData = { type: string; faded: boolean };
export type FlowEdge = Edge<LinkData, "vnb">;

interface CachedNode {
  facts: readonly unknown[];
  node: FlowNode;
}

const NO_DATA: Record<string, never> = {};

export class FlowMirror {
  private nodes = new Map<string, CachedNode>();
  private edges = new Map<string, FlowEdge>();

  constructor(
    private readonly session: Session,
    private readonly view: View,
  ) {}

  readNodes(): FlowNode[] {
    const { session, view } = this;
    const at = placesOf(session, view);
    const next = new Map<string, CachedNode>();
    for (const node of session.doc.nodes.values()) {
      const [x, y] = at(node.id);
      const width = view.resized?.id === node.id ? view.resized.width : undefined;
      const spec = session.specs.get(node.type);
      const error = session.state(node.id)?.state === "error" || view.openCards.has(node.id);
      const facts = [
        node,
        spec,
        x,
        y,
        width,
        view.selection.has(node.id),
        view.measured.get(node.id),
        view.dragged.has(node.id),
        error,
      ];
      const known = this.nodes.get(node.id);
      const same = known?.facts.every((fact, i) => fact === facts[i]);
      next.set(node.id, same && known ? known : { facts, node: this.make(node, spec, x, y, width, error) });
    }
    this.nodes = next;
    return [...next.values()].map(({ node }) => node);
  }

  private make(
    node: NodeJSON,
    spec: SpecJSON | undefined,
    x: number,
    y: number,
    width: number | undefined,
    raised: boolean,
  ): FlowNode {
    const { session, view } = this;
    const box = estimatedBox(session.specs, session.doc, node, view.unfolded.has(node.id));
    const measured = view.measured.get(node.id);
    const handles = box.handles.map(({ id, kind, x, y }) => ({
      id,
      type: kind,
      position: kind === "target" ? Position.Left : Position.Right,
      x: x - 1,
      y: y - 1,
      width: 2,
      height: 2,
    }));
    return {
      id: node.id,
      type: "vnb",
      data: NO_DATA,
      position: { x, y },
      width: width ?? box.width,
      measured: measured ?? { width: box.width, height: box.height },
      ...(measured ? {} : { handles }),
      selected: view.selection.has(node.id),
      dragging: view.dragged.has(node.id),
      zIndex: raised ? 500 : 1,
      ariaLabel: node.title || spec?.display_name || node.type,
    };
  }

  readEdges(): FlowEdge[] {
    const { session, view } = this;
    const next = new Map<string, FlowEdge>();
    const inAir = view.connecting?.unplugged;
    for (const node of session.doc.nodes.values()) {
      for (const [input, [source, slot]] of Object.entries(node.links)) {
        const from = session.doc.nodes.get(source);
        if (!from || (inAir?.node === node.id && inAir.input === input)) continue;
        const id = linkKey(node.id, input, source, slot);
        const type = outputType(session.specs, session.doc, source, slot);
        const faded = node.mode === "muted" || from.mode === "muted";
        const selected = view.selectedLinks.has(id);
        const known = this.edges.get(id);
        const same = known?.data?.type === type && known.data.faded === faded && known.selected === selected;
        next.set(id, same && known ? known : this.makeEdge(id, source, slot, node.id, input, { type, faded }, selected));
      }
    }
    this.edges = next;
    return [...next.values()];
  }

  private makeEdge(
    id: string,
    source: string,
    slot: number,
    target: string,
    input: string,
    data: LinkData,
    selected: boolean,
  ): FlowEdge {
    return {
      id,
      type: "vnb",
      source,
      sourceHandle: `out:${slot}`,
      target,
      targetHandle: `in:${input}`,
      data,
      selected,
      reconnectable: false,
    };
  }
}

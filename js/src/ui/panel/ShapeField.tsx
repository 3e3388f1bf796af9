/** Width and height as one of three shapes; the size itself opens to be typed. */
import { useState } from "react";
import type { PanelEntry } from "../../core/panel";
import { SHAPES, type Shape, shapeOf, sizeFor } from "../../core/shape";
import { shownValue } from "../../core/specs";
import { useWorkbench } from "../context";
import { FieldEditor } from "../fields/Field";

export function ShapeField({ entry: { node, input, partner } }: { entry: PanelEntry }) {
  const { session } = useWorkbench();
  const [exact, setExact] = useState(false);
  if (!partner) return null;
  const width = Number(shownValue(input, node));
  const height = Number(shownValue(partner, node));
  const now = shapeOf({ width, height });
  const choose = (shape: Shape) => {
    if (shape === now) return;
    const size = sizeFor(shape, { width, height });
    session.edit([
      { op: "set", id: node.id, input: input.name, value: size.width },
      { op: "set", id: node.id, input: partner.name, value: size.height },
    ]);
  };
  return (
    <>
      <div className="vnb-entry-label">
        <span>Shape</span>
        <button
          type="button"
          className="vnb-size-button"
          aria-expanded={exact}
          aria-label={`${width} × ${height}, type width and height`}
          title="Type width and height"
          data-vnb-action="exact-size"
          onClick={() => setExact(!exact)}
        >
          {width} × {height}
        </button>
      </div>
      <div className="vnb-shapes" role="group" aria-label="Shape">
        {SHAPES.map((shape) => (
          <button
            type="button"
            key={shape}
            className="vnb-shape"
            data-vnb-shape={shape}
            aria-pressed={shape === now}
            onClick={() => choose(shape)}
          >
            <span className="vnb-shape-box" data-shape={shape} aria-hidden="true" />
            <span className="vnb-clip">{shape}</span>
          </button>
        ))}
      </div>
      {exact && (
        <div className="vnb-field-row">
          {[input, partner].map((part) => (
            <div className="vnb-field-cell" key={part.name} data-vnb-field={`${node.id}.${part.name}`}>
              <FieldEditor
                kind="number"
                node={node}
                input={{ ...part, label: part.name }}
                value={shownValue(part, node)}
                fault={null}
                alone={false}
              />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

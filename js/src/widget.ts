/** The anywidget entry: draws one view of a workbench into the element that the notebook gives. */
import "@xyflow/react/dist/base.css";
import "./ui/styles/tokens.css";
import "./ui/styles/editor.css";
import "./ui/styles/canvas.css";
import "./ui/styles/node.css";
import "./ui/styles/fields.css";
import "./ui/styles/popups.css";
import "./ui/styles/drawers.css";
import "./ui/styles/panel.css";
import "./ui/styles/menus.css";
import type { Model } from "./sync/transport";
import { mount } from "./ui/mount";

export default {
  render({ model, el }: { model: Model; el: HTMLElement }): () => void {
    return mount(model, el);
  },
};

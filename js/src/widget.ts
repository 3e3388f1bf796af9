/** The anywidget entry: draws one view of a workbench into the element that the notebook gives. */
import "@xyflow/react/dist/base.css";
import "./ui/styles/index.css";
import type { Model } from "./sync/transport";
import { mount } from "./ui/mount";

export default {
  render({ model, el }: { model: Model; el: HTMLElement }): () => void {
    return mount(model, el);
  },
};

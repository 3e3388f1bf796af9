"""`generate`: one line, one prompt, one picture."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from virgil_nb.api.session import Session
from virgil_nb.api.workflow import Workflow

if TYPE_CHECKING:
    from PIL import Image


def generate(
    prompt: str,
    *,
    negative: str = "",
    seed: int = 0,
    steps: int = 20,
    cfg: float = 8.0,
    width: int | None = None,
    height: int | None = None,
    sampler: str = "euler",
    scheduler: str = "normal",
    checkpoint: str | None = None,
    session: Session | None = None,
    progress: bool = True,
) -> Image.Image:
    """A picture of `prompt`, as a PIL image.

    The model is the one that ships in the package, or a `checkpoint` from the models folder; width and height are in pixels and
    default to what the model was trained for. The same prompt and seed give the same picture. Warns of words that the model does
    not know, and of a size that it was not trained for. Raises WorkflowInvalid, NodeError or Interrupted.
    """
    if not isinstance(prompt, str):
        raise TypeError(f"The prompt is text; got {type(prompt).__name__}.")
    wf = Workflow.template("text-to-image")
    wf["Prompt"].text, wf["Negative prompt"].text = prompt, negative
    sampler_node = wf["KSampler"]
    sampler_node.seed, sampler_node.steps, sampler_node.cfg = seed, steps, cfg
    sampler_node.sampler_name, sampler_node.scheduler = sampler, scheduler
    if checkpoint is not None:
        wf["CheckpointLoaderSimple"].ckpt_name = checkpoint
    size = wf["EmptyLatentImage"]
    size.width = size.width if width is None else width
    size.height = size.height if height is None else height
    # A call wants the picture, not a file of it.
    wf.remove("SaveImage")
    shown = wf.add("PreviewImage", images=wf["VAEDecode"].IMAGE)
    result = wf.run(outputs=[shown], session=session, progress=progress)
    for notes in result.notes.values():
        for note in notes:
            warnings.warn(note, UserWarning, stacklevel=2)
    return result.images[0]

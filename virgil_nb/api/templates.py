"""The built-in starting points: small workflows on the model that ships in the package. Those that start from a picture wait for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from virgil_nb.engine import Batch, MoveNodes, Rename, ResizeNode
from virgil_nb.nodes.folders import PACKAGED_CHECKPOINT
from virgil_nb.nodes.packaged import packaged_resolution

if TYPE_CHECKING:
    from virgil_nb.api.handles import Node
    from virgil_nb.api.workflow import Workflow

PROMPT = "a red fox on a blue background"


def names() -> list[str]:
    """Names of the built-in starting points."""
    return list(_TEMPLATES)


def build(name: str) -> Workflow:
    """A new workflow from the starting point `name`. Raises KeyError with the names there are."""
    from virgil_nb.api.workflow import Workflow

    if name not in _TEMPLATES:
        raise KeyError(f"There is no template {name!r}. There are: {', '.join(_TEMPLATES)}.")
    wf = Workflow()
    places = _TEMPLATES[name](wf)
    title = name.replace("-", " ").capitalize()
    sizes = [ResizeNode(node.info.id, (width, 0.0)) for node, (_, _, width) in places.items()]
    moves = MoveNodes({node.info.id: (float(x), float(y)) for node, (x, y, _) in places.items()})
    wf.editor.apply(Batch((Rename(title), moves, *sizes)))
    # A starting point has no history: undo should not take it apart.
    return Workflow(wf.document)


_COLUMNS = {"checkpoint": (0, 224), "text": (264, 216), "sampler": (520, 220), "decode": (780, 160), "picture": (980, 220)}


def _text_to_image(wf: Workflow) -> dict[Node, tuple[float, float, float]]:
    width, height = packaged_resolution()
    checkpoint, positive, negative = _model_and_text(wf)
    empty = wf.add("EmptyLatentImage", width=width, height=height, batch_size=1)
    return _sample_and_save(wf, checkpoint, positive, negative, empty, (264, 396))


def _image_to_image(wf: Workflow) -> dict[Node, tuple[float, float, float]]:
    checkpoint, positive, negative = _model_and_text(wf)
    picture = wf.add("LoadImage")
    encoded = wf.add("VAEEncode", pixels=picture.IMAGE, vae=checkpoint.VAE)
    places = _sample_and_save(wf, checkpoint, positive, negative, encoded, (264, 396), denoise=0.6)
    return {**places, picture: (0, 380, 224)}


def _repaint_a_part(wf: Workflow) -> dict[Node, tuple[float, float, float]]:
    checkpoint, positive, negative = _model_and_text(wf)
    picture = wf.add("LoadImage")
    encoded = wf.add("VAEEncode", pixels=picture.IMAGE, vae=checkpoint.VAE)
    masked = wf.add("SetLatentNoiseMask", samples=encoded.LATENT, mask=picture.MASK)
    places = _sample_and_save(wf, checkpoint, positive, negative, masked, (264, 540))
    return {**places, picture: (0, 380, 224), encoded: (264, 396, 216)}


def _model_and_text(wf: Workflow) -> tuple[Node, Node, Node]:
    checkpoint = wf.add("CheckpointLoaderSimple", ckpt_name=PACKAGED_CHECKPOINT)
    positive = wf.add("CLIPTextEncode", text=PROMPT, clip=checkpoint.CLIP, title="Prompt")
    negative = wf.add("CLIPTextEncode", text="", clip=checkpoint.CLIP, title="Negative prompt")
    return checkpoint, positive, negative


def _sample_and_save(
    wf: Workflow, checkpoint: Node, positive: Node, negative: Node, latent: Node, at: tuple[float, float], denoise: float = 1.0
) -> dict[Node, tuple[float, float, float]]:
    sampler = wf.add(
        "KSampler",
        model=checkpoint.MODEL,
        positive=positive.CONDITIONING,
        negative=negative.CONDITIONING,
        latent_image=latent.LATENT,
        seed=7,
        steps=20,
        cfg=8.0,
        sampler_name="euler",
        scheduler="normal",
        denoise=denoise,
    )
    decoded = wf.add("VAEDecode", samples=sampler.LATENT, vae=checkpoint.VAE)
    saved = wf.add("SaveImage", images=decoded.IMAGE, filename_prefix="virgil")
    x = {name: place for name, (place, _) in _COLUMNS.items()}
    w = {name: width for name, (_, width) in _COLUMNS.items()}
    return {
        checkpoint: (x["checkpoint"], 0, w["checkpoint"]),
        positive: (x["text"], 112, w["text"]),
        negative: (x["text"], 254, w["text"]),
        latent: (*at, w["text"]),
        sampler: (x["sampler"], 0, w["sampler"]),
        decoded: (x["decode"], 0, w["decode"]),
        saved: (x["picture"], 0, w["picture"]),
    }


_TEMPLATES: dict[str, Callable[[Workflow], dict[Node, tuple[float, float, float]]]] = {
    "text-to-image": _text_to_image,
    "image-to-image": _image_to_image,
    "repaint-a-part": _repaint_a_part,
}

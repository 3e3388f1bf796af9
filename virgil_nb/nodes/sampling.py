"""The sampler node: where model, conditioning and latent meet, and where most of a run's time goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from virgil_nb.diffusion.safetensors_header import read_metadata
from virgil_nb.engine import Range, Seed, context, node
from virgil_nb.engine.kinds.types import Conditioning, Latent, Model
from virgil_nb.nodes.errors import ValueMismatchError
from virgil_nb.nodes.latents import CELL, samples_of
from virgil_nb.nodes.packaged import resolution

if TYPE_CHECKING:
    from torch import Tensor

    from virgil_nb.diffusion.samplers import Step
    from virgil_nb.engine.context import NodeContext

SamplerName = Literal["euler", "euler_ancestral", "heun", "dpmpp_2m", "dpmpp_2m_sde", "ddim"]
SchedulerName = Literal["simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal"]


@node("KSampler", display_name="KSampler", category="sampling", trusted=True)
def k_sampler(
    *,
    model: Model,
    seed: Annotated[int, Range(0, 2**64 - 1), Seed()] = 0,
    steps: Annotated[int, Range(1, 10000)] = 20,
    cfg: Annotated[float, Range(0.0, 100.0, step=0.1, round=0.01)] = 8.0,
    sampler_name: SamplerName = "euler",
    scheduler: SchedulerName = "simple",
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: Annotated[float, Range(0.0, 1.0, step=0.01)] = 1.0,
) -> Latent:
    """Makes a picture's latent out of noise, step by step.

    Args:
        model: The diffusion model.
        positive: What shall be in the picture.
        negative: What shall not be in it.
        latent_image: Where to start: an empty latent, or one of a picture with denoise below 1.
        seed: The same seed gives the same noise.
        steps: More steps are slower and often better, up to a point.
        cfg: How strongly the prompt steers. Too high burns the colours.
        sampler_name: How a step is taken.
        scheduler: How the noise falls from step to step.
        denoise: How much of the latent is made anew.
    """
    start = samples_of(latent_image, "latent_image")
    check_fits(model, start, {"positive": positive, "negative": negative})
    current = context.current()
    if current is not None:
        note_size(current, model, start)
    result = sampled(
        None if current is None else lambda step: report(current, model, step),
        model=model,
        positive=positive,
        negative=negative,
        latent_image=latent_image,
        seed=seed,
        steps=steps,
        cfg=cfg,
        sampler_name=sampler_name,
        scheduler=scheduler,
        denoise=denoise,
    )
    return {**latent_image, "samples": result}


def sampled(
    on_step: Callable[[Step], None] | None,
    *,
    model: Any,
    positive: Any,
    negative: Any,
    latent_image: Mapping[str, Any],
    seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    denoise: float,
) -> Tensor:
    """The latent that a KSampler with these inputs makes; `on_step` sees each step before it is taken."""
    from virgil_nb.diffusion.sampling import sample

    return sample(
        model,
        samples_of(latent_image, "latent_image"),
        positive=positive,
        negative=negative,
        seed=seed,
        steps=steps,
        cfg=cfg,
        sampler=sampler_name,
        scheduler=scheduler,
        denoise=denoise,
        noise_mask=latent_image.get("noise_mask"),
        batch_index=latent_image.get("batch_index"),
        on_step=on_step,
    )


def report(current: NodeContext, model: Any, step: Step) -> None:
    """Passes one step on: progress, a picture of what is expected (made only if somebody looks), and the wish to stop."""
    current.check_cancelled()
    current.progress(step.index + 1, step.total)
    denoised = step.denoised
    current.preview(lambda: preview_picture(model, denoised), step=step.index + 1)


def preview_picture(model: Any, denoised: Tensor) -> Any:
    """A PIL image of a latent, by its colours alone, enlarged to the picture's size."""
    from virgil_nb.diffusion.latents import latent_to_rgb
    from virgil_nb.nodes.pictures import latent_picture

    return latent_picture(latent_to_rgb(denoised, model.latent_format).numpy(), CELL)


def check_fits(model: Any, start: Tensor, conditionings: dict[str, object]) -> None:
    """Raises ValueMismatchError when the latent or a conditioning was made for another kind of model."""
    channels = model.latent_format.channels
    if start.ndim != 4:
        raise ValueMismatchError(f"latent_image has shape {tuple(start.shape)}; this model works on (batch, {channels}, height, width).")
    if start.shape[1] != channels:
        raise ValueMismatchError(
            f"latent_image has {start.shape[1]} channels and this model works on {channels}: it was made with another family's VAE. "
            "Encode the picture with this checkpoint's VAE, or start from an Empty Latent Image."
        )
    for name, conditioning in conditionings.items():
        check_conditioning(name, conditioning, model.config.context_dim)


def check_conditioning(name: str, conditioning: object, width: int) -> None:
    """Raises ValueMismatchError, naming the input `name`, unless `conditioning` is [[tensor (batch, tokens, width), dict], …]."""
    import torch

    if not isinstance(conditioning, list | tuple) or not conditioning:
        what = "empty" if isinstance(conditioning, list | tuple) else f"a {type(conditioning).__name__}"
        raise ValueMismatchError(f"{name} is {what}; a CONDITIONING is a list of [tensor, dict]. Connect a CLIP Text Encode.")
    for entry in conditioning:
        tensor = entry[0] if isinstance(entry, list | tuple) and len(entry) == 2 else None
        if not isinstance(tensor, torch.Tensor) or tensor.ndim != 3:
            raise ValueMismatchError(f"{name} holds {type(entry).__name__} entries that are not [tensor (batch, tokens, width), dict].")
        if tensor.shape[-1] != width:
            raise ValueMismatchError(
                f"{name} is {tensor.shape[-1]} numbers wide and this model reads {width}: it was made by another model's text encoder. "
                "Use the CLIP of the checkpoint that the model comes from."
            )


def note_size(current: NodeContext, model: Any, start: Tensor) -> None:
    """Says on the node when the picture's size is not the one the model was trained at."""
    trained = resolution(read_metadata(Path(model.path)))
    size = (start.shape[-1] * CELL, start.shape[-2] * CELL)
    if trained is not None and size != trained:
        width, height = trained
        current.note(
            f"This picture is {size[0]} × {size[1]}; the model was trained at {width} × {height} and does best there.", level="warning"
        )

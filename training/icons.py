"""The icons: Microsoft's Fluent emoji (MIT) from the npm package @iconify-json/fluent-emoji, rasterised with resvg.

The package is fetched once by `npm pack` into the working folder; rasters are kept there too.
"""

from __future__ import annotations

import io
import json
import tarfile
import zlib
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.concepts import CONCEPTS
from training.packages import fetch

PACKAGE = "@iconify-json/fluent-emoji@1.2.7"
# Variants of one drawing, and people: not used, neither to train nor to test.
_SKIPPED_ENDINGS = ("-light", "-medium-light", "-medium", "-medium-dark", "-dark", "-default")
_SKIPPED_STARTS = ("man-", "woman-", "person-", "mx-", "mrs-", "keycap-", "japanese-")

Raster = npt.NDArray[np.uint8]  # (size, size, 4), straight alpha


class IconSet:
    """The drawings by slug, and their rasters at any size (kept on disk in `work`/rasters)."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self._memory: dict[tuple[str, int], Raster] = {}

    @cached_property
    def bodies(self) -> dict[str, str]:
        with tarfile.open(fetch(PACKAGE, self.work)) as archive:
            member = archive.extractfile("package/icons.json")
            assert member is not None
            icons = json.load(member)["icons"]
        return {slug: icon["body"] for slug, icon in icons.items()}

    @cached_property
    def things(self) -> list[str]:
        """Slugs of all single drawings that are neither people nor variants of another."""
        return sorted(s for s in self.bodies if not s.endswith(_SKIPPED_ENDINGS) and not s.startswith(_SKIPPED_STARTS))

    @cached_property
    def unseen(self) -> list[str]:
        """Slugs kept away from every training: the autoencoder's test set."""
        taught = {concept.slug for concept in CONCEPTS}
        return [slug for slug in self.things if slug not in taught and zlib.crc32(slug.encode()) % 16 == 0]

    def raster(self, slug: str, size: int) -> Raster:
        """The icon at size x size pixels, RGBA."""
        if (slug, size) not in self._memory:
            path = self.work / "rasters" / str(size) / f"{slug}.png"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(rasterise(self.bodies[slug], size))
            self._memory[slug, size] = np.asarray(Image.open(path).convert("RGBA"))
        return self._memory[slug, size]


def rasterise(body: str, size: int) -> bytes:
    """PNG of an icon's SVG body (a 32 x 32 view box) at `size` pixels."""
    import resvg_py

    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    svg = f'<svg {names} viewBox="0 0 32 32" width="{size}" height="{size}">{body}</svg>'
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg))
    Image.open(io.BytesIO(png)).verify()
    return png

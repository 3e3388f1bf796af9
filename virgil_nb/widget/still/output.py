"""The still picture's place in the notebook: a second output under the editor, with its own display id.

The live view hides it (by its id, see `ELEMENT`), and readers without a kernel see it: nbconvert, GitHub, an untrusted
notebook. After each run it is replaced in place. It is not part of the editor's own output, because JupyterLab would draw
the editor anew at every update of that.
"""

from __future__ import annotations

import base64
import html
import io
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from virgil_nb.widget.keeping.carried import LARGEST, carry
from virgil_nb.widget.messages.document import DocumentJSON
from virgil_nb.widget.messages.runs import NodeStateJSON
from virgil_nb.widget.messages.specs import SpecJSON
from virgil_nb.widget.still.boxes import REROUTE

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.PngImagePlugin import PngInfo

ELEMENT = '<div class="vnb-still" data-vnb-still="{id}">{inside}</div>'
WEBP_BYTES = 60_000  # together less than 220 KB of text in the notebook file
PNG_BYTES = 90_000
TEXT_LINES = 40
MimeBundle = dict[str, str]


class StillPicture:
    """One display of the graph and its last pictures. `id` is what the live view hides it by."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(6)
        self._bundle: MimeBundle | None = None

    @property
    def drawn(self) -> bool:
        """Whether there is a picture yet, and not only its place."""
        return self._bundle is not None

    def draw(
        self,
        document: DocumentJSON,
        specs: Mapping[str, SpecJSON],
        pictures: Mapping[str, Sequence[Image]],
        states: Mapping[str, NodeStateJSON],
        title: str,
        carried: str = "",
    ) -> None:
        """Makes the picture anew; `show` or `refresh` bring it into the notebook. carried: what its PNG holds for keeping."""
        from virgil_nb.widget.still.picture import draw

        image = draw(document, specs, pictures, states)
        words = describe(document, specs, title)
        source = "data:image/webp;base64," + _base64(_webp(image))
        alt = html.escape(_one_line(words)[:600], quote=True)
        style = "max-width:100%;height:auto;border-radius:10px"
        inside = f'<img src="{source}" width="{image.width}" height="{image.height}" alt="{alt}" style="{style}">'
        self._bundle = {
            "text/html": ELEMENT.format(id=self.id, inside=inside),
            "image/png": _base64(_png(image, carry(carried))),
            "text/plain": words,
        }

    def bundle(self, words: str) -> MimeBundle:
        """The output's content; before there is a picture, an empty place with `words` for who sees text only."""
        return self._bundle or {"text/html": ELEMENT.format(id=self.id, inside=""), "text/plain": words}

    def show(self, words: str) -> None:
        """Adds the output to the cell that runs."""
        self._publish(self.bundle(words), update=False)

    def refresh(self, words: str) -> None:
        """Replaces the output wherever it was shown; from any thread."""
        self._publish(self.bundle(words), update=True)

    def _publish(self, bundle: MimeBundle, *, update: bool) -> None:
        from IPython import get_ipython

        shell = get_ipython()
        if shell is not None:
            shell.display_pub.publish(data=bundle, metadata={}, transient={"display_id": self.id}, update=update)


def describe(document: DocumentJSON, specs: Mapping[str, SpecJSON], title: str) -> str:
    """The workflow in words: a line per node with its values."""
    nodes = [node for node in document["nodes"] if node["type"] != REROUTE]
    lines = [f"{_one_line(title) or 'Workflow'}: {len(nodes)} nodes"]
    for node in nodes[:TEXT_LINES]:
        spec = specs.get(node["type"])
        name = _one_line(node.get("title") or (spec["display_name"] if spec else node["type"]))
        values = ", ".join(f"{key}: {_one_line(value)[:200]}" for key, value in node["values"].items() if key not in node["links"])
        lines.append(f"  {name}" + (f" ({values})" if values else ""))
    if len(nodes) > TEXT_LINES:
        lines.append(f"  … and {len(nodes) - TEXT_LINES} more")
    return "\n".join(lines)


def _one_line(text: object) -> str:
    """A text as one line of printable letters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(text)[:2000]).split())


def _webp(image: Image) -> bytes:
    """The image as WebP of at most WEBP_BYTES: less quality first, then a smaller picture."""
    data = b""
    for scale in (1.0, 0.75, 0.5, 0.3):
        smaller = _scaled(image, scale)
        for quality in (88, 70, 45):
            target = io.BytesIO()
            smaller.save(target, "WEBP", quality=quality, method=2)
            data = target.getvalue()
            if len(data) <= WEBP_BYTES:
                return data
    return data


def _png(image: Image, texts: PngInfo | None) -> bytes:
    """The image as PNG of at most PNG_BYTES: 256 colours, then fewer and a smaller picture."""
    data = b""
    for scale, colours in ((1.0, 256), (0.8, 256), (0.6, 128), (0.45, 64), (0.3, 32)):
        target = io.BytesIO()
        _scaled(image, scale).quantize(colours).save(target, "PNG", compress_level=9, pnginfo=texts)
        data = target.getvalue()
        if len(data) <= PNG_BYTES + (0 if texts is None else LARGEST):
            return data
    return data


def _scaled(image: Image, scale: float) -> Image:
    return image if scale == 1.0 else image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

"""The cell that makes the nodes and workflows whose look is tested; `show(name)` puts one of them into the open workbench.

Every state on the page is a real one: `Hold` and `Brood` wait in mid-run for the gate, `Break` fails, `Tone` paints a picture.
"""

from __future__ import annotations

SETUP = '''
import threading
from typing import Annotated, Any, Literal
from PIL import Image, ImageDraw
import virgil_nb as vnb
from virgil_nb.engine import Document, NodeReturn, PanelItem, current
from virgil_nb.engine.kinds.types import LinkOnly

gate = threading.Event()

def wait():
    """In a node: until the gate opens or the run is stopped."""
    while not gate.wait(0.02):
        current().check_cancelled()

@vnb.node("Blank", display_name="Empty latent", category="latent")
def blank(width: Annotated[int, vnb.Range(16, 2048, 8)] = 768, height: Annotated[int, vnb.Range(16, 2048, 8)] = 768) -> vnb.Latent:
    """Nothing, in this size."""
    return width

@vnb.node("Develop", display_name="KSampler", category="sampling")
def develop(latent: vnb.Latent, rounds: Annotated[int, vnb.Range(1, 60)] = 20) -> vnb.Latent:
    """Does at once what it is asked."""
    return latent

@vnb.node("Hold", display_name="KSampler", category="sampling", cache=False)
def hold(latent: vnb.Latent, rounds: Annotated[int, vnb.Range(1, 60)] = 20) -> vnb.Latent:
    """Stands at 12 of 20 until the gate opens."""
    current().progress(12, 20)
    wait()
    return latent

@vnb.node("Brood", display_name="KSampler", category="sampling", cache=False)
def brood(latent: vnb.Latent, rounds: Annotated[int, vnb.Range(1, 60)] = 20) -> vnb.Latent:
    """Works, and says nothing of how far it is."""
    wait()
    return latent

@vnb.node("Break", display_name="KSampler", category="sampling")
def fails(latent: vnb.Latent, rounds: Annotated[int, vnb.Range(1, 60)] = 20) -> vnb.Latent:
    """Fails."""
    raise MemoryError("Decoding 768 x 768 at once needs 6.1 GB; 4.3 GB are free.")

@vnb.node("Decode", category="latent")
def decode(latent: vnb.Latent) -> vnb.Image:
    """A picture of a latent."""
    return latent

@vnb.node("Tone", display_name="Save picture", category="image", output=True)
def tone(image: vnb.Image, red: Annotated[int, vnb.Range(0, 255)] = 90) -> NodeReturn:
    """Paints a moon over a lake."""
    picture = Image.new("RGB", (256, 256), (red, 60, 130))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 150, 256, 256), fill=(60, 30, 90))
    draw.ellipse((70, 40, 120, 90), fill=(250, 210, 150))
    return NodeReturn(ui={"images": [picture]})

@vnb.node("Phrase", display_name="Prompt", category="text")
def phrase(text: Annotated[str, vnb.Multiline()] = "") -> vnb.Conditioning:
    """What should be seen."""
    return text

@vnb.node("Dream", display_name="KSampler", category="sampling", output=True)
def dream(
    positive: vnb.Conditioning,
    negative: vnb.Conditioning,
    latent: vnb.Latent,
    seed: Annotated[int, vnb.Seed()] = 182736,
    steps: Annotated[int, vnb.Range(1, 60)] = 20,
    cfg: Annotated[float, vnb.Range(0, 30, 0.5)] = 6.5,
    sampler_name: Literal["euler", "dpmpp_2m"] = "dpmpp_2m",
) -> NodeReturn:
    """A moon over a lake, in colours that the seed chooses."""
    sky = (seed * 37 % 160, seed * 53 % 120, 110 + seed * 11 % 120)
    picture = Image.new("RGB", (latent, latent), sky)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, latent * 0.6, latent, latent), fill=tuple(part // 2 for part in sky))
    draw.ellipse((latent * 0.25, latent * 0.15, latent * 0.45, latent * 0.35), fill=(250, 210, 150))
    return NodeReturn(ui={"images": [picture]})

@vnb.node("Blur", display_name="Blur", category="image")
def blur(image: vnb.Image, radius: float = 2.0) -> vnb.Image:
    """Softens a picture."""
    return image

@vnb.node("Shop", display_name="Every field", category="fields")
def shop(
    prompt: Annotated[str, vnb.Multiline()] = "a fox",
    seed: Annotated[int, vnb.Seed()] = 182736,
    steps: Annotated[int, vnb.Range(1, 60)] = 20,
    cfg: Annotated[float, vnb.Range(0, 30, 0.5)] = 6.5,
    few: Literal["one", "two", "three"] = "one",
    many: Literal["a1", "a2", "a3", "a4", "a5", "a6", "a7", "b8"] = "a1",
    tiled: bool = False,
    name: str = "lake",
) -> None:
    """Has a field of each kind."""

@vnb.node("Two", display_name="Two kinds", category="fields")
def two(image: vnb.Image, mask: vnb.Mask | None = None, name: str = "lake") -> tuple[vnb.Image, vnb.Mask]:
    """Needs a picture, can do without a mask."""
    return image, mask

TYPES = ["MODEL", "CLIP", "VAE", "CONTROL_NET", "CONDITIONING", "LATENT", "IMAGE", "MASK", "SIGMAS", "NOISE", "INT", "FLOAT", "STRING",
         "BOOLEAN", "COMBO", "*", "PACK_OWN"]

def give() -> object:
    """One output of each type."""
    return TYPES

def take(**inputs: object) -> None:
    """One input of each type."""

def sheet_of_types():
    """Two nodes that know every type: their specs are written out, as a pack's would be."""
    from virgil_nb.engine import InputSpec, NodeSpec, OutputSpec, default_registry
    from dataclasses import replace
    plain = default_registry().get("Blur")
    names = [kind.lower() if kind != "*" else "any" for kind in TYPES]
    outputs = tuple(OutputSpec(name, kind) for name, kind in zip(names, TYPES)) + (OutputSpec("pictures", "IMAGE", is_list=True),)
    inputs = tuple(InputSpec(name, kind, link_only=True) for name, kind in zip(names, TYPES))
    inputs += (InputSpec("pictures", "IMAGE", required=False),)
    default_registry().register(replace(plain, type="Give", display_name="Give", inputs=(), outputs=outputs, function=give))
    default_registry().register(replace(plain, type="Take", display_name="Take", inputs=inputs, outputs=(), function=take))
    return names

names = sheet_of_types()

def node(id_, type_, at, links=None, **more):
    return {"id": id_, "type": type_, "position": list(at), "values": more.pop("values", {}), "links": links or {}, **more}

def document(name, nodes, **more):
    return Document.from_json({"format": "virgil_nb", "version": 1, "name": name, "nodes": nodes, "extra": {}, **more})

L = {"latent": ["0", 0]}
documents = {
    "states": document("States", [
        node("0", "Blank", (-300, 0)),
        node("idle", "Develop", (0, 0), L),
        node("cached", "Develop", (260, 0), L, values={"rounds": 21}),
        node("done", "Develop", (520, 0), L, values={"rounds": 22}),
        node("decode", "Decode", (780, 0), {"latent": ["done", 0]}),
        node("picture", "Tone", (1010, 0), {"image": ["decode", 0]}),
        node("error", "Break", (0, 150), L),
        node("waiting", "Develop", (260, 150), {"latent": ["error", 0]}),
        node("needs", "Develop", (520, 150)),
        node("muted", "Develop", (0, 420), L, mode="muted"),
        node("bypassed", "Develop", (260, 420), L, mode="bypassed"),
        node("missing", "FaceDetailer", (520, 420), L, values={"steps": 20, "prompt": "a face"}),
    ]),
    "running": document("Under way", [
        node("0", "Blank", (-280, 0)),
        node("hold", "Hold", (0, 0), L),
        node("brood", "Brood", (260, 0), L),
        node("decode", "Decode", (520, 120), {"latent": ["hold", 0]}),
        node("next", "Tone", (760, 0), {"image": ["decode", 0]}),
    ]),
    "types": document("Types", [
        node("1", "Give", (0, 0)),
        node("2", "Take", (330, 0), {name: ["1", i] for i, name in enumerate([*names, "pictures"])}),
    ]),
    "fields": document("Fields", [
        node("1", "Shop", (0, 0)),
        node("2", "Blank", (300, 0)),
        node("3", "Develop", (600, 0), {"latent": ["2", 0]}),
    ]),
    "lake": document("Lake at dusk", [
        node("1", "Blank", (0, 60)),
        node("2", "Develop", (300, 0), {"latent": ["1", 0]}),
        node("4", "Reroute", (570, -30), {"": ["2", 0]}),
        node("7", "Decode", (620, 0), {"latent": ["4", 0]}),
        node("3", "Tone", (860, 0), {"image": ["7", 0]}),
        node("5", "Blur", (300, 180)),
        node("6", "Two", (300, 320)),
    ], frames={"1": {"title": "Out", "box": [600, -44, 544, 420]}}),
    "long": document("A workflow with a name that nobody would choose but somebody has", [
        node("0", "Blank", (-300, 0)),
        node("1", "Develop", (0, 0), L, title="A title that is far too long for its node"),
        node("2", "Hold", (300, 0), L, title="Sampler of the lake"),
    ]),
    "panel": document("Lake at dusk", [
        node("1", "Shop", (0, 0), values={"prompt": "a small sailboat on a mountain lake at dusk"}),
        node("2", "Blank", (300, 0)),
        node("4", "Decode", (560, 0), {"latent": ["2", 0]}),
        node("3", "Tone", (800, 0), {"image": ["4", 0]}),
    ], panel=[{"node": "1", "input": name} for name in ("prompt", "steps", "seed", "tiled", "many")]),
    "dream": document("Lake at dusk", [
        node("1", "Phrase", (0, 0), values={"text": "a small sailboat on a mountain lake at dusk, layered misty ridges, quiet water"}),
        node("2", "Phrase", (0, 220), values={"text": "blurry, crowded, text"}, title="Negative prompt"),
        node("3", "Blank", (0, 440)),
        node("4", "Dream", (320, 0), {"positive": ["1", 0], "negative": ["2", 0], "latent": ["3", 0]}),
    ]),
    "empty": document("", []),
}
wb = vnb.Workbench(vnb.Workflow(documents["lake"]))

def show(name):
    """The workbench with another workflow, nothing running."""
    gate.set()
    wb.stop()
    for other in others:
        other.stop()
    others.clear()
    if wb.last_run is not None:
        wb.last_run.wait(20)
    gate.clear()
    wb.workflow.editor.replace(documents[name])

others = []
'''

"""open∘save is the identity for any document, in both of ComfyUI's formats."""

from __future__ import annotations

import json
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.comfy.signatures import comfy_registry
from virgil_nb.comfy.api_format import open_api, write_api
from virgil_nb.comfy.ui_reader import open_ui
from virgil_nb.comfy.ui_writer import write_ui
from virgil_nb.engine import Document, Frame, InputSpec, Link, Node, NodeSpec, ObjectRef, PanelItem

TYPES = ["CheckpointLoaderSimple", "CLIPTextEncode", "KSampler", "VAEDecode", "LoadImage", "SaveImage", "LatentUpscale", "SomeonesNode"]
TEXT = st.text(string.ascii_letters + string.digits + " .,;:<>&\"'{}[]()/\\äé🦊\n", max_size=20)
NUMBERS = st.integers(0, 2**64 - 1)
PLAIN = st.one_of(TEXT, NUMBERS, st.booleans(), st.lists(NUMBERS, max_size=3), st.builds(ObjectRef, TEXT, TEXT))

COLOURS = st.sampled_from([None, "#aa8888", "#AA8888", "#332922", "#2a363b", "#3f789e"]) | st.from_regex("#[0-9a-f]{6}", fullmatch=True)
FRAMES = st.dictionaries(
    st.sampled_from(["1", "2", "07", "mine"]),
    st.builds(Frame, TEXT, st.tuples(*[st.floats(-1e6, 1e6)] * 2, *[st.floats(0, 1e6)] * 2), COLOURS),
    max_size=3,
)
ITEMS = st.builds(PanelItem, st.just("1"), st.sampled_from("abc"), st.none() | TEXT)
PANELS = st.none() | st.lists(ITEMS, unique_by=lambda item: item.input).map(tuple)


def value_of(item: InputSpec) -> st.SearchStrategy[object]:
    if item.type == "INT":
        return NUMBERS
    if item.type == "FLOAT":
        return st.floats(0, 1000, allow_nan=False)
    return st.booleans() if item.type == "BOOLEAN" else TEXT


@st.composite
def documents(draw: st.DrawFn, *, places: bool) -> Document:
    ids = draw(st.lists(st.one_of(st.integers(1, 99).map(str), st.sampled_from(["57:3", "57:27", "a node"])), unique=True, max_size=6))
    nodes = {}
    for node_id in ids:
        kind = draw(st.sampled_from([*TYPES, "Reroute"] if places else TYPES))  # no reroute is seen by the API
        spec = comfy_registry().get(kind)
        links = {name: Link(draw(st.sampled_from(ids)), draw(st.integers(0, 3))) for name in draw(wired(spec))}
        values = draw(typed(spec, set() if places else set(links), places))
        nodes[node_id] = Node(node_id, kind, values, links, title=draw(titles(kind, spec)), **(draw(looks(spec)) if places else {}))
    if not places:
        return Document(nodes)
    return Document(nodes, draw(TEXT), draw(st.dictionaries(st.sampled_from(["mine", "more"]), PLAIN)), draw(FRAMES), draw(PANELS))


def wired(spec: NodeSpec | None) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from([item.name for item in spec.inputs] if spec else ["here", "there"]), max_size=3)


@st.composite
def typed(draw: st.DrawFn, spec: NodeSpec | None, linked: set[str], vanished: bool) -> dict[str, object]:
    fields = [item for item in spec.inputs if item.widget] if spec else []
    # the API format sends every field, and nothing beside a link
    chosen = (
        fields
        if linked or draw(st.booleans())
        else draw(st.lists(st.sampled_from(fields), unique_by=lambda item: item.name))
        if fields
        else []
    )
    values = {item.name: draw(value_of(item)) for item in chosen if item.name not in linked}
    if spec is None or vanished:  # the API format has no word for an input that its type lost
        values.update(draw(st.dictionaries(st.sampled_from(["gone", "other.name"]), PLAIN, max_size=2)))
    return values


def titles(kind: str, spec: NodeSpec | None) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), TEXT.filter(lambda text: text not in ("", kind, spec.display_name if spec else kind)))


@st.composite
def looks(draw: st.DrawFn, spec: NodeSpec | None) -> dict[str, object]:
    pair = st.none() | st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
    seeds = [item.name for item in spec.inputs if item.control_after_generate] if spec else ["here"]
    return {
        "position": draw(pair),
        "size": draw(pair),
        "mode": draw(st.sampled_from(["on", "muted", "bypassed"])),
        "control": draw(st.dictionaries(st.sampled_from(seeds), st.sampled_from(["increment", "decrement", "randomize"]))) if seeds else {},
        "colour": draw(COLOURS),
        "folded": draw(st.booleans()),
        "extra": draw(st.dictionaries(st.just("mine"), PLAIN)),
    }


@settings(max_examples=80, deadline=None)
@given(documents(places=True))
def test_what_is_saved_for_the_editor_opens_as_the_same_document(document: Document) -> None:
    file = json.loads(json.dumps(write_ui(document, comfy_registry())))
    assert open_ui(file, comfy_registry()) == document


@settings(max_examples=80, deadline=None)
@given(documents(places=False))
def test_what_is_saved_for_the_api_opens_as_the_same_document_with_every_field_filled(document: Document) -> None:
    api = json.loads(json.dumps(write_api(document, comfy_registry())))
    opened = open_api(api, comfy_registry())
    assert write_api(opened, comfy_registry()) == write_api(document, comfy_registry())
    assert open_api(json.loads(json.dumps(write_api(opened, comfy_registry()))), comfy_registry()) == opened
    for node in document.nodes.values():
        assert opened.nodes[node.id].links == node.links
        assert node.values.items() <= opened.nodes[node.id].values.items() or node.values.keys() & node.links.keys()
        assert opened.nodes[node.id].title == node.title


@settings(max_examples=100, deadline=None)
@given(documents(places=True))
def test_what_is_saved_for_the_editor_is_well_formed(document: Document) -> None:
    file = write_ui(document, comfy_registry())
    by_id = {node["id"]: node for node in file["nodes"]}
    links = {link[0]: link for link in file["links"]}
    assert len(by_id) == len(document.nodes)
    assert file["last_link_id"] == len(links) == sum(len(node.links) for node in document.nodes.values())
    for number, origin, slot, target, place, _ in file["links"]:
        assert number in by_id[origin]["outputs"][slot]["links"]
        assert by_id[target]["inputs"][place]["link"] == number
    for node in file["nodes"]:
        assert all(one["link"] is None or one["link"] in links for one in node["inputs"])
        assert len(node["pos"]) == len(node["size"]) == 2

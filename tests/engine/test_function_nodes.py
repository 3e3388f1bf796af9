"""@node: what signature, annotations and docstring of a function say about its sockets and fields."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Literal, NamedTuple, Optional

import pytest

from virgil_nb.engine import (
    Choices,
    ImageUpload,
    LinkOnly,
    Multiline,
    NodeReturn,
    NodeSpec,
    Range,
    Registry,
    Seed,
    Services,
    Socket,
    SpecError,
    default_registry,
    node,
)
from virgil_nb.engine.kinds.types import Image, Latent, Mask, Model, types_fit

REGISTRY = Registry()
Curve = Annotated[Any, Socket("CURVE")]


class Parts(NamedTuple):
    """Two outputs."""

    picture: Image
    hole: Mask


@node("Soften", registry=REGISTRY, category="image/filter")
def soften(
    image: Image,
    radius: Annotated[float, Range(0, 50, step=0.5)] = 4.0,
    mode: Literal["mirror", "wrap"] = "mirror",
    mask: Mask | None = None,
    seed: Annotated[int, Seed()] = 0,
    text: Annotated[str, Multiline(dynamic=True)] = "",
    file: Annotated[str, Choices(lambda services: ["a.png", "b.png"]), ImageUpload()] = "a.png",
    strength: Annotated[float, LinkOnly()] = 1.0,
    either: int | str = 3,
    anything: Any = None,
    curve: Optional[Curve] = None,  # noqa: UP045
) -> Parts:
    """Gaussian blur of `image`.

    Edges are kept.

    Args:
        image: what is blurred
        radius (float): in pixels,
            of the page
    """
    return Parts(image, mask)


def spec_of(function: Any) -> NodeSpec:
    spec = function.spec
    assert isinstance(spec, NodeSpec)
    return spec


def test_annotations_become_sockets_and_fields() -> None:
    inputs = spec_of(soften).by_name
    assert {name: item.type for name, item in inputs.items()} == {
        "image": "IMAGE",
        "radius": "FLOAT",
        "mode": "COMBO",
        "mask": "MASK",
        "seed": "INT",
        "text": "STRING",
        "file": "COMBO",
        "strength": "FLOAT",
        "either": "INT,STRING",
        "anything": "*",
        "curve": "CURVE",
    }
    assert [name for name, item in inputs.items() if item.widget] == ["radius", "mode", "seed", "text", "file"]
    assert [name for name, item in inputs.items() if not item.required] == ["mask", "either", "anything", "curve"]
    assert (inputs["radius"].min, inputs["radius"].max, inputs["radius"].step) == (0, 50, 0.5)
    assert inputs["seed"].control_after_generate and inputs["seed"].max == 2**64 - 1
    assert inputs["text"].multiline and inputs["text"].dynamic_prompts and inputs["file"].image_upload
    assert inputs["file"].find_choices(Services()) == ("a.png", "b.png")


def test_the_docstring_becomes_description_and_help() -> None:
    spec = spec_of(soften)
    assert spec.description == "Gaussian blur of `image`.\n\nEdges are kept."
    assert spec.by_name["image"].tooltip == "what is blurred"
    assert spec.by_name["radius"].tooltip == "in pixels, of the page"


def test_numpy_docstrings_are_read_too() -> None:
    @node(registry=Registry())
    def shift(x: int) -> int:
        """Moves.

        Parameters
        ----------
        x : int
            how far

        Returns
        -------
        int
        """
        return x

    assert spec_of(shift).by_name["x"].tooltip == "how far" and spec_of(shift).description == "Moves."


def test_a_named_tuple_names_the_outputs() -> None:
    assert [(item.name, item.type) for item in spec_of(soften).outputs] == [("picture", "IMAGE"), ("hole", "MASK")]


@pytest.mark.parametrize(
    ("annotation", "outputs"),
    [
        (Image, [("IMAGE", "IMAGE")]),
        (None, []),
        (NodeReturn, []),
        (tuple[Image, int], [("IMAGE", "IMAGE"), ("INT", "INT")]),
        (Latent | None, [("LATENT", "LATENT")]),
        (inspect.Signature.empty, [("*", "*")]),
        (Any, [("*", "*")]),
    ],
)
def test_the_results_annotation_names_the_outputs(annotation: Any, outputs: list[tuple[str, str]]) -> None:
    def function(): ...  # type: ignore[no-untyped-def]

    if annotation is not inspect.Signature.empty:
        function.__annotations__ = {"return": annotation}
    made = node(registry=Registry())(function)
    assert [(item.name, item.type) for item in spec_of(made).outputs] == outputs


def test_the_function_stays_a_function() -> None:
    assert soften("picture") == Parts("picture", None)


def test_bare_and_called_decorators_are_the_same() -> None:
    @node
    def test_bare_kind(x: int) -> int:
        return x

    spec = default_registry().get("test_bare_kind")
    assert spec is spec_of(test_bare_kind) and spec.display_name == "Test Bare Kind"


def test_names_of_the_defining_function_are_found_in_text_annotations() -> None:
    Local = Annotated[Any, Socket("LOCAL")]

    @node(registry=Registry())
    def local_kind(x: Local) -> Local:
        return x

    assert spec_of(local_kind).inputs[0].type == "LOCAL"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def f(*args): ...", "needs? names"),
        ("def f(x, /): ...", "names"),
        ("def f(x: 'Nowhere'): ...", "'Nowhere', which is not defined"),
        ("def f(x: Literal['a'] = 'b'): ...", "none of its choices"),
        ("def f(x: int = 'b'): ...", "is no INT"),
    ],
)
def test_a_signature_that_can_not_be_a_node_says_why(source: str, says: str) -> None:
    scope: dict[str, Any] = {"Literal": Literal}
    exec(source, scope)
    with pytest.raises(SpecError, match=says):
        node(registry=Registry())(scope["f"])


def test_defining_a_kind_again_replaces_it_and_tells_who_listens() -> None:
    registry = Registry()
    told: list[str] = []
    registry.subscribe(told.append)

    @node("Same", registry=registry)
    def one(x: int) -> int:
        return x

    @node("Same", registry=registry)
    def two(x: float, y: float) -> float:
        return x

    found = registry.get("Same")
    assert told == ["Same", "Same"] and registry.revision == 2 and len(registry) == 1
    assert found is not None and [item.name for item in found.inputs] == ["x", "y"]


def test_a_spec_as_json_has_what_an_editor_needs() -> None:
    data = spec_of(soften).to_json()
    assert data["type"] == "Soften" and data["category"] == "image/filter"
    radius = data["inputs"][1]  # type: ignore[index]
    assert radius == {
        "name": "radius",
        "type": "FLOAT",
        "required": True,
        "widget": True,
        "default": 4.0,
        "min": 0,
        "max": 50,
        "step": 0.5,
        "tooltip": "in pixels, of the page",
    }


def test_choices_that_can_not_be_found_leave_an_empty_list() -> None:
    def broken(services: Services) -> list[str]:
        raise OSError("no folder")

    @node(registry=Registry())
    def pick(name: Annotated[str, Choices(broken)] = "") -> str:
        return name

    assert spec_of(pick).to_json()["inputs"][0]["choices"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "wanted", "fit"),
    [
        ("IMAGE", "IMAGE", True),
        ("IMAGE", "MASK", False),
        ("*", "X", True),
        ("INT", "FLOAT,INT", True),
        ("A,B", "b,C", True),
        ("A,B", "C", False),
    ],
)
def test_types_fit_when_they_are_equal_or_any_or_their_lists_meet(given: str, wanted: str, fit: bool) -> None:
    assert types_fit(given, wanted) is fit


def test_hidden_parameters_are_no_inputs() -> None:
    @node(registry=Registry(), hidden={"me": "UNIQUE_ID"})
    def who(model: Model, me: str) -> str:
        return me

    assert [item.name for item in spec_of(who).inputs] == ["model"]
    with pytest.raises(SpecError, match="hidden has 'ID'"):
        node(registry=Registry(), hidden={"me": "ID"})(who)

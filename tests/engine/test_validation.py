"""Validation: one typed Problem per fault, several at once, nothing written, nothing too deep."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Literal

import pytest

from tests.engine.kinds import REGISTRY, chain, draw
from virgil_nb.engine import (
    Choices,
    Document,
    Engine,
    Link,
    Node,
    ObjectRef,
    Problem,
    Range,
    Registry,
    Services,
    Socket,
    WorkflowInvalid,
    current,
    node,
    spec_from_function,
    validate,
)
from virgil_nb.engine.errors import PROBLEM_KINDS

KINDS = Registry()
Picture = Annotated[Any, Socket("IMAGE")]


class Shelf:
    """A service: names that may be chosen."""

    names = ("red.png", "blue.png")


@node(registry=KINDS)
def load(name: Annotated[str, Choices(lambda services: services.get(Shelf).names)]) -> Picture:
    return name


@node(registry=KINDS, output=True)
def sample(
    image: Picture,
    steps: Annotated[int, Range(1, 100)] = 20,
    cfg: Annotated[float, Range(0.0, 30.0)] = 8.0,
    sampler: Literal["euler", "heun"] = "euler",
    mask: Picture | None = None,
    flag: bool = False,
    text: str = "",
) -> Picture:
    return image


@node(registry=KINDS)
def text_of(image: Picture) -> str:
    return ""


@node(registry=KINDS, output=True, validate=lambda low, high: "low must be below high" if low >= high else True)
def between(low: int, high: int) -> int:
    return low


SERVICES = Services(Shelf())


def problems_of(picture: str | Document, **options: Any) -> list[Problem]:
    document = draw(picture) if isinstance(picture, str) else picture
    before = document.to_json()
    found = validate(document, KINDS, SERVICES, **options)
    assert document.to_json() == before, "validation wrote to the document"
    assert all(problem.kind in PROBLEM_KINDS for problem in found)
    return found


def kinds(picture: str | Document, **options: Any) -> list[tuple[str | None, str | None, str]]:
    return [(problem.node, problem.input, problem.kind) for problem in problems_of(picture, **options)]


def test_a_good_workflow_has_no_problems() -> None:
    assert problems_of('A:load(name="red.png") -> B:sample.image') == []


@pytest.mark.parametrize(
    ("values", "kind", "says"),
    [
        ("steps=0", "value_smaller_than_min", "sample.steps is 0; it must be 1 or more."),
        ("steps=101", "value_bigger_than_max", "sample.steps is 101; it must be 100 or less."),
        ("cfg=30.5", "value_bigger_than_max", "sample.cfg is 30.5; it must be 30 or less."),
        ('steps="many"', "invalid_input_type", "sample.steps is 'many'; it must be a whole number."),
        ("steps=None", "invalid_input_type", "sample.steps is None; it must be a whole number."),
        ("steps=[1]", "invalid_input_type", "sample.steps is [1]; it must be a whole number."),
        ("flag='perhaps'", "invalid_input_type", "sample.flag is 'perhaps'; it must be true or false."),
        ("text={}", "invalid_input_type", "sample.text is {}; it must be a text."),
        ("mask=3", "invalid_input_type", "sample.mask is 3; it must be an output of type IMAGE, linked, or an object."),
        ("sampler='eular'", "value_not_in_list", "sample.sampler is 'eular', which is none of its choices; did you mean 'euler'?"),
        ("sampler=[2]", "value_not_in_list", "sample.sampler is [2], which is none of its choices; it must be one of 'euler, heun'."),
        ("stepz=3", "unknown_input", "sample.stepz is set to 3, but sample has no such input; did you mean 'steps'?"),
    ],
)
def test_a_wrong_value_is_one_problem_that_says_what_is_wanted(values: str, kind: str, says: str) -> None:
    (problem,) = problems_of(f'A:load(name="red.png") -> B:sample({values}).image')
    assert (problem.node, problem.kind, problem.message) == ("B", kind, says)


def test_values_are_coerced_the_way_comfyui_does() -> None:
    assert problems_of('A:load(name="red.png") -> B:sample(steps="20", cfg=4, text=5, flag="true").image') == []


def test_a_missing_choice_of_a_folder_names_close_ones() -> None:
    (problem,) = problems_of('A:load(name="rad.png") -> B:sample.image')
    assert problem.kind == "value_not_in_list" and "'red.png'" in problem.message


def test_choices_are_looked_up_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    document = draw('A:load(name="red.png") -> B:sample.image')
    assert problems_of(document) == []
    monkeypatch.setattr(Shelf, "names", ("blue.png",))
    assert kinds(document) == [("A", "name", "value_not_in_list")]


def test_an_unknown_type_names_close_ones() -> None:
    (problem,) = problems_of("A:sampel(steps=3)")
    assert problem.kind == "invalid_prompt" and "did you mean sample?" in problem.message


def test_a_required_input_that_is_missing_is_named() -> None:
    assert kinds("B:sample") == [("B", "image", "required_input_missing")]


def test_a_link_of_the_wrong_type_says_what_is_given_and_what_is_wanted() -> None:
    (problem,) = problems_of('A:load(name="red.png") -> B:text_of.image -> C:sample.image')
    assert problem.kind == "return_type_mismatch"
    assert problem.message == "sample.image wants IMAGE, and text_of.STRING gives STRING; link an output of type IMAGE."


@pytest.mark.parametrize(("slot", "kind"), [(1, "unknown_output"), (-1, "unknown_output")])
def test_a_link_to_an_output_that_is_not_there_is_a_problem(slot: int, kind: str) -> None:
    document = Document.of(Node("A", "load", {"name": "red.png"}), Node("B", "sample", links={"image": Link("A", slot)}))
    assert kinds(document) == [("B", "image", kind)]


def test_a_link_to_a_node_that_is_not_there_is_a_problem() -> None:
    assert kinds(Document.of(Node("B", "sample", links={"image": Link("gone", 0)}))) == [("B", "image", "bad_linked_input")]


def test_a_link_into_an_input_that_is_not_there_is_a_problem() -> None:
    found = kinds('A:load(name="red.png") -> B:sample.image\nA -> B.picture')
    assert found == [("B", "picture", "unknown_input")]


def test_an_object_that_is_not_here_is_a_problem_until_it_is() -> None:
    document = Document.of(Node("B", "sample", {"image": ObjectRef("abc", "torch.Tensor")}))
    assert kinds(document) == [("B", "image", "missing_object")]
    assert kinds(document, objects={"abc": object()}) == []


def test_a_kinds_own_check_is_asked_with_the_constants() -> None:
    (problem,) = problems_of("A:between(low=3, high=2)")
    assert (problem.kind, problem.message) == ("custom_validation_failed", "between: low must be below high")


def test_a_kinds_own_check_that_raises_is_a_problem_and_may_use_services() -> None:
    registry = Registry()

    def check(value: int) -> bool:
        context = current()
        assert context is not None and context.services.get(Shelf).names
        return bool(1 // value)

    @node(registry=registry, output=True, validate=check)
    def inverse(value: int) -> float:
        return 1 / value

    found = validate(draw("A:inverse(value=0)\nB:inverse(value=1)"), registry, SERVICES)
    assert [(problem.node, problem.kind) for problem in found] == [("A", "exception_during_validation")]


def test_a_kinds_own_check_may_be_async_also_where_a_loop_runs() -> None:
    registry = Registry()

    async def check(value: int) -> str | bool:
        await asyncio.sleep(0)
        return True if value < 9 else "nine is too much"

    @node(registry=registry, output=True, validate=check)
    def digit(value: int) -> int:
        return value

    async def from_a_loop() -> list[Problem]:
        return validate(draw("A:digit(value=9)\nB:digit(value=8)"), registry)

    for found in (asyncio.run(from_a_loop()), validate(draw("A:digit(value=9)\nB:digit(value=8)"), registry)):
        assert [(problem.node, problem.kind, problem.message) for problem in found] == [
            ("A", "custom_validation_failed", "digit: nine is too much")
        ]


def test_a_kinds_own_check_that_asks_for_the_types_of_links_is_their_only_judge() -> None:
    registry = Registry()
    asked = []

    def check(value: int | None, input_types: dict[str, str]) -> str | bool:
        asked.append((value, input_types))
        return True if input_types.get("value", "INT") in ("INT", "STRING") else "value must be a number or a text"

    @node(registry=registry)
    def text() -> str:
        return "7"

    @node(registry=registry)
    def truth() -> bool:
        return True

    @node(registry=registry, output=True, validate=check)
    def digit(value: int) -> int:
        return int(value)

    document = draw("T:text -> A:digit.value\nF:truth -> B:digit.value\nC:digit(value=3)")
    (problem,) = validate(document, registry)
    assert (problem.node, problem.kind) == ("B", "custom_validation_failed")
    assert asked == [(None, {"value": "STRING"}), (None, {"value": "BOOLEAN"}), (3, {})]
    assert Engine(registry).submit(document, outputs=["A"]).result().executed == ("T", "A")


def test_a_range_and_a_choice_that_the_own_check_judges_are_not_checked_otherwise() -> None:
    registry = Registry()
    spec = spec_from_function(judge_of_two, "two", validate=lambda size, mode: size != 99, output=True)
    registry.register(replace(spec, judged=frozenset({"size", "mode"})))
    assert validate(draw('A:two(size=50, mode="new")'), registry) == []
    assert [problem.kind for problem in validate(draw('A:two(size=99, mode="new")'), registry)] == ["custom_validation_failed"]
    assert [problem.kind for problem in validate(draw('A:two(size="x", mode="new")'), registry)] == ["invalid_input_type"]
    registry.register(spec)
    assert {problem.kind for problem in validate(draw('A:two(size=50, mode="new")'), registry)} == {
        "value_bigger_than_max",
        "value_not_in_list",
    }


def judge_of_two(size: Annotated[int, Range(0, 9)] = 1, mode: Literal["old", "older"] = "old") -> int:
    return size


def test_all_faults_are_reported_at_once_in_document_order() -> None:
    picture = """
        A:load(name="green.png") -> B:sample(steps=0, cfg=-1, what=1).image
        C:nothing
        D:sample
    """
    assert kinds(picture) == [
        ("A", "name", "value_not_in_list"),
        ("B", "steps", "value_smaller_than_min"),
        ("B", "cfg", "value_smaller_than_min"),
        ("B", "what", "unknown_input"),
        ("C", None, "invalid_prompt"),
        ("D", "image", "required_input_missing"),
    ]


def test_a_circle_is_one_problem_that_names_its_nodes() -> None:
    document = draw("""
        A:sample -> B:sample.image -> C:sample.image
        C -> B.mask
        B -> A.image
    """)
    found = [problem for problem in problems_of(document) if problem.kind == "dependency_cycle"]
    assert {tuple(sorted(problem.details["nodes"])) for problem in found} == {("A", "B"), ("B", "C")}  # type: ignore[call-overload]
    assert any("sample (A) → sample (B) → sample (A)" in problem.message for problem in found)


def test_a_node_that_is_linked_to_itself_is_a_circle() -> None:
    document = Document.of(Node("A", "sample", links={"image": Link("A", 0)}))
    assert kinds(document) == [("A", None, "dependency_cycle")]


def test_a_workflow_without_outputs_says_what_to_add() -> None:
    (problem,) = problems_of('A:load(name="red.png")')
    assert problem.kind == "prompt_no_outputs" and "PreviewImage" in problem.message


def test_a_workflow_ten_thousand_nodes_deep_is_checked() -> None:
    assert validate(chain(10_000), REGISTRY, outputs=["9999"]) == []


def test_a_circle_of_ten_thousand_nodes_is_found() -> None:
    deep = chain(10_000)
    nodes = dict(deep.nodes)
    nodes["0"] = Node("0", "add", links={"x": Link("9999", 0)})
    (problem,) = validate(deep.with_nodes(nodes), REGISTRY, outputs=["5"])
    assert problem.kind == "dependency_cycle" and len(problem.details["nodes"]) == 10_000  # type: ignore[arg-type]


def test_only_what_the_outputs_need_is_checked_when_they_are_named() -> None:
    document = draw("A:number -> B:show.x\nC:add")
    assert validate(document, REGISTRY, outputs=["B"]) == []
    assert [problem.node for problem in validate(document, REGISTRY, outputs=["C"])] == ["C"]
    assert [problem.kind for problem in validate(document, REGISTRY, outputs=["nobody"])] == ["missing_node"]


def test_submitting_refuses_a_bad_output_and_runs_the_good_ones_on_request(engine: Engine) -> None:
    document = draw("A:number(value=2) -> B:show.x\nC:add -> D:show.x")
    with pytest.raises(WorkflowInvalid) as caught:
        engine.submit(document)
    assert [(problem.node, problem.input) for problem in caught.value.problems] == [("C", "x")]
    result = engine.submit(document, partial=True).result()
    assert result.executed == ("A", "B") and [problem.node for problem in result.problems] == ["C"]


def test_nodes_that_no_output_needs_do_not_keep_it_from_running(engine: Engine) -> None:
    result = engine.submit(draw("A:number -> B:show.x\nC:add")).result()
    assert result.executed == ("A", "B") and result.problems == ()


def test_an_unknown_node_at_the_end_of_a_chain_is_not_left_out_in_silence(engine: Engine) -> None:
    with pytest.raises(WorkflowInvalid, match="SaveVideo"):
        engine.submit(draw("A:number -> B:show.x\nA -> C:SaveVideo.images"))


def test_partial_raises_when_nothing_can_run(engine: Engine) -> None:
    with pytest.raises(WorkflowInvalid):
        engine.submit(draw("C:add -> D:show.x"), partial=True)


def test_services_name_what_there_is_when_something_is_missing() -> None:
    with pytest.raises(KeyError, match="provides no int; it provides Shelf"):
        SERVICES.get(int)
    assert SERVICES.get(int, 3) == 3 and SERVICES.get(Shelf) is SERVICES[Shelf]

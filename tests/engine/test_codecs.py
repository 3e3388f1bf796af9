"""Values as data and back: what comes back is what went in, type by type and bit by bit; what damaged or hostile data give is an error."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virgil_nb.engine import Blocker, Buffer, Items, NotStorable, register_value
from virgil_nb.engine.caching.codecs import DEEP, CodecError, decode, encode

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.complex_numbers(allow_nan=True)
    | st.text(st.characters(), max_size=20)  # halves of surrogate pairs too
    | st.binary(max_size=20)
    | st.builds(range, st.integers(-5, 5), st.integers(-5, 5), st.integers(1, 3))
    | st.sampled_from([..., NotImplemented, Blocker(), Blocker("no face"), slice(1, None, "x"), 10**2000, -(1 << 64)])
)
hashable = st.recursive(scalars.filter(lambda value: type(value) is not slice), lambda inner: st.tuples(inner, inner), max_leaves=4)
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, max_size=4).map(Items)
        | st.dictionaries(hashable, inner, max_size=4)
        | st.frozensets(hashable, max_size=3)
        | st.sets(hashable, max_size=3)
        | st.binary(max_size=9).map(bytearray)
    ),
    max_leaves=15,
)


def there_and_back(value: Any) -> Any:
    """Through text and plain bytes, as through a file."""
    tree, buffers = encode(value)
    given = [Buffer(buffer.dtype, buffer.shape, bytearray(buffer.data)) for buffer in buffers]
    return decode(json.loads(json.dumps(tree, allow_nan=False)), given)


def same(one: Any, two: Any) -> bool:
    """Equal in type and in every bit; == takes True for 1, 0.0 for -0.0, and no NaN for itself."""
    if type(one) is not type(two):
        return False
    if type(one) is float:
        return struct.pack("<d", one) == struct.pack("<d", two)
    if type(one) is complex:
        return same(one.real, two.real) and same(one.imag, two.imag)
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(map(same, one, two))
    if type(one) is dict:
        return len(one) == len(two) and all(same(a, b) and same(one[a], two[b]) for a, b in zip(one, two, strict=True))
    if isinstance(one, (set, frozenset)):
        return len(one) == len(two) and all(any(same(a, b) for b in two) for a in one)
    if type(one) is slice:
        return same((one.start, one.stop, one.step), (two.start, two.stop, two.step))
    return bool(one == two)


@given(plain)
@settings(max_examples=150, deadline=None)
def test_what_comes_back_is_what_went_in(value: Any) -> None:
    assert same(there_and_back(value), value)


def test_every_bit_of_odd_numbers_comes_back() -> None:
    (odd,) = struct.unpack("<d", bytes.fromhex("0100000000000c7ff8"[:16]))
    for value in (-0.0, math.inf, -math.inf, math.nan, odd, 5e-324, 0.1, complex(-0.0, math.nan), 1 << 20_000):
        assert same(there_and_back(value), value)


def test_long_texts_and_bytes_lie_beside_the_tree() -> None:
    value = {"text": "ä\ud800" * 5000, "bytes": bytes(range(256)) * 50}
    tree, buffers = encode(value)
    assert len(json.dumps(tree)) < 300 and len(buffers) == 2
    assert there_and_back(value) == value


def test_what_is_shared_is_stored_once_and_shared_again() -> None:
    part = {"numbers": [1, 2]}
    value = [part, (part, part["numbers"]), bytearray(b"x" * 9)]
    came = there_and_back([*value, value[2]])
    assert came[0] is came[1][0] and came[1][1] is came[0]["numbers"] and came[2] is came[3]
    assert len(encode([bytearray(100)] * 50)[1]) == 1


def test_a_ring_and_what_is_nested_too_deep_are_not_stored() -> None:
    ring: list[Any] = []
    ring.append({"again": ring})
    with pytest.raises(NotStorable, match="holds itself"):
        encode(ring)
    deep: list[Any] = []
    for _ in range(DEEP + 1):
        deep = [deep]
    with pytest.raises(NotStorable, match="too deep"):
        encode(deep)
    assert there_and_back(deep[0]) == deep[0]


def test_a_great_many_plain_objects_are_not_stored_as_that_would_hold_up_runs() -> None:
    with pytest.raises(NotStorable, match="more than 200,000 parts"):
        encode([[0.5] * 1000 for _ in range(201)])
    with pytest.raises(NotStorable, match="more than 200,000 parts"):
        encode(dict.fromkeys(range(200_001)))


class Point:
    def __init__(self, at: tuple[int, int], numbers: bytes) -> None:
        self.at, self.numbers = at, numbers


def point_of(parts: Any) -> Point:
    return Point(parts["at"], bytes(parts["numbers"].data))


register_value(Point, encode=lambda p: {"at": p.at, "numbers": Buffer("I16", (len(p.numbers) // 2,), p.numbers)}, decode=point_of)


def test_a_registered_type_is_stored_wherever_it_is() -> None:
    point = Point((1, 2), b"abcd")
    came = there_and_back({"points": [point, (point,)]})
    assert type(came["points"][0]) is Point and came["points"][0] is came["points"][1][0]
    assert (came["points"][0].at, came["points"][0].numbers) == ((1, 2), b"abcd")


def test_a_type_without_a_codec_is_not_stored_and_the_reason_names_it() -> None:
    with pytest.raises(NotStorable, match="a object has no codec"):
        encode([1, {"x": object()}])
    with pytest.raises(ValueError, match="belong together"):
        register_value("some.Type", encode=lambda value: {})


def test_an_encoder_that_fails_makes_the_value_not_storable() -> None:
    class Bad:
        pass

    register_value(Bad, encode=lambda bad: bad.missing, decode=lambda parts: Bad())
    with pytest.raises(NotStorable, match=r"a .*Bad could not be encoded: AttributeError"):
        encode([Bad()])


HOSTILE = [
    {"a": 1},
    [],
    ["os.system", "x"],
    ["value", "os.system", ["dict", [["x", 1]]]],
    ["value", "tests.engine.test_codecs.Point", ["dict", []]],
    ["value", "tests.engine.test_codecs.Point", 5],
    ["value", 5, 5],
    ["buffer", 0],
    ["buffer", -1],
    ["same", 0],
    ["same", -1],
    ["dict", [[["list", []], 1]]],
    ["dict", [[1]]],
    ["dict", 5],
    ["list", {"a": 1}],
    ["bytes", "zz"],
    ["float", "00"],
    ["int", "hello"],
    ["text", 3],
    ["range", [1, 2, 0]],
    ["range", [["float", "00"], 2, 0]],
    ["single", "exit"],
    ["blocker", ["list", []]],
    [["list"], []],
    ["list", [["same", 0]]],
]


@pytest.mark.parametrize("tree", HOSTILE, ids=json.dumps)
def test_data_that_stand_for_no_value_raise_one_kind_of_error(tree: Any) -> None:
    with pytest.raises(CodecError):
        decode(tree, [])


def test_a_tree_as_deep_as_one_likes_raises_and_no_more() -> None:
    tree: Any = 1
    for _ in range(5000):
        tree = ["list", [tree]]
    with pytest.raises(CodecError):
        decode(tree, [])


def test_two_values_never_share_the_memory_of_one_buffer() -> None:
    with pytest.raises(CodecError, match="used before"):
        decode(["list", [["bytearray", 0], ["bytes", 0]]], [Buffer.of_bytes(bytearray(4))])


WORDS = ["list", "dict", "value", "same", "buffer", "text", "slice", "tests.engine.test_codecs.Point"]
json_trees = st.recursive(
    st.none() | st.integers(-2, 3) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=12,
)


@given(json_trees)
@settings(max_examples=200, deadline=None)
def test_any_tree_gives_a_value_or_that_error(tree: Any) -> None:
    try:
        decode(tree, [Buffer.of_bytes(bytearray(4))])
    except CodecError:
        return

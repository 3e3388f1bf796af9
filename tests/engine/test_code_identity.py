"""Keys follow the code: what a function does and uses changes them; comments, places and processes do not."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import types
from typing import Any

import pytest

from tests.engine.kinds import draw
from virgil_nb.engine import Engine, FolderIdentity, FunctionIdentity, PackageIdentity, Registry, identity_of, node
from virgil_nb.engine.kinds.sources import package_digest


def define(source: str, **names: Any) -> Any:
    """The function `f` of some source, as a notebook's cell defines it."""
    scope: dict[str, Any] = {"__name__": "__main__", **names}
    exec(source, scope)
    return scope["f"]


def digest(source: str, **names: Any) -> str:
    identity = FunctionIdentity(define(source, **names)).now()
    assert identity.digest is not None, identity.reason
    return identity.digest


BASE = "def f(x, y=2):\n    z = x + y\n    return z"


@pytest.mark.parametrize(
    "other",
    [
        "def f(x, y=2):\n    # a comment\n\n    z = x + y  # more\n    return z",
        "a = 1\nb = 2\n\n\ndef f(x, y = 2):\n    z = (x\n         + y)\n    return z",
        "def f(x: int, y: int = 2) -> int:\n    z = x + y\n    return z",
    ],
)
def test_layout_comments_and_annotations_do_not_matter(other: str) -> None:
    assert digest(other) == digest(BASE)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("def f(x): return x + 1", "def f(x): return x + 2"),
        ("def f(x): return x + 1", "def f(x): return x - 1"),
        ("def f(x, y=1): return x", "def f(x, y=2): return x"),
        ("def f(x, *, y=1): return x", "def f(x, *, y=2): return x"),
        ("def f(x): return [i + 1 for i in x]", "def f(x): return [i + 2 for i in x]"),
        ("def f(x): return 1", "def f(x): return True"),
        ("def f(x): return 1", "def f(x): return 1.0"),
        ("k = 1\ndef f(x): return x + k", "k = 2\ndef f(x): return x + k"),
        ("k = {'a': 1}\ndef f(x): return k['a']", "k = {'a': 2}\ndef f(x): return k['a']"),
        ("def g(): return 1\ndef f(x): return g()", "def g(): return 2\ndef f(x): return g()"),
        ("def h(): return 1\ndef g(): return h()\ndef f(x): return g()", "def h(): return 2\ndef g(): return h()\ndef f(x): return g()"),
        ("class C:\n  def m(self): return 1\ndef f(x): return C().m()", "class C:\n  def m(self): return 2\ndef f(x): return C().m()"),
        ("class C:\n  n = 1\ndef f(x): return C.n", "class C:\n  n = 2\ndef f(x): return C.n"),
        ("def make(n):\n  def f(x): return n\n  return f\nf = make(1)", "def make(n):\n  def f(x): return n\n  return f\nf = make(2)"),
        ("import math\ndef f(x): return math.sin(x)", "import math\ndef f(x): return math.cos(x)"),
        (
            "from functools import partial\ndef g(a, x): return a\nf = partial(g, 1)",
            "from functools import partial\ndef g(a, x): return a\nf = partial(g, 2)",
        ),
        ("s = {'a', 'b'}\ndef f(x): return x in s", "s = {'a', 'c'}\ndef f(x): return x in s"),
    ],
)
def test_what_the_function_does_or_uses_matters(one: str, two: str) -> None:
    assert digest(one) == digest(one)
    assert digest(one) != digest(two)


def test_functions_that_call_each_other_have_an_identity() -> None:
    source = "def g(x): return f(x - 1)\ndef f(x): return g(x) if x else 0"
    assert digest(source) == digest(source)


def test_a_helper_in_a_module_of_the_users_own_is_followed() -> None:
    def helpers(value: int) -> types.ModuleType:
        module = types.ModuleType("my_helpers")
        exec(f"def blur(x): return x + {value}", module.__dict__)
        return module

    source = "def f(x): return helpers.blur(x)"
    assert digest(source, helpers=helpers(1)) == digest(source, helpers=helpers(1)) != digest(source, helpers=helpers(2))


@pytest.mark.parametrize("note", ["seen.append(x)", "seen[0] = x", "seen[0] += x", "seen.extend([x])"])
def test_a_list_that_is_only_written_to_is_not_what_the_result_depends_on(note: str) -> None:
    source = f"def f(x):\n    {note}\n    return x"
    assert digest(source, seen=[1]) == digest(source, seen=[2, 3])
    assert digest(source + " + len(seen)", seen=[1]) != digest(source + " + len(seen)", seen=[2, 3])


def test_a_counter_that_the_function_counts_up_is_not_what_the_result_depends_on() -> None:
    source = "def f(x):\n    global count\n    count += 1\n    return x"
    assert digest(source, count=1) == digest(source, count=2)


@pytest.mark.parametrize(
    ("source", "names", "says"),
    [
        ("def f(x): return thing", {"thing": object()}, "'thing', which f uses is a object, whose content can't be told"),
        ("def f(x): return m", {"m": types.ModuleType("mine")}, "the module mine, used as a whole"),
        ("def f(x, y=thing): return y", {"thing": object()}, "a default of f"),
    ],
)
def test_what_can_not_be_told_is_said_with_the_reason(source: str, names: dict[str, Any], says: str) -> None:
    identity = FunctionIdentity(define(source, **names)).now()
    assert identity.digest is None and says in identity.reason


def test_a_redefined_helper_reruns_the_node_and_says_why() -> None:
    registry = Registry()
    scope: dict[str, Any] = {"__name__": "__main__", "node": node, "registry": registry, "seen": []}
    exec(
        "def helper(x): return x + 1\n@node(registry=registry)\ndef f(x: int = 1) -> int:\n    seen.append(x)\n    return helper(x)", scope
    )
    engine = Engine(registry)
    document = draw("A:f")
    assert engine.submit(document, outputs=["A"]).result().outputs("A") == (2,)
    assert engine.submit(document, outputs=["A"]).result().executed == ()
    exec("def helper(x): return x + 10", scope)
    result = engine.submit(document, outputs=["A"]).result()
    assert result.outputs("A") == (11,) and result.why("A") == "its code changed" and scope["seen"] == [1, 1]


def test_a_node_whose_code_can_not_be_told_runs_each_time_and_says_why() -> None:
    registry = Registry()
    unknown = object()

    @node(registry=registry)
    def odd(x: int = 1) -> int:
        return x if unknown else 0

    @node(registry=registry)
    def after(x: int) -> int:
        return x

    engine = Engine(registry)
    for _ in range(2):
        result = engine.submit(draw("A:odd -> B:after.x"), outputs=["B"]).result()
        assert result.executed == ("A", "B")
        assert result.why("A").startswith("it is never cached: its code can't be identified: 'unknown', which odd uses")
        assert result.why("B").startswith("it is never cached: it uses node A, of which its code can't be identified")
    assert len(engine.cache) == 0


def test_built_in_code_is_identified_by_the_packages_sources() -> None:
    assert isinstance(identity_of(draw.__globals__["node"]), PackageIdentity)
    assert isinstance(identity_of(math.sin), FunctionIdentity) and len(package_digest()) == 32


def test_a_folder_of_nodes_is_identified_by_all_its_sources(tmp_path: Any) -> None:
    def digest_of(text: str, name: str) -> str | None:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "helper.py").write_text(text)
        return FolderIdentity("f", str(folder)).now().digest

    assert digest_of("a = 1", "one") == digest_of("a = 1", "two") != digest_of("a = 2", "three")


KEYS = """
import sys
from typing import NamedTuple
from virgil_nb.engine import Document, Engine, Link, Node, Registry, node
registry = Registry()
SETTINGS = {"a": {1, 2, 3}, "b": frozenset({"x", "y", "z"})}
class Helper:
    names = {"p", "q", "r"}
    def apply(self, x): return x in self.names
@node(registry=registry)
def start(text: str = "", numbers: object = None) -> str: return text
class Given(NamedTuple):
    text: str
    length: int = 0
@node(registry=registry)
def use(x: str, strength: float = 0.5) -> Given: return Given(str(SETTINGS) if Helper().apply(x) else x)
document = Document.of(
    Node("1", "start", {"text": "déjà", "numbers": [1, 2.5, None, True, {"b": 1, "a": 2}]}),
    Node("2", "use", {"strength": 0.1 + 0.2}, {"x": Link("1", 0)}),
)
engine = Engine(registry, numerics=lambda: "float32 cpu")
engine.submit(document, outputs=["2"]).result()
print(*sorted(key.hex() for key in engine.cache.keys()))
"""


def test_keys_agree_across_processes_and_hash_seeds() -> None:
    found = set()
    for seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", KEYS], capture_output=True, text=True, check=True, env=environment)
        found.add(done.stdout)
    assert len(found) == 1 and len(found.pop().split()) == 2


STATEFUL = """
import dataclasses
class Settings:
    def __init__(self, strength): self.strength = strength
@dataclasses.dataclass
class Size:
    width: int
    names: list = dataclasses.field(default_factory=list)
settings = Settings({n})
size = Size({n})
def f(x): return {uses}
"""


@pytest.mark.parametrize("uses", ["settings.strength", "size.width", "settings", "size"])
def test_objects_of_the_users_own_are_told_by_their_attributes(uses: str) -> None:
    one, two = STATEFUL.format(n=1, uses=uses), STATEFUL.format(n=2, uses=uses)
    assert digest(one) == digest(one) != digest(two)


NAMED = """
import collections
from typing import NamedTuple
class Halves(NamedTuple):
    {fields}
    def total(self): return self.low + self.high + {n}
Old = collections.namedtuple("Old", "low high")
k = {uses}
def f(x) -> Halves: return {gives}
"""


def test_outputs_that_a_named_tuple_names_are_told() -> None:
    def told(fields: str = "low: int; high: int = 3", n: int = 0, uses: str = "None", gives: str = "Halves(x, x)") -> str | None:
        return digest(NAMED.format(fields=fields, n=n, uses=uses, gives=gives))

    found = [
        told(),
        told(fields="high: int; low: int = 3"),
        told(fields="low: int; high: int = 4"),
        told(n=1),
        told(gives="Old(x, x)"),
        told(gives="(k, Halves(x, x))", uses="Halves(1, 2)"),
        told(gives="(k, Halves(x, x))", uses="Halves(1, 3)"),
        told(gives="(k, Halves(x, x))", uses="Old(1, 3)"),
    ]
    assert None not in found and len(set(found)) == len(found) and told() == told()


@pytest.mark.parametrize("decorator", ["torch.no_grad()", "torch.inference_mode()", "functools.lru_cache", "functools.cache"])
def test_what_a_librarys_decorator_wraps_is_followed(decorator: str) -> None:
    source = "import functools, torch\n@{}\ndef f(x): return x + {}"
    one, two = source.format(decorator, 1), source.format(decorator, 2)
    assert digest(one) == digest(one) != digest(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [("torch.float32", "torch.float16"), ("torch.device('cpu')", "torch.device('meta')"), ("np.float32(1)", "np.float32(2)")],
)
def test_small_library_values_are_told(one: str, two: str) -> None:
    source = "import torch\nimport numpy as np\nk = {}\ndef f(x): return k"
    assert digest(source.format(one)) == digest(source.format(one)) != digest(source.format(two))


def test_a_librarys_module_is_named_with_its_version_and_not_read() -> None:
    assert digest("import torch.nn.functional as F\ndef f(x): return F.relu(x)") != digest(
        "import torch.nn.functional as F\ndef f(x): return F.gelu(x)"
    )

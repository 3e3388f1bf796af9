"""What changes numbers (device, dtypes, torch's version) is part of a key where it can change a result, and asked for nowhere else."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.engine.kinds import REGISTRY, draw
from tests.engine.test_code_identity import define
from virgil_nb.engine import Document, Engine, FunctionIdentity, Node, ObjectRef, Registry, node


def is_plain(source: str, **names: Any) -> bool:
    found = FunctionIdentity(define(source, **names)).now()
    assert found.digest is not None, found.reason
    return found.plain


def torch_registry() -> Registry:
    """A kind whose code names torch (and does not come to it), and one that only adds."""
    registry = Registry()

    @node(registry=registry)
    def noise(x: int = 1) -> int:
        if x < 0:
            import torch

            return int(torch.seed())
        return x

    @node(registry=registry)
    def add(x: int, step: int = 1) -> int:
        return x + step

    return registry


def test_a_run_of_plain_nodes_does_not_ask_how_numbers_are_computed() -> None:
    asked: list[str] = []
    engine = Engine(REGISTRY, numerics=lambda: asked.append("asked") or "float32")
    document = draw("A:number(value=2) -> B:add.x -> C:show.x")
    assert engine.submit(document).result().executed == ("A", "B", "C")
    assert engine.submit(document).result().executed == ()
    assert asked == []


def test_the_key_of_a_node_that_names_torch_and_of_all_that_use_it_changes_with_the_numerics() -> None:
    numerics = ["float32"]
    engine = Engine(torch_registry(), numerics=lambda: numerics[0])
    document = draw("P:add(x=1) -> Q:add.x\nN:noise(x=2) -> A:add.x")
    wanted = ["Q", "A"]
    assert set(engine.submit(document, outputs=wanted).result().executed) == {"P", "Q", "N", "A"}
    numerics[0] = "bfloat16"
    result = engine.submit(document, outputs=wanted).result()
    assert set(result.executed) == {"N", "A"}
    assert result.why("N") == "the way numbers are computed changed from 'float32' to 'bfloat16'"
    numerics[0] = "float32"
    assert engine.submit(document, outputs=wanted).result().executed == ()


def test_the_key_of_a_node_that_gets_an_object_changes_with_the_numerics() -> None:
    registry = Registry()

    @node(registry=registry)
    def mean(values: object) -> float:
        return sum(values) / len(values)  # type: ignore[call-overload, arg-type]

    numerics = ["float32"]
    engine = Engine(registry, numerics=lambda: numerics[0])
    document = Document.of(Node("M", "mean", {"values": ObjectRef("ab12", "list")}))
    objects = {"ab12": [1.0, 2.0]}
    assert engine.submit(document, outputs=["M"], objects=objects).result().executed == ("M",)
    assert engine.submit(document, outputs=["M"], objects=objects).result().executed == ()
    numerics[0] = "bfloat16"
    assert engine.submit(document, outputs=["M"], objects=objects).result().executed == ("M",)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return x + 1",
        "import math\ndef f(x): return math.sin(x)",
        "from math import sin\ndef f(x): return sin(x)",
        "import re\np = re.compile('a')\ndef f(x): return p.sub('b', x)",
        "def f(x):\n    import json, numpy\n    return json.dumps(numpy.mean(x))",
        "import numpy as np\nk = np.float32(2)\ndef f(x): return np.sin(x) * k",
        "from PIL import Image, ImageFilter\ndef f(x): return x.filter(ImageFilter.GaussianBlur(2))",
        "from virgil_nb.engine import NodeReturn, current\ndef f(x):\n    current().note('a')\n    return NodeReturn((x,))",
        "class A:\n    def g(self): return 1\ndef f(x): return A().g()",
        "import collections, random\ndef f(x): return collections.Counter(x), random.Random(x).random()",
    ],
)
def test_code_over_python_numpy_and_pillow_is_plain(source: str) -> None:
    assert is_plain(source)


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    import torch\n    return torch.sin(x)",
        "def f(x):\n    from torch.nn import functional\n    return functional.silu(x)",
        "def f(x):\n    def g():\n        import torch\n        return torch\n    return g().sin(x)",
        "def g(x):\n    import torch\n    return torch.sin(x)\ndef f(x): return g(x)",
        "def f(x):\n    from virgil_nb.diffusion import schedule\n    return schedule",
        "def f(x):\n    import virgil_nb\n    return virgil_nb",
        "import virgil_nb as vnb\ndef f(x): return vnb.generate(x)",
        "from virgil_nb.nodes.services import Device\ndef f(x): return Device",
        "import importlib\ndef f(x): return importlib.import_module('torch')",
        "from importlib import import_module\ndef f(x): return import_module('torch')",
        "def f(x): return __import__('torch').sin(x)",
        "def f(x): return eval('torch.sin(x)')",
        "import sys\ndef f(x): return sys.modules['torch'].sin(x)",
        "from transformers import pipeline\ndef f(x): return pipeline(x)",
    ],
)
def test_code_that_may_come_to_torch_is_not_plain(source: str) -> None:
    assert not is_plain(source)


NAMES_TORCH = [
    "import torch\ndef f(x): return torch.sin(x)",
    "from torch import sin\ndef f(x): return sin(x)",
    "import torch\nk = torch.ones(2)\ndef f(x): return x * k",
    "import torch\nk = torch.float16\ndef f(x): return x.to(k)",
    "import torch\nk = torch.nn.SiLU\ndef f(x): return k()(x)",
    "import torch\nadd = torch.Tensor.add\ndef f(x): return add(x, 1)",
    "import torch\nclass A(torch.nn.Module): pass\ndef f(x): return A()(x)",
    "import torch\nk = torch.ones(2)\nadd = k.add\ndef f(x): return add(1)",
]


@pytest.mark.parametrize("source", NAMES_TORCH)
def test_code_that_holds_something_of_torch_is_not_plain(source: str) -> None:
    pytest.importorskip("torch")
    import virgil_nb.nodes

    virgil_nb.nodes.load()
    assert not is_plain(source)


FIRST_RUN = """
import sys
import virgil_nb as vnb

@vnb.node("Twice", output=True)
def twice(x: int = 2) -> int:
    return 2 * x

wf = vnb.Workflow()
wf.add("Twice", x=21)
print(wf.run()["Twice"][0], "torch" in sys.modules)
"""


def test_the_first_run_of_a_plain_node_does_not_load_torch() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_RUN], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["42", "False"]

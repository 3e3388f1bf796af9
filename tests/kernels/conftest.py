"""A kernel for each stack; those whose environment is not built are skipped (`make test-kernels` builds them); with CI set they fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernels.host import Host
from tests.kernels.stack import Stack, pages, stacks
from tests.ui.conftest import artifacts, browser, missing

__all__ = ["artifacts", "browser"]  # one Chromium for all pages of this folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module", params=stacks(), ids=lambda stack: stack.name)
def stack(request: pytest.FixtureRequest) -> Stack:
    return ready(request.param)


def ready(stack: Stack) -> Stack:
    """`stack`, if its environment is built; else the test is skipped, or on the build server fails."""
    if not stack.built:
        missing(f"The environment {stack.name} is not built: make test-kernels")
    return stack


def page(name: str) -> Stack:
    """The environment of a page, by name."""
    return ready(next(stack for stack in pages() if stack.name == name))


@pytest.fixture(scope="module")
def host(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """One kernel for the tests of a module, with nodes whose pace a test decides."""
    started = Host(stack, tmp_path_factory.mktemp(stack.name))
    started.run(NODES)
    yield started
    started.close()


NODES = '''
import threading, time
from typing import Annotated
from PIL import Image
import virgil_nb as vnb
from virgil_nb.engine import NodeReturn, current

@vnb.node("Painter", output=True, cache=False)
def painter(text: str = "a fox", steps: Annotated[int, vnb.Range(1, 100_000)] = 3) -> NodeReturn:
    """Paints something in steps."""
    context = current()
    for step in range(steps):
        context.preview(lambda step=step: Image.new("RGB", (64, 64), (25 * step % 256, 40, 200)), step + 1)
        context.progress(step + 1, steps)
        time.sleep(0.02)
    return NodeReturn(ui={"images": [Image.new("RGB", (64, 64), (230, 20, 30))]})

wf = vnb.Workflow()
wf.add("Painter")
ENDLESS = 100_000
'''

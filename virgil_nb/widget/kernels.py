"""What differs between the kernels that a workbench may live in; each difference is looked for, never inferred from a version.

Comm messages wait while a cell runs in the main thread. Then:

- ipykernel 7.0 to 7.3: JupyterLab sends them to a subshell's thread, and they arrive.
- 7.4: they are rerouted to the thread that last published on the comm, the busy one; `answer_where_asked` undoes that.
- before 7, and Colab: there are no subshells; a blocking wait pumps messages itself (`message_pump`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from virgil_nb.engine import VirgilError

log = logging.getLogger(__name__)

Names = Sequence[tuple[object, str]]
"""Objects, and what follows on the name of each."""


def running_kernel() -> Any | None:
    """The ipykernel that this process is, or None."""
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None)


def name_in_notebook(things: Names) -> str:
    """What code in a cell can call the first of `things` that has a name: a variable, else an output such as `Out[3]`.

    Raises VirgilError if none has one.
    """
    names = dict(getattr(getattr(running_kernel(), "shell", None), "user_ns", {}))
    outputs = names.get("Out")
    for thing, tail in things:
        found = [str(name) for name, value in names.items() if value is thing and not name.startswith("_")]
        if found:
            return found[0] + tail
        for number, value in dict(outputs).items() if isinstance(outputs, dict) else ():
            if value is thing:
                return f"Out[{number}]{tail}"
    raise VirgilError("Code has no name for this workbench yet: begin its cell with wb = vnb.Workbench, and run it again.")


def answer_where_asked(comm: Any) -> None:
    """Has the comm's messages handled on the (sub)shell that the browser chose, also where ipykernel 7.4 would choose another."""
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default


def shown_by_a_page() -> bool:
    """Whether the running cell was started by a page that names its cells (JupyterLab, Notebook 7), and not by nbclient or nbval."""
    kernel = running_kernel()
    if kernel is None or not hasattr(kernel, "get_parent"):
        return False
    parent = kernel.get_parent()
    return bool(isinstance(parent, dict) and (parent.get("metadata") or {}).get("cellId"))


def message_pump() -> Callable[[], None] | None:
    """A function that handles comm messages which wait behind the running cell; None where they arrive by themselves.

    Only for ipykernel before 7, on its main thread. Runs of other cells that wait meanwhile keep waiting, in their order.
    """
    kernel = running_kernel()
    if kernel is None or threading.current_thread() is not threading.main_thread():
        return None
    if getattr(kernel, "_supports_kernel_subshells", False) or getattr(kernel, "shell_stream", None) is None:
        return None
    try:
        import nest_asyncio

        nest_asyncio.apply()
    except Exception:
        log.warning("messages from the editor wait until this cell ends: the event loop can't be nested", exc_info=True)
        return None
    return _Pump(kernel)


class _Pump:
    """Takes messages off the kernel's queue while a cell runs: handles comm messages, puts the others back in order."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel

    def __call__(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            asyncio.get_event_loop().run_until_complete(self._handle_waiting())

    async def _handle_waiting(self) -> None:
        await asyncio.sleep(0)
        self._kernel.shell_stream.flush()  # puts what has arrived on the kernel's queue
        queue = self._kernel.msg_queue
        later = []
        while queue.qsize():
            item = queue.get_nowait()
            if self._is_comm_message(item):
                await self._dispatch(item)
            else:
                later.append(item)
        for item in later:
            queue.put_nowait(item)

    async def _dispatch(self, item: Any) -> None:
        """Handles one message; afterwards the kernel again answers to the cell that runs, and not to that message."""
        kernel = self._kernel
        identity, parent = kernel._parent_ident, kernel.get_parent("shell")
        identity = identity.get("shell", b"") if isinstance(identity, dict) else identity
        try:
            await item[1](*item[2])
        finally:
            kernel.set_parent(identity, parent, channel="shell")

    def _is_comm_message(self, item: Any) -> bool:
        """Reads the header only: to unpack a message whole would mark its signature as used."""
        try:
            _identities, parts = self._kernel.session.feed_identities(item[2][0], copy=False)
            header = self._kernel.session.unpack(parts[1].bytes)
        except (ValueError, TypeError, AttributeError, LookupError):
            return False  # what can't be read is the kernel's to judge
        return str(header.get("msg_type")).startswith("comm_")

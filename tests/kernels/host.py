"""A notebook and its page, played on the kernel's sockets: cells as JupyterLab sends them, and one view of a workbench.

Where the kernel has subshells, the page's messages go to one, as JupyterLab 4 does by default.
"""

from __future__ import annotations

import ast
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.kernels.stack import ROOT, Stack

LIMIT = 120.0
Message = dict[str, Any]


class Reply:
    """What became of a cell: status "ok" or "error", with the error's name; what it printed."""

    def __init__(self, content: Message, printed: str) -> None:
        self.status: str = content["status"]
        self.error: str = content.get("ename", "")
        self.text: str = f"{self.error}: {content.get('evalue', '')}" if self.error else ""
        self.printed = printed


class Host:
    """A kernel of `stack` with a notebook in front of it. `published`: what it said so far, with the time at which it `arrived`."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        spec = folder / "kernels" / "under-test"
        spec.mkdir(parents=True)
        command = [str(stack.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": stack.name, "language": "python"}))
        places = {"VIRGIL_HOME": "home", "IPYTHONDIR": "ipython", "JUPYTER_RUNTIME_DIR": "runtime"}
        env = dict(os.environ, PYDEVD_DISABLE_FILE_VALIDATION="1", OMP_NUM_THREADS="1", PYTHONPATH=str(ROOT))
        env.update({variable: str(folder / name) for variable, name in places.items()})
        notebook = folder / "notebook.ipynb"
        notebook.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
        env["JPY_SESSION_NAME"] = str(notebook)  # as Jupyter's server does
        self.published: list[Message] = []
        self._replies: dict[str, Message] = {}
        self._asked: list[str] = []
        self._manager = KernelManager(
            kernel_name="under-test", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(folder / "kernels")])
        )
        self._manager.start_kernel(env=env, cwd=str(folder))
        self._connect()

    def _connect(self) -> None:
        self.client = self._manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=LIMIT)
        self.client.kernel_info()
        info = self.client.get_shell_msg(timeout=LIMIT)["content"]
        self.subshell = self._subshell() if "kernel subshells" in info.get("supported_features", []) else None

    def _subshell(self) -> str:
        request = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(request)
        while True:
            answer = self.client.get_control_msg(timeout=LIMIT)
            if answer["parent_header"]["msg_id"] == request["header"]["msg_id"]:
                return str(answer["content"]["subshell_id"])

    def ask(self, source: str, *, cell: str | None = None) -> str:
        """Sends a cell to the kernel and returns its message's id; `cell`: its id in the notebook."""
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        request = self.client.session.msg("execute_request", content, metadata={"cellId": cell or f"cell-{len(self._asked)}"})
        self.client.shell_channel.send(request)
        self._asked.append(str(request["header"]["msg_id"]))
        return self._asked[-1]

    def reply(self, asked: str) -> Reply:
        """What became of the cell `asked`; waits for it, and for all that it published."""

        def over() -> bool:
            return asked in self._replies and any(
                message["msg_type"] == "status"
                and message["content"]["execution_state"] == "idle"
                and message["parent_header"].get("msg_id") == asked
                for message in self.published
            )

        self.wait(over)
        mine = [m for m in self.published if m["parent_header"].get("msg_id") == asked and m["content"].get("name") == "stdout"]
        return Reply(self._replies[asked]["content"], "".join(message["content"]["text"] for message in mine))

    def cell(self, source: str, *, cell: str | None = None) -> Reply:
        """Runs a cell and waits for its end."""
        return self.reply(self.ask(source, cell=cell))

    def run(self, source: str, *, cell: str | None = None) -> str:
        """Runs a cell that must succeed; what it printed."""
        reply = self.cell(source, cell=cell)
        assert reply.status == "ok", reply.text
        return reply.printed

    def value(self, expression: str) -> Any:
        """A plain value in the kernel."""
        return ast.literal_eval(self.run(f"print(repr({expression}), end='')"))

    def wait(self, come: Callable[[], object]) -> None:
        """Reads what the kernel sends until `come()` is true."""
        limit = time.monotonic() + LIMIT
        while not come():
            self._read()
            assert time.monotonic() < limit, f"the kernel never did it; its last messages: {self._last_words()}"

    def _read(self) -> None:
        if self.client.shell_channel.msg_ready():
            message = self.client.get_shell_msg(timeout=LIMIT)
            self._replies[message["parent_header"].get("msg_id", "")] = message
        if self.client.iopub_channel.msg_ready():
            self.published.append({**self.client.get_iopub_msg(timeout=LIMIT), "arrived": time.time()})
        else:
            time.sleep(0.002)

    def _last_words(self) -> str:
        return "\n".join(str((m["msg_type"], m["content"]))[:300] for m in self.published[-12:])

    def interrupt(self) -> None:
        """The notebook's stop button."""
        self._manager.interrupt_kernel()

    def settle(self) -> None:
        """Ends the cells that a failed test left waiting, so that the next one has a kernel that answers."""
        if not set(self._asked) <= self._replies.keys():
            self.interrupt()
            self.wait(lambda: set(self._asked) <= self._replies.keys())

    def restart(self) -> None:
        """The notebook's restart button."""
        self.client.stop_channels()
        self._manager.restart_kernel(now=False)
        self.published.clear()
        self._replies = {asked: {} for asked in self._asked}  # those that were under way get no reply any more
        self._connect()

    def close(self) -> None:
        self.client.stop_channels()
        self._manager.shutdown_kernel(now=True)


class View:
    """One view of the workbench that is called `name` in the kernel, as the editor's page opens it."""

    def __init__(self, host: Host, name: str = "wb", view: str = "view-1") -> None:
        self._host = host
        self.view = view
        self.comm: str = host.value(f"{name}.model_id")
        self._seq = 0
        self.send("ready", protocol=1)
        self.wait_for("snapshot", lambda message: message.get("view") == view)

    def send(self, kind: str, **content: Any) -> None:
        """One message of the protocol to the kernel."""
        data = {"method": "custom", "content": {"kind": kind, "view": self.view, **content}}
        message = self._host.client.session.msg("comm_msg", {"comm_id": self.comm, "data": data})
        if self._host.subshell is not None:
            message["header"]["subshell_id"] = self._host.subshell
        self._host.client.shell_channel.send(message)

    def edit(self, *ops: Message) -> None:
        """Edits of the document, as made in the page; the one after is sent when the kernel has answered."""
        self._seq += 1
        seq = self._seq
        self.send("edit", seq=seq, base=self.revision, ops=list(ops))
        self.wait_for(("applied", "rejected"), lambda message: message.get("seq") == seq)

    @property
    def revision(self) -> int:
        """The newest revision of the document that this view was told."""
        return int([message["rev"] for message in self.messages() if "rev" in message][-1])

    def messages(self, kind: str | tuple[str, ...] = ()) -> list[Message]:
        """What the kernel told the views so far, of these kinds; without any, all."""
        kinds = (kind,) if isinstance(kind, str) else kind
        told = [
            message["content"]["data"]["content"]
            for message in self._host.published
            if message["msg_type"] == "comm_msg"
            and message["content"]["comm_id"] == self.comm
            and message["content"]["data"].get("method") == "custom"
        ]
        return [content for content in told if not kinds or content["kind"] in kinds]

    def wait_for(self, kind: str | tuple[str, ...], fits: Callable[[Message], object] = lambda _: True) -> Message:
        """The last message of that kind that fits; waits until there is one."""
        self._host.wait(lambda: any(fits(message) for message in self.messages(kind)))
        return [message for message in self.messages(kind) if fits(message)][-1]

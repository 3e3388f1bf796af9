"""`Elsewhere`: where nodes run that the worker does not wait for. Async nodes on an event loop with a thread of its own, so that they go on
while another node computes; parallel nodes on threads.

    worker ──begin──▶ loop thread / threads ──▶ `finished` ──take──▶ worker
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final

from virgil_nb.engine.context import EXECUTION, Execution

logger = logging.getLogger(__name__)

THREADS: Final = 8  # parallel nodes of one run at a time
SLICE: Final = 0.05  # seconds between two looks at whether the run is to stop
CLOSING_SECONDS: Final = 5.0  # that a cancelled task may take to end


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of what was begun: `value`, or the `error` that it raised."""

    what: Any
    value: Any = None
    error: BaseException | None = None


class Elsewhere:
    """One run's. Nothing is started before it is needed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._finished: SimpleQueue[Finished | None] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._pool: ThreadPoolExecutor | None = None
        self.running = 0  # begun and not taken back

    def begin_async(self, what: Any, call: Execution, coroutines: Sequence[Coroutine[Any, Any, Any]]) -> None:
        """Runs coroutines side by side; what comes back as `value` is the list of what they give."""
        loop = self._ensure_loop()
        context = copy_context()
        context.run(EXECUTION.set, call)
        self.running += 1

        def begin() -> None:
            task = loop.create_task(together(coroutines), context=context)
            self._tasks.add(task)
            task.add_done_callback(end)

        def end(task: asyncio.Task[Any]) -> None:
            self._tasks.discard(task)
            if task.cancelled():
                for coroutine in coroutines:  # those that had not begun
                    coroutine.close()
                self._finished.put(Finished(what, error=asyncio.CancelledError()))
            else:
                self._finished.put(Finished(what, *task.result()))

        loop.call_soon_threadsafe(begin)

    def begin_parallel(self, what: Any, call: Execution, work: Callable[[], Any]) -> None:
        """Runs `work` on a thread; what it returns comes back as `value`."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, f"{self._name} node")
        context = copy_context()
        context.run(EXECUTION.set, call)
        self.running += 1

        def run() -> None:
            try:
                value = context.run(work)
            except BaseException as error:  # noqa: BLE001 - whatever a node raises is the node's
                self._finished.put(Finished(what, error=error))
            else:
                self._finished.put(Finished(what, value))

        self._pool.submit(run)

    def take(self, wait: bool) -> Finished | None:
        """What finished next; None if nothing did, or (waiting) if `wake` was called."""
        try:
            found = self._finished.get(block=wait)
        except Empty:
            return None
        if found is not None:
            self.running -= 1
        return found

    def wake(self) -> None:
        """Any thread may: ends a wait, and cancels what awaits."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._cancel_all)
        self._finished.put(None)

    def complete(self, call: Execution, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """What `coroutine` gives, waited for here. For small questions that a node asks before it runs."""
        loop = self._ensure_loop()
        context = copy_context()
        context.run(EXECUTION.set, call)
        asked = asyncio.run_coroutine_threadsafe(within(context, outcome(coroutine)), loop)
        while True:
            try:
                value, error = asked.result(SLICE)
                break
            except TimeoutError:
                if call.cancelled:
                    asked.cancel()
                    call.check_cancelled()
        if error is not None:
            raise error
        return value

    def close(self) -> None:
        """Cancels tasks that still run and waits a moment for them; threads that still work are left to end by themselves."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        loop, thread = self._loop, self._thread
        if loop is not None and thread is not None:
            ending = asyncio.run_coroutine_threadsafe(_end_all(), loop)
            try:
                ending.result(CLOSING_SECONDS)
            except TimeoutError:
                logger.warning("an async node did not end when it was cancelled; its thread is left behind")
            except BaseException:
                logger.exception("an async node left tasks that could not be ended")
            loop.call_soon_threadsafe(loop.stop)

    def _cancel_all(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _ensure_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            loop = self._loop = asyncio.new_event_loop()

            def work() -> None:
                try:
                    loop.run_forever()
                finally:
                    loop.close()

            self._thread = threading.Thread(target=work, name=f"{self._name} async", daemon=True)
            self._thread.start()
        return self._loop


async def outcome(coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, BaseException | None]:
    """What a coroutine gives, or what it raises. A task that raised SystemExit would take the loop along."""
    try:
        return await coroutine, None
    except BaseException as error:  # noqa: BLE001 - whatever a node raises is the node's
        return None, error


async def together(coroutines: Sequence[Coroutine[Any, Any, Any]]) -> tuple[list[Any], BaseException | None]:
    """(what the coroutines give, in their order, None) or ([], what the first that failed raised); that one ends the others."""
    tasks = [asyncio.ensure_future(outcome(coroutine)) for coroutine in coroutines]
    waiting = set(tasks)
    failed: BaseException | None = None
    try:
        while waiting and failed is None:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            failed = next((error for task in done if (error := task.result()[1]) is not None), None)
    except asyncio.CancelledError as error:
        failed = error
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting)
    return ([], failed) if failed is not None else ([task.result()[0] for task in tasks], None)


async def within(context: Any, coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What `coroutine` gives, run in `context`."""
    return await asyncio.get_running_loop().create_task(coroutine, context=context)


async def _end_all() -> None:
    me = asyncio.current_task()
    left = [task for task in asyncio.all_tasks() if task is not me]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()

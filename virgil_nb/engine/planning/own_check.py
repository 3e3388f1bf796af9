"""What a kind of node says of its own inputs before anything runs: `validate` of its spec, called with the constants.

A check may be async. One that asks for `input_types` gets the types of the linked outputs, and judges links itself.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextvars import copy_context
from typing import Any

from virgil_nb.engine.errors import Problem, message_of
from virgil_nb.engine.planning.prepare import Prepared, name_of


def own_check(prepared: Prepared, linked: Mapping[str, str]) -> list[Problem]:
    """True or None is good, a text is what is wrong, False is wrong without a word. linked: the type that each link brings."""
    node, check = prepared.node, prepared.spec.validate
    assert check is not None
    values = {**prepared.values, "input_types": dict(linked)} if prepared.spec.judges_types else prepared.values
    try:
        said = check(**accepted(check, values))
        if inspect.isawaitable(said):
            said = _awaited(said)
    except Exception as error:  # noqa: BLE001 - someone's check
        what = message_of(error) or "no message"
        message = f"{name_of(node)} could not be checked: {type(error).__name__}: {what}"
        return [Problem(node.id, None, "exception_during_validation", message, {"exception_type": type(error).__name__})]
    if said is None or said is True:
        return []
    text = said if isinstance(said, str) and said else "its own check refuses these values."
    return [Problem(node.id, None, "custom_validation_failed", f"{name_of(node)}: {text}", {})]


def accepted(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that the function has parameters for; a parameter without a value and without a default is None."""
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return dict(values)
    given = {}
    for parameter in parameters:
        if parameter.name in values:
            given[parameter.name] = values[parameter.name]
        elif parameter.default is parameter.empty:
            given[parameter.name] = None
    return given


def _awaited(said: Awaitable[Any]) -> Any:
    """What an async check says. On a thread of its own: the caller's may have a running loop (a notebook's has)."""
    context = copy_context()
    answers: list[Any] = []
    errors: list[BaseException] = []

    async def ask() -> Any:
        return await said

    def work() -> None:
        try:
            answers.append(context.run(asyncio.run, ask()))
        except BaseException as error:  # noqa: BLE001 - someone's check
            errors.append(error)

    thread = threading.Thread(target=work, name="virgil check", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0] if isinstance(errors[0], Exception) else RuntimeError(f"{type(errors[0]).__name__}: {message_of(errors[0])}")
    return answers[0]

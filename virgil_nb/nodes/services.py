"""What a session gives to the built-in nodes: its folders, and the device to use."""

from __future__ import annotations

from dataclasses import dataclass

from virgil_nb.engine import Services, context
from virgil_nb.nodes.folders import Folders


@dataclass(frozen=True)
class Device:
    """The device that a session computes on: "auto", "cpu", "cuda", "cuda:1", "mps"."""

    name: str = "auto"


def folders_of(services: Services | None) -> Folders:
    """The session's folders; the default ones when it names none."""
    found = services.get(Folders, None) if services is not None else None
    return Folders.default() if found is None else found


def folders_now() -> Folders:
    """The folders of the session whose node runs on this thread; the default ones outside of a run."""
    current = context.current()
    return folders_of(current.services if current is not None else None)


def device_now() -> str:
    """The name of the device that the session computes on."""
    current = context.current()
    return current.services.get(Device, Device()).name if current is not None else Device().name

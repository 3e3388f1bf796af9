"""`Session`: where workflows run: folders, device, memory for the cache, and one queue.

Nothing heavy happens when it is made; the engine starts with the first run, and torch loads on its worker.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final

from virgil_nb import comfy
from virgil_nb import nodes as built_in
from virgil_nb.api.history import History, thumbnails
from virgil_nb.api.queue import Queue, Which, id_of
from virgil_nb.engine import Cache, DiskTier, Document, Engine, Problem, Services, default_registry, validate
from virgil_nb.engine.caching.cache import Policy
from virgil_nb.engine.caching.disk import DISK_BYTES
from virgil_nb.engine.history.past import History as Kept
from virgil_nb.nodes.folders import Folders, virgil_home

log = logging.getLogger(__name__)

HISTORY_FILE: Final = "history.sqlite3"
CACHE_FOLDER: Final = "cache"
_DEFAULT_CACHE = 2 * 2**30
_UNITS = {"": 1, "b": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "k": 2**10, "m": 2**20, "g": 2**30}


class Session:
    """Folders, device, cache and queue for runs. `with Session(...) as session:` closes it at the end.

    models: a models folder, or a ComfyUI folder; inputs, outputs: where pictures are read and saved. The default root is
    `~/.virgil`, or the VIRGIL_HOME of the environment. cache: bytes of memory for results, as a number or text such as "4 GB"; "needed":
    none is kept longer than its run needs it, for a machine with little memory.
    stored: the folder that keeps results for later kernels, at most `stored_bytes` of them; True: `cache` in the root, unless the
    environment says VIRGIL_STORED=0; False: none.
    device: "auto", "cpu", "cuda", "cuda:1", "mps". history: the file that keeps runs which are over, with their workflows and small
    pictures; True: `history.sqlite3` in `~/.virgil` or VIRGIL_HOME; False: none, they are known until the kernel ends.
    """

    def __init__(
        self,
        models: str | Path | None = None,
        inputs: str | Path | None = None,
        outputs: str | Path | None = None,
        cache: int | str | None = None,
        device: str = "auto",
        stored: bool | str | Path = True,
        stored_bytes: int | str = DISK_BYTES,
        history: bool | str | Path = True,
    ) -> None:
        built_in.load()
        comfy.register()
        self.folders = Folders.locate(models=models, input=inputs, output=outputs)
        self.device = device
        self._policy: Policy = "needed" if cache == "needed" else "budget"
        self._cache_bytes = _DEFAULT_CACHE if cache is None or self._policy == "needed" else as_bytes(cache)
        self._stored = stored_folder(stored)
        self._stored_bytes = as_bytes(stored_bytes)
        self._history_file = None if history is False else virgil_home() / HISTORY_FILE if history is True else Path(history).expanduser()
        self._closed = False

    @cached_property
    def services(self) -> Services:
        """What nodes get from the session: its folders, and the device to use."""
        from virgil_nb.nodes.services import Device

        return Services({Folders: self.folders, Device: Device(self.device)})

    @cached_property
    def engine(self) -> Engine:
        """The engine that runs this session's workflows."""
        if self._closed:
            raise RuntimeError("This session is closed; make a new one with virgil_nb.Session().")
        disk = None if self._stored is None else DiskTier(self._stored, self._stored_bytes)
        return Engine(
            default_registry(),
            services=self.services,
            cache=Cache(self._cache_bytes, policy=self._policy, disk=disk),
            numerics=self._numerics,
            history=self._journal(),
            device=self.device,
        )

    def _journal(self) -> Kept | None:
        if self._history_file is None:
            return None
        try:
            from virgil_nb.engine.history.journal import Journal
        except ImportError:  # a Python that was built without SQLite
            log.warning("This Python has no sqlite3, so the history of runs ends with the kernel.")
            return None
        return Journal(self._history_file.absolute(), thumbnails=thumbnails)

    @property
    def queue(self) -> Queue:
        """The run that is executed and those that wait, in the order in which they will."""
        return Queue(self.engine)

    @property
    def history(self) -> History:
        """The runs that are over, oldest first, those of earlier kernels too."""
        return History(self.engine.past)

    def validate(self, document: Document, objects: Mapping[str, object] | None = None) -> list[Problem]:
        """Everything that is wrong with a document here; empty when it can run."""
        return validate(document, default_registry(), services=self.services, objects=objects or {})

    def interrupt(self, run: Which | None = None) -> bool:
        """Stops the run under way, within one sampler step, or the one that is given, also if it waits. False if there is none."""
        return self.engine.interrupt(None if run is None else id_of(run))

    def free_memory(self) -> None:
        """Drops all results in memory and loaded models; the next run reads them from disk, or makes and loads them again."""
        self.engine.clear_cache()
        built_in.free_models()

    def forget_results(self) -> None:
        """Drops all cached results, those on disk too: the next run makes them again."""
        self.engine.clear_cache(disk=True)

    def close(self) -> None:
        """Cancels what runs and waits, and ends the session. Harmless if it is closed."""
        self._closed = True
        engine = self.__dict__.pop("engine", None)
        if engine is not None:
            engine.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        kept = f"cache up to {self._cache_bytes / 2**30:.1f} GB" if self._policy == "budget" else "cache of what is needed"
        return f"<Session: models in {self.folders.models}, device {self.device}, {kept}>"

    def _numerics(self) -> str:
        """What changes the numbers that nodes compute, and so belongs into every key; torch is loaded only if nothing else can tell."""
        from virgil_nb.diffusion.numerics import without_torch

        told = without_torch(self.device)
        if told is None:
            from virgil_nb.diffusion.device import numerics, pick

            told = numerics(pick(self.device))
        return told


def stored_folder(stored: bool | str | Path) -> Path | None:
    """The folder that `Session(stored=…)` means; None if nothing is to be stored."""
    if isinstance(stored, bool):
        return virgil_home() / CACHE_FOLDER if stored and os.environ.get("VIRGIL_STORED", "1") != "0" else None
    return Path(stored)


def as_bytes(size: int | str) -> int:
    """Bytes in a size such as 500000000, "4 GB" or "512MB" (units of 1024). Raises ValueError."""
    if isinstance(size, int) and not isinstance(size, bool) and size >= 0:
        return size
    text = str(size).strip().lower()
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = text[len(number) :].strip()
    try:
        value = float(number)
    except ValueError:
        value = -1
    if value < 0 or unit not in _UNITS:
        raise ValueError(f"{size!r} is no size; give bytes, or text such as '4 GB' or '512 MB'.")
    return int(value * _UNITS[unit])


_lock = threading.Lock()
_default: list[Session] = []


def default_session() -> Session:
    """The session that is used where none is given; made on first use."""
    with _lock:
        if not _default or _default[0]._closed:
            _default[:] = [Session()]
        return _default[0]

"""Where code comes from: digests of the package's sources and of folders of nodes, and which library a module is of."""

from __future__ import annotations

import functools
import pathlib
import sys
import sysconfig
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

PACKAGE: Final = __name__.partition(".")[0]
# what code of nodes stands on; the engine is not among them: KEY_VERSION in keys.py stands for it
_LAYERS: Final = ("diffusion", "nodes")
_ROOT: Final = pathlib.Path(__file__).parents[2]


@functools.lru_cache(maxsize=1)
def package_digest() -> str:
    """One digest of all sources that the package's nodes stand on; read once in a process."""
    return _digest_files(path for layer in _LAYERS for path in (_ROOT / layer).rglob("*.py"))


@functools.lru_cache(maxsize=1000)
def folder_digest(folder: str) -> str:
    """One digest of all Python sources in a folder; read once in a process."""
    return _digest_files(pathlib.Path(folder).rglob("*.py"))


def _digest_files(paths: Iterable[pathlib.Path]) -> str:
    digest = blake2b(digest_size=16)
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode("utf-8", "surrogatepass"))
        digest.update(content)
    return digest.hexdigest()


# the parts of Python's own library by which a function comes to code that it does not name
_REACHES_ANYTHING: Final = frozenset({"concurrent", "ctypes", "importlib", "multiprocessing", "pickle", "runpy", "subprocess", "sys"})
_PLAIN_LIBRARIES: Final = frozenset({"builtins", "numpy", "PIL"})


@functools.lru_cache(maxsize=10_000)
def computes_plainly(module: str) -> bool:
    """Whether code of `module` gives the same numbers on each device and with each dtype, as Python, NumPy and Pillow do."""
    top = module.partition(".")[0]
    if top == PACKAGE:
        return f"{module}.".startswith(f"{PACKAGE}.engine.")
    return top in _PLAIN_LIBRARIES or (top in sys.stdlib_module_names and top not in _REACHES_ANYTHING)


_LIBRARY_PATHS: Final = tuple(
    str(pathlib.Path(path)) for name in ("stdlib", "platstdlib", "purelib", "platlib") if (path := sysconfig.get_paths().get(name))
)


@functools.lru_cache(maxsize=10_000)
def library_of(module: str) -> str | None:
    """Name and version of the library that a module is of, the way the key names it; None for code of the user's own."""
    if module in ("", "__main__"):
        return None
    top = module.partition(".")[0]
    if top == PACKAGE:
        return f"{PACKAGE} {package_digest()}"
    if top in sys.builtin_module_names or top in sys.stdlib_module_names:
        return f"{top} of Python {sys.version_info.major}.{sys.version_info.minor}"
    file = getattr(sys.modules.get(top), "__file__", None) or getattr(sys.modules.get(module), "__file__", None)
    if not file or not (str(file).startswith(_LIBRARY_PATHS) or "site-packages" in file or "dist-packages" in file):
        return None
    version = getattr(sys.modules.get(top), "__version__", None)
    return f"{top} {version if isinstance(version, str) else ''}"

"""What changes the numbers that come out, apart from the inputs: device type, dtypes, torch's version. For cache keys."""

from __future__ import annotations

import importlib.metadata
import sys


def describe(device_type: str, compute: str, vae: str, version: str) -> str:
    """The words that stand for them; versions count by major and minor number."""
    return f"{device_type}/{compute}/{vae}/torch-{'.'.join(version.split('.')[:2])}"


def without_torch(device: str = "auto") -> str | None:
    """The same words without loading torch; None where only torch can tell: what "auto" is, unless this build of it knows no GPU."""
    if "torch" in sys.modules:
        return None
    try:
        version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return None
    on_cpu = device == "cpu" or (device == "auto" and version.endswith("+cpu") and sys.platform != "darwin")
    return describe("cpu", "torch.float32", "torch.float32", version) if on_cpu else None

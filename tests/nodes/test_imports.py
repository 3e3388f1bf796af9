"""The nodes can be listed and looked at before anything heavy is loaded."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from virgil_nb import comfy, nodes
from virgil_nb.engine import Services, default_registry
from virgil_nb.nodes.folders import Folders
nodes.load()
nodes.load()
comfy.register()
services = Services(Folders.at(sys.argv[1]))
specs = [spec.to_json(services) for spec in default_registry()]
assert len(specs) >= 13, len(specs)
heavy = {"torch", "numpy", "PIL", "transformers", "safetensors", "scipy", "IPython", "ipywidgets", "anywidget"} & set(sys.modules)
print(",".join(sorted(heavy)))
"""


def test_loading_the_nodes_imports_neither_torch_nor_numpy_nor_pil(tmp_path: object) -> None:
    done = subprocess.run([sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""

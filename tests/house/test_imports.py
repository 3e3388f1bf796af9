"""Importing is cheap and touches nothing: promises of the package's front door."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("torch", "numpy", "transformers", "PIL", "IPython", "ipywidgets", "anywidget", "scipy", "safetensors")


def loaded_by(code: str) -> list[str]:
    """The heavy modules that a fresh Python has loaded after `code`."""
    script = f"import sys, json\n{code}\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import virgil_nb") == []


def test_the_engine_the_nodes_and_a_workflow_need_no_torch():
    code = """
import virgil_nb as vnb
wf = vnb.Workflow.template("text-to-image")
wf["KSampler"].seed = 7
assert wf.validate() == [], wf.validate()
wf.to_json(); wf.to_python()
"""
    assert not {"torch", "transformers", "IPython", "ipywidgets"} & set(loaded_by(code))


def test_a_workbench_is_made_without_torch():
    assert not {"torch", "transformers"} & set(loaded_by("import virgil_nb as vnb\nwb = vnb.Workbench()"))


def test_every_public_name_can_be_had():
    import virgil_nb

    for name in virgil_nb.__all__:
        assert getattr(virgil_nb, name) is not None


def test_an_unknown_name_lists_the_public_ones():
    import pytest

    import virgil_nb

    with pytest.raises(AttributeError, match="generate"):
        virgil_nb.no_such_name  # noqa: B018

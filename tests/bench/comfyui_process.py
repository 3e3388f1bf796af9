"""One process with ComfyUI's own executor, for comfyui.py: started with a checkout as its working folder, by a Python that has what
ComfyUI needs. Takes workflows in the API format from standard input, gives CPU seconds on standard output. Imports nothing of ours.

    in:   {"seconds": 2.0, "repeat": 3, "workflows": {shape: {nodes: {id: {"class_type": ..., "inputs": ...}}}}}
    out:  {"version": "0.3.64", "shapes": {shape: {nodes: {"first": s, "again": s, "edited": s} or {"fault": "..."}}}}
"""

import asyncio
import contextlib
import copy
import inspect
import io
import json
import logging
import os
import sys
import time

ASKED = json.load(sys.stdin)
ANSWER = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what ComfyUI prints goes with the errors
sys.argv = ["main.py", "--cpu"]
sys.path.insert(0, os.getcwd())

import comfy.options  # noqa: E402

comfy.options.enable_args_parsing()
logging.disable(logging.INFO)

import execution  # noqa: E402
import nodes  # noqa: E402


class Any(dict):
    """Declared inputs of whatever name, as packs with a growing number of inputs do it."""

    def __contains__(self, name):
        return True

    def __getitem__(self, name):
        return ("INT", {})


class Start:
    RETURN_TYPES = ("INT",)
    FUNCTION = "give"
    CATEGORY = "bench"

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {"default": 0})}}

    def give(self, value):
        return (value,)


class Add(Start):
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"value": ("INT", {"default": 0}), "step": ("INT", {"default": 1})}}

    def give(self, value, step):
        return (value + step,)


class Join(Start):
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"step": ("INT", {"default": 1})}, "optional": Any()}

    def give(self, step, **values):
        return (sum(values.values()) + step,)


class Server:
    """What an executor tells, and nobody hears."""

    client_id = None
    last_node_id = None
    last_prompt_id = None

    def send_sync(self, event, data, sid=None):
        pass


for kind in (Start, Add, Join):
    name = kind.__name__.lower()
    nodes.NODE_CLASS_MAPPINGS[name] = kind
    nodes.NODE_CLASS_MAPPINGS[name + " shown"] = type(kind.__name__ + "Shown", (kind,), {"OUTPUT_NODE": True})


def validate(prompt):
    """As the server does before a run; the outputs to run for."""
    parameters = inspect.signature(execution.validate_prompt).parameters
    known = {"prompt_id": "bench", "prompt": prompt, "partial_execution_list": None}
    found = execution.validate_prompt(**{name: known[name] for name in parameters if name in known})
    if inspect.isawaitable(found):
        found = asyncio.run(_awaited(found))
    if not found[0]:
        raise RuntimeError(found[1])
    return found[2]


async def _awaited(found):
    return await found


def cpu_seconds(executor, prompt):
    """CPU seconds of validation and run."""
    prompt = copy.deepcopy(prompt)
    begun = time.process_time()
    outputs = validate(prompt)
    executor.execute(prompt, "bench", {}, outputs)
    spent = time.process_time() - begun
    if not getattr(executor, "success", True):
        raise RuntimeError("the run failed")
    return spent


def measure(prompt, repeat):
    """The least CPU seconds of a first run, of the same again, and again with the last node edited."""
    best = {}
    for turn in range(repeat):
        executor = execution.PromptExecutor(Server())
        edited = copy.deepcopy(prompt)
        edited[next(reversed(edited))]["inputs"]["step"] = 1_000_000 + turn
        for what, given in (("first", prompt), ("again", prompt), ("edited", edited)):
            spent = cpu_seconds(executor, given)
            best[what] = min(best.get(what, spent), spent)
        if best["first"] > ASKED["seconds"]:
            break
    return best


def main():
    answer = {"version": "", "shapes": {}}
    with contextlib.suppress(ImportError):
        from comfyui_version import __version__

        answer["version"] = __version__
    for shape, sizes in ASKED["workflows"].items():
        answer["shapes"][shape] = {}
        for size, prompt in sizes.items():
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    found = measure(prompt, ASKED["repeat"])
            except BaseException as error:  # a chain of 1,000 is refused: it recurses
                found = {"fault": f"{type(error).__name__}: {str(error)[:200]}"}
            answer["shapes"][shape][size] = found
            if "fault" in found or found["first"] > ASKED["seconds"]:
                break  # the next size costs a hundred times this
    json.dump(answer, ANSWER)
    ANSWER.close()


main()

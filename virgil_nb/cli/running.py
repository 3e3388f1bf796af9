"""`virgil run` and `virgil demo`: a workflow in the terminal, with a progress bar; its pictures' paths are printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from virgil_nb.cli.errors import UsageError

if TYPE_CHECKING:
    from virgil_nb.api.run import Run
    from virgil_nb.api.session import Session
    from virgil_nb.api.workflow import Workflow


def run_file(options: argparse.Namespace) -> int:
    """Opens the workflow, changes what --set says, runs it."""
    from virgil_nb.api.workflow import Workflow
    from virgil_nb.engine import DocumentError

    try:
        workflow = Workflow.open(options.workflow)
    except (FileNotFoundError, DocumentError) as wrong:
        raise UsageError(str(wrong)) from wrong
    change(workflow, options.set)
    return run(workflow, options)


def demo(options: argparse.Namespace) -> int:
    """Runs the first lesson's workflow."""
    from virgil_nb.api.workflow import Workflow

    workflow = Workflow.template("text-to-image")
    if options.prompt is not None:
        workflow["Prompt"].text = options.prompt
    if options.seed is not None:
        workflow["KSampler"].seed = options.seed
    return run(workflow, options)


def change(workflow: Workflow, settings: Sequence[str]) -> None:
    """Sets inputs as `NODE.INPUT=VALUE` says: NODE an id, title or type. Raises UsageError for what is not there."""
    for setting in settings:
        place, equals, text = setting.partition("=")
        name, dot, field = place.strip().rpartition(".")
        if not equals or not dot or not name or not field:
            raise UsageError(f"--set {setting!r} is not of the form NODE.INPUT=VALUE, such as KSampler.seed=3.")
        try:
            node = workflow[name]
            record = workflow.document.nodes[node.info.id]
            spec = workflow.registry.get(record.type)
            declared = spec.by_name.get(field) if spec is not None else None
            setattr(node, field, text if declared is not None and declared.type == "STRING" else read_value(text))
        except (KeyError, AttributeError) as wrong:
            raise UsageError(f"--set {setting}: {wrong.args[0] if wrong.args else wrong}") from wrong


def read_value(text: str) -> object:
    """A number, true, false or null as JSON has them; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def run(workflow: Workflow, options: argparse.Namespace) -> int:
    """Runs `workflow`, says what nodes had to say, and prints the paths of its pictures."""
    from virgil_nb.api.session import Session

    output = Path(options.output).expanduser().absolute()
    with Session(models=options.models, inputs=options.input, outputs=output, device=options.device) as session:
        under_way = workflow.start(session=session)
        result = under_way.wait(progress=not options.quiet)
        for node_id, notes in result.notes.items():
            node = workflow.document.nodes.get(node_id)
            for note in notes:
                print(f"{node.title or node.type if node else node_id}: {note}", file=sys.stderr)
        for path in saved(under_way, session):
            print(shown(path))
    return 0


def saved(under_way: Run, session: Session) -> list[Path]:
    """The files of a finished run's pictures; those that were only shown are written now, as `preview_00001_.png`."""
    from virgil_nb.engine import NodeOutput
    from virgil_nb.nodes.images import png_bytes
    from virgil_nb.nodes.saving import save_place, write_new

    shows = [event.ui or {} for event in under_way.events() if isinstance(event, NodeOutput)]
    paths = []
    for picture in (picture for ui in shows for picture in ui.get("images", ())):
        if picture.type == "output" and picture.filename:
            paths.append(session.folders.output / picture.subfolder / picture.filename)
        else:
            folder, _, stem = save_place(session.folders, "preview")
            paths.append(folder / write_new(session.folders, folder, stem, ".png", png_bytes(picture.pil, None, None)))
    return paths


def shown(path: Path) -> str:
    """`path` from here if it is below, else whole."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)

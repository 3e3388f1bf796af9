"""Reads the command line and hands over to the command; every failure becomes one clear line and an exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from virgil_nb.cli.errors import UsageError


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    import virgil_nb

    top = argparse.ArgumentParser(prog="virgil", description="A workbench for diffusion models.")
    top.add_argument("--version", action="version", version=f"virgil_nb {virgil_nb.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    lab = commands.add_parser("lab", help="JupyterLab on the first lesson", description="Options that are not listed go to JupyterLab.")
    lab.add_argument("--folder", default="lab", help="where your copies of the lessons lie (default: lab)")

    run = commands.add_parser("run", help="run a workflow", description="Runs a workflow: JSON of virgil_nb or ComfyUI, or a PNG with one.")
    run.add_argument("workflow", help="a .json file, or a .png that carries a workflow")
    run.add_argument("--set", action="append", default=[], metavar="NODE.INPUT=VALUE", help="change an input, such as KSampler.seed=3")
    _where(run)

    demo = commands.add_parser("demo", help="the first lesson's picture, in the terminal")
    demo.add_argument("--prompt", help="what shall be in the picture")
    demo.add_argument("--seed", type=int, help="another seed, another picture")
    _where(demo)

    nodes = commands.add_parser("nodes", help="the node types there are")
    nodes.add_argument("type", nargs="?", help="tell about one of them")
    nodes.add_argument("--json", action="store_true", help="as JSON")

    models = commands.add_parser("models", help="the model files there are")
    models.add_argument("--models", help="a models folder, or a ComfyUI folder")
    models.add_argument("--json", action="store_true", help="as JSON")

    clean = commands.add_parser(
        "clean",
        help="remove what is kept of workbenches that are no more",
        description="Looks into the .virgil of a folder of notebooks. Edits of a cell that is still in a notebook stay.",
    )
    clean.add_argument("folder", nargs="?", default=".", help="the folder of the notebooks (default: this one)")
    clean.add_argument("--days", type=float, default=90, help="only what was not touched for so many days (default: 90)")
    clean.add_argument("--dry-run", action="store_true", help="only say what would go")
    return top


def _where(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", default="output", help="where pictures are saved (default: output)")
    command.add_argument("--input", help="where pictures are read from")
    command.add_argument("--models", help="a models folder, or a ComfyUI folder")
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    command.add_argument("--quiet", action="store_true", help="no progress bar")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code: 0 it worked, 1 it failed, 2 wrong usage, 130 stopped by the keyboard."""
    known, more = parser().parse_known_args(argv)
    if more and known.command != "lab":
        parser().error(f"{known.command} does not take {' '.join(more)}; see virgil {known.command} --help")
    try:
        return _command(known, more)
    except UsageError as wrong:
        print(f"virgil {known.command}: {wrong}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"virgil {known.command}: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # such as `virgil nodes | head`
        sys.stderr.close()
        return 0
    except Exception as failed:  # noqa: BLE001 - a person at a terminal gets one line, not a trace; VIRGIL_DEBUG shows it
        from virgil_nb.cli.errors import explain

        print(f"virgil {known.command}: {explain(failed)}", file=sys.stderr)
        return 1


def _command(options: argparse.Namespace, more: list[str]) -> int:
    if options.command == "lab":
        from virgil_nb.cli.lab import lab

        return lab(options.folder, more)
    if options.command == "nodes":
        from virgil_nb.cli.listing import list_nodes

        return list_nodes(options.type, as_json=options.json)
    if options.command == "models":
        from virgil_nb.cli.listing import list_models

        return list_models(options.models, as_json=options.json)
    if options.command == "clean":
        from virgil_nb.cli.cleaning import clean_folder

        return clean_folder(options.folder, days=options.days, only_say=options.dry_run)
    from virgil_nb.cli.running import demo, run_file

    return demo(options) if options.command == "demo" else run_file(options)

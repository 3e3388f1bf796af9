"""The `virgil` command: lessons in JupyterLab, workflows in the terminal, and what there is to work with.

    virgil lab                                       JupyterLab on the first lesson
    virgil run fox.json --set KSampler.seed=3        run a workflow, its pictures go to output/
    virgil demo                                      the first picture, in the terminal
    virgil nodes · virgil models                     what there is

Exit codes: 0 it worked, 1 it failed, 2 the command line makes no sense. Pictures' paths go to standard output, all else to the other.
"""

from __future__ import annotations

from virgil_nb.cli.command_line import main

__all__ = ["main"]

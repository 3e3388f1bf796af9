"""Keeping: nothing that someone did in the editor is lost.

    identity.py   whose edits these are: a name, or a notebook and its cell
    steps.py      what was done on one document of the code       kept.py   all of it, as a file's content
    store.py      the folder, the file, the lock                  lock.py   one process at a time
    keeper.py     follows an editor, makes kept steps again       writer.py brings them to the disk
    keeping.py    what the rest of the widget sees of it          live.py   the keepers of this process
    restoring.py  edits made again on another document            requests.py   what views ask and are told
    cleaning.py   what may go, and when                           carried.py  what travels in the notebook's file

Nothing here imports ipywidgets; IPython is asked only which cell runs.
"""

from __future__ import annotations

from virgil_nb.widget.keeping.keeper import Keeper
from virgil_nb.widget.keeping.keeping import Keeping
from virgil_nb.widget.keeping.live import KEEPERS, Keepers
from virgil_nb.widget.keeping.requests import KeepingRequests
from virgil_nb.widget.keeping.writer import KeptObjects

__all__ = ["KEEPERS", "Keeper", "Keepers", "Keeping", "KeepingRequests", "KeptObjects"]

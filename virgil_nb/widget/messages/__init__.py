"""Every message between the editor in the browser and the workbench in the kernel, as types.

    browser ── ready, edit, undo, redo, run, stop, ack, bye ─────────────────────────▶ kernel
    browser ◀─ snapshot, applied, rejected, problems, specs, run, nodes, preview, … ── kernel

The document lives in the kernel. A view of it draws a `snapshot`, applies its own edits at once and sends them; the
kernel answers with what took effect (`applied`) or with why nothing did (`rejected`). `rev` counts the edits that took
effect since the kernel made the workbench: a view that sees a gap asks for a new snapshot by `ready`.

Each page of this folder has one subject, and `js/src/sync/messages/` is generated from them, page by page, by
`python -m virgil_nb.widget.typescript`. Parsing and sending are not here: see parsing.py and workbench.py.
"""

from __future__ import annotations

PROTOCOL = 1
"""Changes when an old view could not understand a new kernel, or the other way round."""

MAX_MESSAGE_BYTES = 10 * 1024 * 1024
"""What one message from the browser may weigh; Tornado's default for a websocket message."""

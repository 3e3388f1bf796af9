"""`python -m tests.bench`: what the engine costs a node. Beside it: `tests.bench.disk` (stored results), `tests.bench.editor`."""

from tests.bench.engine import main

main()

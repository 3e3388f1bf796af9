"""`python -m tests.bench`: every measurement there is; arguments go to the engine's."""

from tests.bench.engine import main

main()

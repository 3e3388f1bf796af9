"""`python -m virgil_nb.cli` is `virgil`."""

import sys

from virgil_nb.cli.command_line import main

sys.exit(main())

"""For all tests and notebooks: what a session keeps (history, models, pictures) lies in a folder of this test run, not in the user's.

Results are not stored for other kernels, so that each test sees its nodes run; those of the stored results say where to store.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="virgil-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["VIRGIL_HOME"] = _HOME  # kernels and other processes that tests start inherit it
os.environ["VIRGIL_STORED"] = "0"

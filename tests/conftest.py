"""Settings of all tests: no screen needed for pictures, the same hypothesis examples every time."""

import os

from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("mandate", deadline=None, derandomize=True)
settings.load_profile("mandate")

"""Lists the packages: all below sim/, found by their __init__.py, and sim.scenarios, which is ./scenarios.

The changelog stands at the root, where people look for it; a build puts a copy into the package, where the studio
shows it. With MANDATE_WHEEL_CACHE=1 in the environment a build also compiles the rules and packs them in.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

CHANGELOG, COPY = "CHANGELOG.md", "sim/studio/data/CHANGELOG.md"
SHIPPED = "sim/shipped_rules"  # where sim/kernel_cache.py looks for it


class BuildPackage(build_py):
    """Builds the packages and copies the changelog into them; a checkout in use keeps reading its own."""

    def run(self) -> None:
        """Build."""
        super().run()
        if not self.editable_mode:
            self.copy_file(CHANGELOG, str(Path(self.build_lib, COPY)))
            shutil.rmtree(Path(self.build_lib, SHIPPED), ignore_errors=True)
            if os.environ.get("MANDATE_WHEEL_CACHE"):
                self.compile_rules()

    def compile_rules(self) -> None:
        """Compile the rules of what was built, for a processor that most machines have."""
        with tempfile.TemporaryDirectory() as cache:
            environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
            environment |= {"MANDATE_RULES": "portable", "NUMBA_CACHE_DIR": cache, "PYTHONDONTWRITEBYTECODE": "1"}
            words = [sys.executable, "-m", "sim", "prepare"]  # of what was built: the folder it is started in
            subprocess.run(words, cwd=self.build_lib, env=environment, check=True)
            shutil.copytree(Path(cache, "mandate"), Path(self.build_lib, SHIPPED))

    def get_source_files(self) -> list[str]:
        """Name the changelog among what a source archive needs."""
        return [*super().get_source_files(), CHANGELOG]


setup(
    packages=[*find_packages(include=["sim", "sim.*"]), "sim.scenarios"],
    cmdclass={"build_py": BuildPackage},
)

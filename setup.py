"""Lists the packages: all below sim/, found by their __init__.py, and sim.scenarios, which is ./scenarios.

The changelog stands at the root, where people look for it; a build puts a copy into the package, where the studio shows it.
"""

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

CHANGELOG, COPY = "CHANGELOG.md", "sim/studio/data/CHANGELOG.md"


class BuildWithChangelog(build_py):
    """Builds the packages and copies the changelog into them; a checkout in use keeps reading its own."""

    def run(self) -> None:
        """Build."""
        super().run()
        if not self.editable_mode:
            self.copy_file(CHANGELOG, str(Path(self.build_lib, COPY)))

    def get_source_files(self) -> list[str]:
        """Name the changelog among what a source archive needs."""
        return [*super().get_source_files(), CHANGELOG]


setup(
    packages=[*find_packages(include=["sim", "sim.*"]), "sim.scenarios"],
    cmdclass={"build_py": BuildWithChangelog},
)

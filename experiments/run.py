"""One question from design to finding: ``python -m experiments.run dependence``.

Runs the question's sweep (``design.yaml``) into ``results/``, where a stopped one goes on, then its analysis, which writes
figures and the finding in the README. Further words go to the sweep: ``replicates=2 workers=1``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from sim.cli import main as mandate

HERE = Path(__file__).resolve().parent


def main(words: list[str]) -> int:
    """Sweep, then analyse; returns the exit code."""
    known = sorted(path.parent.name for path in HERE.glob("*/analyse.py"))
    if not words or words[0] not in known:
        print(
            f"usage: python -m experiments.run NAME [key=value ...]; NAME is one of {', '.join(known)}", file=sys.stderr
        )
        return 2
    name, *more = words
    steps = import_module(f"experiments.{name}.analyse")
    command = getattr(steps, "COMMAND", ["sweep", f"experiments/{name}"])
    out = next((word.partition("=")[2] for word in more if word.startswith("out=")), f"results/{name}")
    code = mandate([*command, *(word for word in more if not word.startswith("out=")), f"out={out}"])
    if code == 0:
        steps.main([out])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""mandate: a laboratory of post-conflict trafficking markets and peacekeeper accountability.

The public names of the Python interface; each is loaded when first asked for, so that ``import sim`` stays quick.
Nothing is computed here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.above import HOMES

if TYPE_CHECKING:
    from sim.analysis.compare import compare
    from sim.config import load_scenario, save_scenario
    from sim.errors import MandateError, ScenarioError
    from sim.ready import prepare
    from sim.runs.files import open_run
    from sim.runs.results import Run
    from sim.runs.simulate import persistence, simulate
    from sim.scenario import Scenario
    from sim.sweeps.opened import open_sweep

    __version__: str

_HOMES = {
    "MandateError": "sim.errors",
    "Run": "sim.runs.results",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.errors",
    "compare": "sim.analysis.compare",
    "load_scenario": "sim.config",
    "open_run": "sim.runs.files",
    "open_sweep": "sim.sweeps.opened",
    "persistence": "sim.runs.simulate",
    "prepare": "sim.ready",
    "save_scenario": "sim.config",
    "simulate": "sim.runs.simulate",
}

HOMES.update(explain="sim.explain", effects="sim.viz.effects", fan="sim.viz.fan")  # what lower modules name

__all__ = [
    "MandateError",
    "Run",
    "Scenario",
    "ScenarioError",
    "__version__",
    "compare",
    "load_scenario",
    "open_run",
    "open_sweep",
    "persistence",
    "prepare",
    "save_scenario",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home the first time it is used."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("mandate")
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted({*globals(), *__all__})

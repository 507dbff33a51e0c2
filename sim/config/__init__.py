"""From text to a scenario: command-line overrides and YAML files become one checked `Scenario`.

Hydra and OmegaConf live in this package and nowhere else; runs and analysis see `Scenario` objects only. It leaves out
what a scenario means: bounds are declared with the parameters, combining rules with the knobs.
"""

from __future__ import annotations

from sim.config.groups import DEFAULTS, GROUPS, options
from sim.config.load import Setting, load_scenario, settings
from sim.config.save import overrides_of, save_scenario

__all__ = ["DEFAULTS", "GROUPS", "Setting", "load_scenario", "options", "overrides_of", "save_scenario", "settings"]

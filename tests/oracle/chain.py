"""What the tests of justice and politics share: small missions with many cases."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from support import LIVELY

from oracle.oracle_support import busy, world_of
from sim.config import load_scenario
from sim.parameters.core import walk
from sim.world.state import World

# Most acts are reported and most reports taken further; commanders fall, courts are quick, contributors touchy.
MANY_CASES: dict[str, Any] = {
    "mission.initial_venues": 1500.0, "mission.trapezoid.plateau_weeks": 60.0,
    "parameters.involvement.p_prone": 0.6, "parameters.involvement.acts_per_week": 4.0,
    "parameters.reporting.reportable_share": 0.08, "parameters.reporting.reportable_share_trade": 0.9,
    "parameters.reporting.know_share": 1.0, "parameters.reporting.peer_base": -3.0,
    "parameters.reporting.p_screened_in": 0.9, "parameters.reporting.p_identified": 0.95,
    "parameters.leadership.report_pass": 0.9, "parameters.leadership.p_removed": 0.5,
    "parameters.oversight.p_substantiated": 0.95, "parameters.oversight.p_prima_facie": 0.7,
    "parameters.prosecution.reply_base": 1.0, "parameters.prosecution.p_visible": 0.4,
    "parameters.prosecution.special_trial_weeks": 5.0, "parameters.prosecution.host_trial_weeks": 5.0,
    "parameters.host_justice.p_leak": 0.0, "parameters.persons.identification_per_week": 0.2,
    "parameters.contributor_response.solidarity": 0.5, "parameters.contributor_response.n_blocs": 2.0,
    "parameters.contributor_response.replacement_weeks": 2.0,
}  # fmt: skip
OF_THE_CHAIN = {
    "reporting", "leadership", "oversight", "prosecution", "sanctions", "testimony", "host_justice", "host_capacity",
    "dependence", "contributor_response", "security",
}  # fmt: skip


def many_cases(*overrides: str, changes: Mapping[str, Any] | None = None, **given: Any) -> World:
    """A very small mission with many cases; the rest as in ``busy``."""
    return busy(*overrides, changes={**MANY_CASES, **(changes or {})}, **{"scale": 0.02, **given})


def kosovo_with_many_cases(*overrides: str, scale: float = 0.01) -> World:
    """Kosovo, in which NATO, the UN and employers each answer for a force, with many cases; policies start at week 4."""
    shared = {path: value for path, value in {**LIVELY, **MANY_CASES}.items() if "trapezoid" not in path}
    scenario = load_scenario("mission=kosovo", *overrides).with_({**shared, "scale": scale, "seed": 3})
    for policy in scenario.policy.values():
        policy.start_week = 4.0
    return world_of(scenario)


def scattered(seed: int, n: int = 30) -> World:
    """The same with some parameters of the chain anywhere in their range, a third of them at its ends."""
    chooser, changes = Random(seed), {}
    free = [info for info in walk(many_cases().parameters, "parameters.") if info.path.split(".")[1] in OF_THE_CHAIN]
    for info in chooser.sample([info for info in free if isinstance(info.value, float)], n):
        low, high = float(info.low or 0.0), float(info.high or 0.0)
        changes[info.path] = chooser.choice([low, high, *(chooser.uniform(low, high) for _ in range(4))])
    changes |= {"seed": seed, "world_seed": seed, "clock.step_days": chooser.choice([1, 7, 7, 7, 14])}
    return many_cases(changes=changes, plenty=True, weeks=80)

"""What the tests of the oracle share: worlds in which every mechanism is at work, and checks one week ahead."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # experiments/ is no part of the installed package

from support import LIVELY, PLENTY, Lever, OpenedCourt, with_policies

from experiments.oracle.compare import check_week, go_on
from sim.config import load_scenario
from sim.model import MandateModel
from sim.scenario import Scenario
from sim.world.state import World


def world_of(scenario: Scenario) -> World:
    """The world of a scenario, before its first week."""
    return MandateModel(scenario).world


def busy(
    *overrides: str,
    changes: Mapping[str, Any] | None = None,
    weeks: int = 40,
    scale: float = 0.03,
    start_week: float = 3.0,
    plenty: bool = False,
    but: str = "none",
) -> World:
    """A small mission in which everything happens often; policies, shocks and worlds are given as overrides.

    Policies among them start at ``start_week``; settings whose path begins with ``but`` are left as they are; with ``plenty``
    the policies of the other lively tests are in force as well.
    """
    lively = {path: value for path, value in LIVELY.items() if not path.startswith(but)}
    sizes = {"mission.horizon_weeks": weeks, "scale": scale, "seed": 5}
    scenario = _loaded(overrides).with_({**lively, **sizes, **(changes or {})})
    for policy in scenario.policy.values():
        policy.start_week = start_week
    if plenty:
        levers = {f"plenty_{knob}": Lever(start_week=0.0, knob=knob, value=value) for knob, value in PLENTY}
        scenario = with_policies(scenario, {**levers, "plenty_court": OpenedCourt(start_week=start_week)})
    return world_of(scenario)


@cache
def _loaded(overrides: tuple[str, ...]) -> Scenario:
    """The invented mission with some overrides; nobody changes it, since ``with_`` makes copies."""
    return load_scenario("mission=generic", *overrides)


def assert_agrees(world: World, weeks: int, checked: Collection[int]) -> None:
    """Let a world run; in the weeks checked, objects made from it before the week do all of it on their own."""
    for step in range(weeks):
        if step not in checked:
            go_on(world, step)
            continue
        found = check_week(world, step)
        assert all(difference.is_excused for difference in found), shown(found)


def shown(found: list[Any]) -> str:
    """The first differences, one a line."""
    return "\n".join(map(str, found[:20])) + f"\n{len(found)} differences"

"""Whole weeks with parameters anywhere in their range, some of them at its ends, and some mechanisms off."""

from __future__ import annotations

from random import Random

import pytest

from oracle.oracle_support import assert_agrees, busy
from sim.config import options
from sim.parameters import Parameters
from sim.parameters.core import walk

WEEKS, CHECKED = 16, (2, 8, 15)
SCATTERED, OFF = 50, 3
FREE = [info for info in walk(Parameters(), "parameters.") if isinstance(info.value, float) and info.low is not None]
SWITCHES = [info.path for info in walk(Parameters(), "parameters.") if isinstance(info.value, bool)]


def check(seed: int) -> None:
    """A busy mission with its own parameters, policies, shock and step; none of it means anything."""
    chooser, changes = Random(seed), {}
    for info in chooser.sample(FREE, SCATTERED):
        low, high = float(info.low or 0.0), float(info.high or 0.0)
        changes[info.path] = chooser.choice([low, high, *(chooser.uniform(low, high) for _ in range(4))])
    changes |= dict.fromkeys(chooser.sample(SWITCHES, OFF), False)
    changes |= {"seed": seed, "world_seed": seed, "clock.step_days": chooser.choice([1, 7, 7, 7, 14])}
    policies = chooser.sample(sorted(options("policy")), 4)
    shock = chooser.choice(sorted(set(options("shock")) - {"none"}))
    overrides = (f"policy=[{','.join(policies)}]", f"shock={shock}")
    assert_agrees(busy(*overrides, changes={**changes, "shock.start_week": 2.0}, plenty=seed % 2 == 0), WEEKS, CHECKED)


def test_some() -> None:
    check(1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 32))
def test_many(seed: int) -> None:
    check(seed)

"""Helpers of the tests of what would have changed it: models, the last sentence, the figures in it."""

from __future__ import annotations

import re
from typing import Any

import sim
from sim.explain.words import OPENING
from sim.model import MandateModel

SMALL = ("mission=generic", "scale=0.1")
BUSY = ("policy=[suspend_contributions,waive_immunity]", "policy.suspend_contributions.start_week=0",
        "policy.waive_immunity.start_week=0", "policy.waive_immunity.court=special", "policy.waive_immunity.dose=0.5",
        "parameters.reporting.peer_base=-4", "parameters.oversight.fact_finding_free_weeks=2",
        "parameters.oversight.investigation_free_weeks=6", "parameters.oversight.investigation_capacity=50",
        "parameters.dependence.psi=0.5", "parameters.prosecution.special_charge=1")  # fmt: skip


def model_after(weeks: int, *overrides: str) -> MandateModel:
    is_sized = any(word.startswith("scale=") for word in overrides)
    model = MandateModel(sim.load_scenario(SMALL[0], *overrides, *(() if is_sized else SMALL[1:])))
    for _ in range(weeks):
        model.step()
    return model


def otherwise(agent: Any) -> str:
    """The last sentence of an explanation."""
    text = agent.explain()
    assert text.count(OPENING) == 1 and text.endswith(".")
    return str(text[text.index(OPENING) :])


def figures(pattern: str, text: str) -> list[float]:
    """Figures that stand where a pattern has groups."""
    found = re.search(pattern, text)
    assert found is not None, f"{pattern} is not in: {text}"
    return [float(value.replace(",", "")) for value in found.groups()]

"""What the studio opens with: a scenario as given, or the one whose runs ship with the program."""

from __future__ import annotations

from collections.abc import Iterable

from sim.config import load_scenario
from sim.studio.choice import CURVE, Choice, choice_of
from sim.studio.curve import shaped
from sim.studio.scale import DEFAULT_SCALE, quick_scale

EXIT_WEEK = 208.0  # after four years
DEFAULT = ("mission=kosovo", f"scale={DEFAULT_SCALE}")


def names_no_scale(overrides: Iterable[str]) -> bool:
    """Say whether nobody chose how many persons are simulated."""
    return not any(text.split("=")[0].strip() in ("scale", "run", "scenario") for text in overrides)


def opening(overrides: Iterable[str] = ()) -> Choice:
    """Return what the studio opens with: the scenario given, at a quick scale unless it names one, or the one that ships."""
    texts = list(overrides)
    if not texts:
        choice = choice_of(load_scenario(*DEFAULT))
        weeks = choice.scenario("b").mission.horizon_weeks
        return choice.with_value("b", CURVE, shaped(weeks, exit_week=EXIT_WEEK))
    if names_no_scale(texts):
        weeks = load_scenario(*texts).mission.horizon_weeks
        texts.append(f"scale={quick_scale(0.0, weeks)}")
    return choice_of(load_scenario(*texts))

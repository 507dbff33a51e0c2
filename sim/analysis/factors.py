"""Which numbers of a scenario are varied, and between which ends: the question before any sensitivity analysis.

Ends are the declared bounds of a parameter, or narrower ones that were asked for; each keeps its unit, status and
source, because a range is an argument. Nothing is sampled here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.errors import did_you_mean
from sim.parameters import ParameterInfo
from sim.scenario import Scenario, declared

PARAMETERS = "parameters."
FACTOR_COLUMNS = ("factor", "value", "low", "high", "unit", "status", "source", "about", "range")


@dataclass(frozen=True)
class Factor:
    """One number that is varied.

    Attributes
    ----------
    path
        As overrides name it.
    low, high
        Ends of the range, ``low < high``.
    value
        In the scenario around which is varied.
    asked
        Whether the range was asked for; else it is the declared one, or a part of it.
    """

    path: str
    low: float
    high: float
    value: float
    unit: str
    status: str
    source: str
    about: str
    asked: bool = False

    @property
    def name(self) -> str:
        """Path without the word all parameters begin with."""
        return self.path.removeprefix(PARAMETERS)


def numbers_of(scenario: Scenario) -> dict[str, ParameterInfo]:
    """Return every real number with bounds, by path: parameters, shock, mission, doses of its policies."""
    return {
        info.path: info
        for info in declared(scenario)
        if isinstance(info.value, float) and info.low is not None and info.high is not None
    }


def read_factors(scenario: Scenario, words: Sequence[str], width: float = 1.0) -> tuple[list[Factor], list[str]]:
    """Turn words into factors.

    Parameters
    ----------
    scenario
        Gives values, and the policies whose doses can be varied.
    words
        A path (``dependence.psi``), everything below one (``beliefs``), or a path with its own ends
        (``dependence.psi:0..3``); ``parameters.`` in front may be left out.
    width
        Share of each declared range that is used, around the value; ends asked for are taken as they are.

    Returns
    -------
    tuple
        Factors in declared order, each once, and every problem found.
    """
    known = numbers_of(scenario)
    chosen: dict[str, Factor] = {}
    found: list[str] = []
    for word in words:
        path, colon, ends = word.strip().partition(":")
        paths = _below(path, known)
        if not paths:
            short = [name.removeprefix(PARAMETERS) for name in known]
            found.append(
                f"over = {path}: no real number with a range has this name. {did_you_mean(path, _names(short))}"
            )
            continue
        if colon and len(paths) > 1:
            found.append(f"over = {word}: ends belong to one number, {path} names {len(paths)}. Name one of them.")
            continue
        asked, problem = _ends(word, ends, known[paths[0]]) if colon else (None, None)
        found += [problem] if problem else []
        for name in paths:
            if name not in chosen or asked:
                chosen[name] = _factor(known[name], asked, width)
    ordered = [chosen[name] for name in known if name in chosen]
    flat = [factor.name for factor in ordered if not factor.low < factor.high]
    found += [f"over = {name}: its range is a single value. Give ends: {name}:LOW..HIGH." for name in flat]
    return ordered, found


def _names(paths: Sequence[str]) -> list[str]:
    """Paths, and the groups they stand in, as near names to offer."""
    return sorted({*paths, *(path.rpartition(".")[0] for path in paths)} - {""})


def _below(path: str, known: dict[str, ParameterInfo]) -> list[str]:
    """Paths that a word names: one, or all below it."""
    for start in (path, f"{PARAMETERS}{path}"):
        if start in known:
            return [start]
        below = [name for name in known if name.startswith(f"{start}.")]
        if below:
            return below
    return []


def _ends(word: str, text: str, info: ParameterInfo) -> tuple[tuple[float, float] | None, str | None]:
    """Read ``LOW..HIGH`` within the declared bounds."""
    low_text, dots, high_text = text.partition("..")
    try:
        low, high = float(low_text), float(high_text)
    except ValueError:
        low = high = math.nan
    assert info.low is not None and info.high is not None  # only bounded numbers come here
    if not dots or not (math.isfinite(low) and math.isfinite(high)) or not low < high:
        return None, f"over = {word}: ends must be two rising numbers. Write {word.partition(':')[0]}:0.1..0.5."
    if low < info.low or high > info.high:
        return None, (
            f"over = {word}: must lie between {info.low:g} and {info.high:g} ({info.unit}). Choose ends in that range."
        )
    return (low, high), None


def _factor(info: ParameterInfo, asked: tuple[float, float] | None, width: float) -> Factor:
    """A factor with its ends."""
    assert info.low is not None and info.high is not None
    low, high = asked or (
        max(info.low, info.value - width * (info.value - info.low)),
        min(info.high, info.value + width * (info.high - info.value)),
    )
    return Factor(
        info.path,
        float(low),
        float(high),
        float(info.value),
        info.unit,
        info.status,
        info.source,
        info.about,
        bool(asked),
    )


def factor_table(factors: Sequence[Factor], width: float = 1.0) -> pd.DataFrame:
    """One row a factor: value, ends, unit, status, source, meaning, and where the ends come from."""
    declared = "declared bounds" if width == 1.0 else f"{width:.0%} of the declared bounds around the value"
    rows = [
        (f.path, f.value, f.low, f.high, f.unit, f.status, f.source, f.about, "asked for" if f.asked else declared)
        for f in factors
    ]
    return pd.DataFrame(rows, columns=list(FACTOR_COLUMNS))

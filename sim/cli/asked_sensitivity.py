"""From the words of ``mandate sensitivity`` to a study: every problem found before anything is run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.asked import read_count, read_share
from sim.cli.swept import Workers, read_workers
from sim.cli.words import Words, command
from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from sim.analysis.inquiry import Inquiry

MAIN = "true_exploitation_person_weeks"
SIZES = {"trajectories": 10, "keep": 8, "points": 64, "replicates": 2}


@dataclass(frozen=True)
class Asked:
    """What was asked for, checked."""

    inquiry: Inquiry
    folder: Path
    workers: Workers
    width: float


def read_asked(words: Words) -> Asked:
    """Read the words of a study.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    from sim.analysis.factors import read_factors
    from sim.analysis.inquiry import Inquiry
    from sim.config.alternatives import read_alternatives
    from sim.sweeps.plan import Cell

    found = list(words.problems)
    sizes = {name: read_count(words, name, size, 1, found) for name, size in SIZES.items()}
    for key, name, kinds in (("screening", "trajectories", ("morris", "none")), ("then", "points", ("sobol", "none"))):
        if _choice(words, key, kinds, found) == "none":
            sizes[name] = 0
    found += _size_problems(sizes)
    workers = read_workers(words, found)
    width = read_share(words, "width", 1.0, found)
    if width == 0.0:
        found.append("width = 0: leaves nothing to vary. Write width=0.5 for half of each range.")
    outcomes = read_outcomes(words.keys.get("outcome", MAIN), found)
    than = words.keys.get("than", "")
    alternatives, problems = read_alternatives(words.overrides, than, fewest=2 if than else 1)
    found += problems
    if alternatives is None:
        raise ScenarioError(found)
    others = [option.name for option in alternatives.options[1:]]
    if len(others) > 1:
        found.append(f"policy: a study looks at one option, not at {', '.join(others)}. Name one, e.g. policy=[a,b].")
    option = others[-1] if others else alternatives.options[0].name
    options = [alternatives.options[0].name, option] if than else [option]
    conditions = [(m, s, w) for m in alternatives.missions for s in alternatives.shocks for w in alternatives.worlds]
    if found:
        raise ScenarioError(found)
    cells = {Cell(*c, name): alternatives.scenario(*c, name) for c in conditions for name in dict.fromkeys(options)}
    over = split_names(words.keys.get("over", ""))
    if not over:
        raise ScenarioError(
            "over = : say what is varied. Write over=beliefs,dependence.psi (mandate parameters lists what there is)."
        )
    factors, problems = read_factors(cells[Cell(*conditions[0], option)], over, width)
    if problems:
        raise ScenarioError(problems)
    sizes["keep"] = min(sizes["keep"], len(factors))
    inquiry = Inquiry(
        cells, tuple(factors), outcomes, option, options[0] if than else "", command=command("sensitivity", words), **sizes
    )
    out = words.keys.get("out")
    return Asked(inquiry, Path(out) if out else _default_folder(inquiry), workers, width)


def split_names(text: str) -> list[str]:
    """Names with commas between them."""
    return [part.strip() for part in text.strip("[]").split(",") if part.strip()]


def _choice(words: Words, key: str, known: Sequence[str], found: list[str]) -> str:
    """One of some words, the first by default."""
    text = words.keys.get(key, known[0])
    if text not in known:
        found.append(f"{key} = {text}: unknown. {did_you_mean(text, known)}")
    return text


def _size_problems(sizes: dict[str, int]) -> list[str]:
    """Sizes that give no indices."""
    found = []
    points = sizes["points"]
    if points & (points - 1):
        near = 1 << points.bit_length()
        found.append(f"points = {points}: must be a power of two, which balances the sequence. Write points={near}.")
    elif 0 < points < 4:
        found.append(f"points = {points}: too few for an index. Write points=64 or more.")
    if sizes["trajectories"] == 1:
        found.append("trajectories = 1: gives no spread. Write trajectories=10.")
    if not points and not sizes["trajectories"]:
        found.append("screening = none, then = none: leaves nothing to do. Choose one of the two.")
    return found


def read_outcomes(text: str, found: list[str]) -> tuple[str, ...]:
    """Names of summary numbers."""
    from sim.indicators import SUMMARY

    names = tuple(dict.fromkeys(split_names(text)))
    known = [name for name, (unit, _) in SUMMARY.items() if unit != "week"]
    for name in names:
        if name not in known:
            found.append(f"outcome = {name}: is not in the summary of a run. {did_you_mean(name, known)}")
    return names


def _default_folder(inquiry: Inquiry) -> Path:
    """A folder named after the mission and the command."""
    digest = hashlib.sha256(inquiry.command.encode()).hexdigest()[:8]
    return Path(f"results/{next(iter(inquiry.cells)).mission}-sensitivity-{digest}")

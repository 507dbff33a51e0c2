"""What a policy is: a small dataclass that returns modifiers of named knobs and institutions to open.

A policy cannot see the world. Dose 1 is the documented value; dose 0 leaves a run unchanged, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.errors import ScenarioError, did_you_mean
from sim.knobs import Modifier
from sim.parameters.core import number

AUTHORITIES = ("un", "nato", "employer")
Effect = tuple[str, float, tuple[str, ...]]
"""Knob, full effect at the policy's dose, and tags of the elements it applies to (empty = all)."""


@dataclass(frozen=True)
class InstitutionSpec:
    """An institution a policy asks the model to build: its kind, first week of work, and cases it can decide a year."""

    kind: str
    opens_week: float
    capacity: float


@dataclass
class Policy:
    """Base of all policies: dose, dates and who adopts it; subclasses add doses of their own and ``effects``."""

    dose: float = number(1.0, "dose", 0.0, 3.0, "strength; 1 = documented value", "scenario", "scenario")
    start_week: float = number(52.0, "weeks", 0.0, 2600.0, "first week in force", "scenario", "scenario")
    ramp_weeks: float = number(0.0, "weeks", 0.0, 520.0, "time to reach full strength", "scenario", "scenario")
    end_week: float | None = field(
        default=None,
        metadata={
            "unit": "weeks",
            "status": "scenario",
            "source": "scenario",
            "about": "first week no longer in force; null = none",
        },
    )
    authorities: list[str] = field(
        default_factory=lambda: ["un", "nato"],
        metadata={
            "unit": "names",
            "status": "scenario",
            "source": "scenario; [un] shows the UN's own legal reach",
            "about": "authorities that adopt the policy; knobs that belong to no authority ignore it",
        },
    )

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep authorities in one order, so that equal scenarios share a key."""
        if name == "authorities" and isinstance(value, list) and all(part in AUTHORITIES for part in value):
            value = sorted(value, key=AUTHORITIES.index)
        super().__setattr__(name, value)

    def effects(self) -> list[Effect]:
        """Knob, full effect at this dose, and tags of the elements it applies to; asked at doses above 0 only."""
        return []

    def opens(self) -> list[InstitutionSpec]:
        """Institutions this policy opens at doses above 0; none by default."""
        return []

    def rule_problems(self, where: str) -> list[str]:
        """Rules no bound of a number can state: one message each; ``where`` is the policy's path."""
        return authority_problems(f"{where}.authorities", self.authorities)

    def adopted(self, *tags: str) -> tuple[str, ...]:
        """Tags for knobs on the axes ``contingent`` and ``authority``: those given, and the adopting authorities."""
        return (*tags, *(f"authority:{name}" for name in self.authorities))

    def modifiers(self) -> list[Modifier]:
        """The effects with this policy's dates; none at dose 0.

        Raises
        ------
        ScenarioError
            Where a rule of the policy is broken.
        """
        if self.dose == 0.0:
            return []
        if found := self.rule_problems(f"policy {type(self).__name__}"):
            raise ScenarioError(found)
        return [
            Modifier(knob, value, self.start_week, self.end_week, self.ramp_weeks, only)
            for knob, value, only in self.effects()
        ]

    def institutions(self) -> list[InstitutionSpec]:
        """Institutions to build for this policy; none at dose 0."""
        return [] if self.dose == 0.0 else self.opens()


def authority_problems(where: str, names: Any) -> list[str]:
    """Authorities are a list of one or more known names, each once."""
    if not isinstance(names, list):
        return [f"{where} = {names}: must be a list of names. Write [{', '.join(AUTHORITIES[:2])}]."]
    if not names:
        return [f"{where} = []: nobody adopts the policy. Name one of {', '.join(AUTHORITIES)}, or set its dose to 0."]
    found = [
        f"{where} = {name}: unknown authority. {did_you_mean(str(name), AUTHORITIES)}"
        for name in names
        if name not in AUTHORITIES
    ]
    if len(set(map(str, names))) < len(names):
        found.append(f"{where} = [{', '.join(map(str, names))}]: names an authority twice. Name each once.")
    return found


def at_dose(probability: float, dose: float) -> float:
    """A probability at a dose: in proportion, at most 1."""
    return min(1.0, probability * dose)


def raising(base: float, target: float) -> float:
    """The probability that, joined to ``base`` by complement product, gives ``target``; 0 where that is not higher.

    From 0.05 to 0.30: 1 - (1 - 0.05) (1 - x) = 0.30, hence x = 0.25 / 0.95 = 0.263.
    """
    return max(0.0, (target - base) / (1.0 - base)) if base < 1.0 else 0.0

"""Named values that shocks and policies may modify, and how several modifications of one value combine.

A shock or policy returns ``Modifier`` objects and sees nothing else. The combining rule belongs to the knob, so the
order of policies never matters, and a modifier of zero weight returns the base value bit for bit.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from sim.compiled import kernel
from sim.errors import did_you_mean
from sim.numerics import logistic, logit
from sim.scenario import Shock
from sim.tables import Reals, Shared


class Combine(Enum):
    """How modifications of one value join; each rule is commutative."""

    PRODUCT = "product of factors"
    SUM = "sum of additions"
    PROBABILITY = "complement product of probabilities"
    ODDS = "sum of log-odds"
    MINIMUM = "smallest ceiling"


NEUTRAL = {
    Combine.PRODUCT: 1.0,
    Combine.SUM: 0.0,
    Combine.PROBABILITY: 1.0,  # the chance that remains of escaping it
    Combine.ODDS: 0.0,
    Combine.MINIMUM: 1.0,
}


@dataclass(frozen=True)
class Knob:
    """A modifiable value: its combining rule, unit, the phase that reads it, and the axis a filter may select from."""

    name: str
    combine: Combine
    unit: str
    phase: str
    axis: str | None
    about: str


@dataclass(frozen=True)
class Modifier:
    """One change of one knob.

    Parameters
    ----------
    knob
        Name of the knob.
    value
        Full effect: a factor, an addition, a probability, a log-odds shift or a ceiling, by the knob's rule.
    start_week, end_week, ramp_weeks
        It bites in the step that starts at ``start_week`` and ends before ``end_week`` (None = never); it grows
        linearly over ``ramp_weeks`` and fades over as long before its end.
    only
        Tags of the elements it applies to, e.g. ``("category:military", "category:police", "authority:un")``: of each kind
        of tag (the part before the colon) an element needs one; empty = all.
    """

    knob: str
    value: float
    start_week: float = 0.0
    end_week: float | None = None
    ramp_weeks: float = 0.0
    only: tuple[str, ...] = ()

    def weight(self, week: float, dt: float) -> float:
        """Share of the full effect in the step that starts at ``week``, from 0 to 1."""
        if week < self.start_week or (self.end_week is not None and week >= self.end_week):
            return 0.0
        if self.ramp_weeks <= 0.0:
            return 1.0
        rise = (week - self.start_week + dt) / self.ramp_weeks
        fade = 1.0 if self.end_week is None else (self.end_week - week) / self.ramp_weeks
        return float(min(1.0, rise, fade))


def knob(combine: Combine, unit: str, phase: str, about: str, axis: str | None = None) -> Any:
    """Declare a knob: how modifications join, unit, the phase that reads it, meaning, and the axis a filter selects from."""
    meta = {"combine": combine, "unit": unit, "phase": phase, "about": about, "axis": axis}
    if axis is None:
        return dataclasses.field(default=NEUTRAL[combine], metadata=meta)
    return dataclasses.field(default_factory=lambda: np.empty(0), metadata=meta | {"dtype": np.float64, "ndim": 1})


@dataclass
class Effects(Shared):
    """What is in force this week, for each knob: a number, or an array along its axis; neutral where nothing is.

    Rules multiply or add them; ``with_probability`` and ``with_odds`` join those of probabilities.
    """

    strength: Reals = knob(Combine.PRODUCT, "ratio", "deploy", "personnel present", "contingent")
    disposable_income: Reals = knob(Combine.PRODUCT, "ratio", "decide", "disposable income of personnel", "category")
    exposure: Reals = knob(Combine.PRODUCT, "ratio", "decide", "free time spent where venues are", "category")
    involvement_rate: float = knob(Combine.PRODUCT, "ratio", "decide", "paid contacts of prone personnel")
    local_income: Reals = knob(Combine.PRODUCT, "ratio", "decide", "income of local clients", "country")
    local_demand: Reals = knob(Combine.PRODUCT, "ratio", "decide", "local demand", "country")
    running_costs: float = knob(Combine.PRODUCT, "ratio", "supply", "running costs of venues")
    sunk_costs: float = knob(Combine.PRODUCT, "ratio", "supply", "sunk costs of opening")
    entries: Reals = knob(Combine.PRODUCT, "ratio", "supply", "entry attempts", "country")
    raid_capacity: Reals = knob(Combine.PRODUCT, "ratio", "supply", "raids police can carry out", "country")
    p_leak: float = knob(Combine.ODDS, "log-odds", "supply", "raids known in advance")
    p_closure: float = knob(Combine.ODDS, "log-odds", "supply", "closure after a raid")
    network_loss: float = knob(Combine.PROBABILITY, "probability/week", "supply", "weekly loss of a network's members")
    vulnerability: Reals = knob(Combine.PRODUCT, "ratio", "supply", "persons' vulnerability to recruitment", "origin")
    prevention: Reals = knob(
        Combine.PROBABILITY,
        "probability",
        "people",
        "recruitment attempts that fail through awareness and prevention",
        "origin",
    )
    route_cost: Reals = knob(Combine.PRODUCT, "ratio", "supply", "cost of moving people", "origin")
    interception: Reals = knob(Combine.PROBABILITY, "probability", "people", "persons stopped on the way", "origin")
    identification: float = knob(Combine.PRODUCT, "ratio", "people", "outreach and contact with police")
    escape: float = knob(Combine.PRODUCT, "ratio", "people", "leaving on one's own")
    assistance_places: float = knob(Combine.PRODUCT, "ratio", "people", "new persons that can be assisted")
    uptake: float = knob(Combine.ODDS, "log-odds", "people", "acceptance of assistance offered")
    protection: float = knob(Combine.PROBABILITY, "share", "people", "witness protection")
    retrafficking: float = knob(Combine.PRODUCT, "ratio", "people", "hazard of being trafficked again")
    aid: Reals = knob(Combine.SUM, "share", "politics", "host capacity reachable with aid", "country")
    women_share: Reals = knob(Combine.SUM, "share", "deploy", "women among personnel", "contingent")
    arrival_norm: Reals = knob(
        Combine.PRODUCT, "ratio", "perceive", "participation newcomers regard as normal", "contingent"
    )
    training: Reals = knob(
        Combine.SUM,
        "log-odds",
        "decide",
        "restraint of newly arrived personnel, fading in the tour",
        "contingent",
    )
    off_limits: Reals = knob(
        Combine.PROBABILITY, "share", "decide", "free hours that rules take away where obeyed", "contingent"
    )
    peer_report: Reals = knob(Combine.ODDS, "log-odds", "report", "reports by colleagues", "contingent")
    report_pass: Reals = knob(
        Combine.ODDS, "log-odds", "report", "internal reports that commanders pass on", "contingent"
    )
    report_knowledge: float = knob(Combine.PRODUCT, "ratio", "report", "affected persons who know where to report")
    report_will: float = knob(Combine.PRODUCT, "ratio", "report", "rate of reporting of those who know")
    fact_finding_capacity: Reals = knob(
        Combine.PRODUCT, "ratio", "justice", "fact-findings that can be completed", "authority"
    )
    investigation_capacity: Reals = knob(
        Combine.PRODUCT, "ratio", "justice", "investigations that can be completed", "authority"
    )
    evidence_years: Reals = knob(
        Combine.PRODUCT, "ratio", "justice", "decay time of evidence and identification", "authority"
    )
    commander_removal: Reals = knob(
        Combine.PROBABILITY, "probability", "justice", "removal of sanctioned units' commanders", "authority"
    )
    investigator_named: Reals = knob(
        Combine.PROBABILITY, "probability", "justice", "contributors that name an investigator", "authority"
    )
    substantive_reply: Reals = knob(
        Combine.ODDS, "log-odds", "justice", "substantive replies of contributors", "authority"
    )
    visibility: Reals = knob(
        Combine.PROBABILITY, "probability", "justice", "outcomes of which the mission hears", "authority"
    )
    waiver: Reals = knob(Combine.PROBABILITY, "probability", "justice", "cases whose immunity is waived", "contingent")
    in_country_consent: float = knob(
        Combine.PROBABILITY, "share", "justice", "contributors that consent to trials on site"
    )
    ratification: float = knob(Combine.SUM, "1/year", "justice", "rate at which contributors accept host jurisdiction")
    sanction_readiness: Reals = knob(
        Combine.SUM, "dose", "politics", "readiness to sanction contributors; 0 = never", "authority"
    )
    pay_withheld: Reals = knob(Combine.PROBABILITY, "share", "justice", "reimbursement withheld", "authority")
    network_ceiling: float = knob(
        Combine.MINIMUM, "share", "supply", "largest share of places networks can keep in use"
    )


KNOBS: dict[str, Knob] = {
    f.name: Knob(f.name, *(f.metadata[key] for key in ("combine", "unit", "phase", "axis", "about")))
    for f in dataclasses.fields(Effects)
}


def shock_modifiers(shock: Shock) -> list[Modifier]:
    """Translate a shock into modifiers: products move to 1 + coefficient * size, everything else to the product."""
    end = None if shock.duration_weeks is None else shock.start_week + shock.duration_weeks
    modifiers = []
    for effect in shock.effects:
        change = effect.coefficient * shock.size
        value = max(1.0 + change, 0.0) if KNOBS[effect.knob].combine is Combine.PRODUCT else change
        modifiers.append(Modifier(effect.knob, value, shock.start_week, end, shock.ramp_weeks, tuple(effect.only)))
    return modifiers


def knob_problems(origin: str, modifiers: Sequence[Modifier]) -> list[str]:
    """Messages for modifiers that name no knob or carry a value their knob cannot take."""
    found = []
    for modifier in modifiers:
        where = f"{origin}.{modifier.knob} = {modifier.value:g}"
        knob = KNOBS.get(modifier.knob)
        if knob is None:
            found.append(f"{where}: unknown knob. {did_you_mean(modifier.knob, KNOBS)}")
        elif not np.isfinite(modifier.value):
            found.append(f"{where}: must be finite ({knob.unit}). Give a number.")
        elif knob.combine is Combine.PRODUCT and modifier.value < 0:
            found.append(f"{where}: a factor must be 0 or more ({knob.unit}). Use 0 to switch it off.")
        elif knob.combine in (Combine.PROBABILITY, Combine.MINIMUM) and not 0 <= modifier.value <= 1:
            found.append(f"{where}: must lie between 0 and 1 ({knob.unit}). Choose a value in that range.")
    return found


@kernel
def with_probability(base: float, escaping: float) -> float:
    """Probability joined with others that leave a chance of escaping; the base itself, bit for bit, where that is 1."""
    return base if escaping == 1.0 else 1.0 - (1.0 - base) * escaping


@kernel
def with_odds(base: float, shift: float) -> float:
    """Probability after a shift of its log-odds; 0 and 1 stay, and so does the base where the shift is 0."""
    return logistic(logit(base) + shift) if shift != 0.0 and 0.0 < base < 1.0 else base


class KnobBoard:
    """The modifiers in force during a run, and their ``effects`` for rules.

    Parameters
    ----------
    modifiers
        All modifiers of the shock and the policies.
    tags
        For each axis, one set of tags per element, e.g. ``{"category": [{"category:military"}, ...]}``.
    dt
        Step in weeks.
    """

    def __init__(self, modifiers: Sequence[Modifier], tags: Mapping[str, Sequence[set[str]]], dt: float) -> None:
        self._dt = dt
        self._modifiers = [(modifier, _mask(modifier, tags)) for modifier in modifiers]
        self._weights: dict[str, tuple[float, ...]] = {}  # of each knob that is moved, by modifier
        sizes = {axis: len(elements) for axis, elements in tags.items()}
        self.effects = Effects()
        for knob in KNOBS.values():
            if knob.axis is not None:
                setattr(self.effects, knob.name, np.full(sizes.get(knob.axis, 0), NEUTRAL[knob.combine]))
        self.begin_step(0.0)

    def begin_step(self, week: float) -> None:
        """Set the week; effects are renewed where what is in force, or its weight, has changed."""
        weights: dict[str, tuple[float, ...]] = {}
        for modifier, _ in self._modifiers:
            weights[modifier.knob] = (*weights.get(modifier.knob, ()), modifier.weight(week, self._dt))
        for name, now in weights.items():
            if now != self._weights.get(name, (0.0,) * len(now)):
                self._renew(KNOBS[name], now)
        self._weights = weights

    def _renew(self, knob: Knob, weights: tuple[float, ...]) -> None:
        """Join what is in force for a knob."""
        effect = getattr(self.effects, knob.name)
        joined = np.full(np.shape(effect), NEUTRAL[knob.combine])
        own = [(modifier.value, mask) for modifier, mask in self._modifiers if modifier.knob == knob.name]
        for weight, (value, mask) in zip(weights, own, strict=True):
            where = ... if mask is None else mask
            if weight == 0.0:
                continue
            if knob.combine is Combine.PRODUCT:
                joined[where] *= 1.0 + weight * (value - 1.0)
            elif knob.combine is Combine.PROBABILITY:
                joined[where] *= 1.0 - weight * value
            elif knob.combine is Combine.MINIMUM:
                joined[where] = np.minimum(joined[where], 1.0 + weight * (value - 1.0))
            else:
                joined[where] += weight * value
        if knob.axis is None:
            setattr(self.effects, knob.name, float(joined))
        else:
            effect[:] = joined

    def is_moved(self, name: str) -> bool:
        """Whether anything moves a knob this week."""
        return any(self._weights.get(KNOBS[name].name, ()))

    def ever_moves(self, name: str) -> bool:
        """Whether anything moves a knob at some time."""
        return any(modifier.knob == name for modifier, _ in self._modifiers)

    def value(self, name: str, base: float) -> float:
        """Modified value of a knob without an axis, or of a whole axis at once where no filter is used."""
        return float(self.values(name, np.array([base], np.float64))[0])

    def of(self, name: str, base: float, element: int) -> float:
        """Modified value of a knob for one element of its axis."""
        return _joined(KNOBS[name].combine, base, float(getattr(self.effects, name)[element]))

    def values(self, name: str, base: np.ndarray) -> np.ndarray:
        """Modified copy of a knob's base values along its axis; the base itself where nothing is in force."""
        if not self.is_moved(name):
            return base
        effect = np.asarray(getattr(self.effects, name))
        of_each = effect if effect.shape == base.shape else np.full(base.shape, effect.flat[0])
        combine = KNOBS[name].combine
        if combine is Combine.PRODUCT:
            return np.asarray(base * of_each, np.float64)
        return np.array([_joined(combine, float(b), float(e)) for b, e in zip(base, of_each, strict=True)], np.float64)


def _joined(combine: Combine, base: float, effect: float) -> float:
    """A base value with an effect, by the knob's rule."""
    if combine is Combine.PRODUCT:
        return base * effect
    if combine is Combine.SUM:
        return base + effect
    if combine is Combine.MINIMUM:
        return min(base, effect)
    return float(with_probability(base, effect) if combine is Combine.PROBABILITY else with_odds(base, effect))


def _mask(modifier: Modifier, tags: Mapping[str, Sequence[set[str]]]) -> np.ndarray | None:
    """Elements of the knob's axis that carry one of the modifier's tags of each kind; None = all."""
    if not modifier.only:
        return None
    axis = KNOBS[modifier.knob].axis
    if axis is None:
        raise ValueError(f"knob {modifier.knob} has no axis, so it takes no filter {modifier.only}")
    elsewhere = [*tags.get("authority", ()), *tags.get("category", ())] if axis == "contingent" else []
    known = set().union(*tags[axis], *elsewhere)  # a mission may lack an authority or a category: then nobody is meant
    for tag in modifier.only:
        if tag not in known:
            raise ValueError(f"filter {tag!r} of knob {modifier.knob} matches nothing. {did_you_mean(tag, known)}")
    kinds: dict[str, set[str]] = {}
    for tag in modifier.only:
        kinds.setdefault(tag.partition(":")[0], set()).add(tag)
    return np.array([all(element & wanted for wanted in kinds.values()) for element in tags[axis]])

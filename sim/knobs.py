"""Named values that shocks and policies may modify, and how several modifications of one value combine.

A shock or policy returns ``Modifier`` objects and sees nothing else. The combining rule belongs to the knob, so the
order of policies never matters, and a modifier of zero weight returns the base value bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from sim.errors import did_you_mean
from sim.numerics import logistic, logit
from sim.scenario import Shock


class Combine(Enum):
    """How modifications of one value join; each rule is commutative."""

    PRODUCT = "product of factors"
    SUM = "sum of additions"
    PROBABILITY = "complement product of probabilities"
    ODDS = "sum of log-odds"
    MINIMUM = "smallest ceiling"


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


_RULES = {
    "strength": (Combine.PRODUCT, "ratio", "deploy", "contingent", "personnel present"),
    "disposable_income": (Combine.PRODUCT, "ratio", "decide", "category", "disposable income of personnel"),
    "exposure": (Combine.PRODUCT, "ratio", "decide", "category", "free time spent where venues are"),
    "involvement_rate": (Combine.PRODUCT, "ratio", "decide", None, "paid contacts of prone personnel"),
    "local_income": (Combine.PRODUCT, "ratio", "decide", "country", "income of local clients"),
    "local_demand": (Combine.PRODUCT, "ratio", "decide", "country", "local demand"),
    "running_costs": (Combine.PRODUCT, "ratio", "supply", None, "running costs of venues"),
    "sunk_costs": (Combine.PRODUCT, "ratio", "supply", None, "sunk costs of opening"),
    "entries": (Combine.PRODUCT, "ratio", "supply", "country", "entry attempts"),
    "raid_capacity": (Combine.PRODUCT, "ratio", "supply", "country", "raids police can carry out"),
    "p_leak": (Combine.ODDS, "log-odds", "supply", None, "raids known in advance"),
    "p_closure": (Combine.ODDS, "log-odds", "supply", None, "closure after a raid"),
    "network_loss": (Combine.PROBABILITY, "probability/week", "supply", None, "weekly loss of a network's members"),
    "vulnerability": (Combine.PRODUCT, "ratio", "supply", "origin", "persons' vulnerability to recruitment"),
    "prevention": (
        Combine.PROBABILITY,
        "probability",
        "people",
        "origin",
        "recruitment attempts that fail through awareness and prevention",
    ),
    "route_cost": (Combine.PRODUCT, "ratio", "supply", "origin", "cost of moving people"),
    "interception": (Combine.PROBABILITY, "probability", "people", "origin", "persons stopped on the way"),
    "identification": (Combine.PRODUCT, "ratio", "people", None, "outreach and contact with police"),
    "escape": (Combine.PRODUCT, "ratio", "people", None, "leaving on one's own"),
    "assistance_places": (Combine.PRODUCT, "ratio", "people", None, "new persons that can be assisted"),
    "uptake": (Combine.ODDS, "log-odds", "people", None, "acceptance of assistance offered"),
    "protection": (Combine.PROBABILITY, "share", "people", None, "witness protection"),
    "retrafficking": (Combine.PRODUCT, "ratio", "people", None, "hazard of being trafficked again"),
    "aid": (Combine.SUM, "share", "politics", "country", "host capacity reachable with aid"),
    "women_share": (Combine.SUM, "share", "deploy", "contingent", "women among personnel"),
    "arrival_norm": (Combine.PRODUCT, "ratio", "perceive", "contingent", "participation newcomers regard as normal"),
    "training": (
        Combine.SUM,
        "log-odds",
        "decide",
        "contingent",
        "restraint of newly arrived personnel, fading in the tour",
    ),
    "off_limits": (
        Combine.PROBABILITY,
        "share",
        "decide",
        "contingent",
        "free hours that rules take away where obeyed",
    ),
    "peer_report": (Combine.ODDS, "log-odds", "report", "contingent", "reports by colleagues"),
    "report_pass": (Combine.ODDS, "log-odds", "report", "contingent", "internal reports that commanders pass on"),
    "report_knowledge": (Combine.PRODUCT, "ratio", "report", None, "affected persons who know where to report"),
    "report_will": (Combine.PRODUCT, "ratio", "report", None, "rate of reporting of those who know"),
    "fact_finding_capacity": (Combine.PRODUCT, "ratio", "justice", "authority", "fact-findings that can be completed"),
    "investigation_capacity": (
        Combine.PRODUCT,
        "ratio",
        "justice",
        "authority",
        "investigations that can be completed",
    ),
    "evidence_years": (Combine.PRODUCT, "ratio", "justice", "authority", "decay time of evidence and identification"),
    "commander_removal": (
        Combine.PROBABILITY,
        "probability",
        "justice",
        "authority",
        "removal of sanctioned units' commanders",
    ),
    "investigator_named": (
        Combine.PROBABILITY,
        "probability",
        "justice",
        "authority",
        "contributors that name an investigator",
    ),
    "substantive_reply": (Combine.ODDS, "log-odds", "justice", "authority", "substantive replies of contributors"),
    "visibility": (Combine.PROBABILITY, "probability", "justice", "authority", "outcomes of which the mission hears"),
    "waiver": (Combine.PROBABILITY, "probability", "justice", "contingent", "cases whose immunity is waived"),
    "in_country_consent": (
        Combine.PROBABILITY,
        "share",
        "justice",
        None,
        "contributors that consent to trials on site",
    ),
    "ratification": (Combine.SUM, "1/year", "justice", None, "rate at which contributors accept host jurisdiction"),
    "sanction_readiness": (
        Combine.SUM,
        "dose",
        "politics",
        "authority",
        "readiness to sanction contributors; 0 = never",
    ),
    "pay_withheld": (Combine.PROBABILITY, "share", "justice", "authority", "reimbursement withheld"),
    "network_ceiling": (Combine.MINIMUM, "share", "supply", None, "largest share of places networks can keep in use"),
}
KNOBS: dict[str, Knob] = {name: Knob(name, *rule) for name, rule in _RULES.items()}


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


class KnobBoard:
    """The modifiers in force during a run.

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
        self._sizes = {axis: len(elements) for axis, elements in tags.items()}
        self._modifiers = [(modifier, _mask(modifier, tags)) for modifier in modifiers]
        self._in_force: dict[str, list[tuple[float, float, np.ndarray | None]]] = {}
        self.begin_step(0.0)

    def begin_step(self, week: float) -> None:
        """Set the week for which values are asked, and keep what is in force then: weight, value and elements."""
        self._in_force = {}
        for modifier, mask in self._modifiers:
            weight = modifier.weight(week, self._dt)
            if weight != 0.0:
                self._in_force.setdefault(modifier.knob, []).append((weight, modifier.value, mask))

    def is_moved(self, name: str) -> bool:
        """Whether anything moves a knob this week."""
        return KNOBS[name].name in self._in_force

    def value(self, name: str, base: float) -> float:
        """Modified value of a knob without an axis, or of a whole axis at once where no filter is used."""
        if name not in self._in_force and name in KNOBS:
            return base
        return float(self.values(name, np.array([base], np.float64))[0])

    def of(self, name: str, base: float, element: int) -> float:
        """Modified value of a knob for one element of its axis."""
        if name not in self._in_force and name in KNOBS:
            return base
        return float(self.values(name, np.full(self._sizes[KNOBS[name].axis or ""], base))[element])

    def values(self, name: str, base: np.ndarray) -> np.ndarray:
        """Modified copy of a knob's base values along its axis; the base itself where nothing is in force."""
        entries = self._in_force.get(KNOBS[name].name)
        if not entries:
            return base
        combine, result = KNOBS[name].combine, np.array(base, np.float64)
        total = np.ones_like(result) if combine in (Combine.PRODUCT, Combine.PROBABILITY) else np.zeros_like(result)
        ceiling = np.full_like(result, np.inf)
        for weight, value, mask in entries:
            where = slice(None) if mask is None else mask
            if combine is Combine.PRODUCT:
                total[where] *= 1.0 + weight * (value - 1.0)
            elif combine is Combine.PROBABILITY:
                total[where] *= 1.0 - weight * value
            elif combine is Combine.MINIMUM:
                cap = result[where] + weight * (value - result[where])
                ceiling[where] = np.minimum(ceiling[where], cap)
            else:
                total[where] += weight * value
        return _join(combine, result, total, ceiling)


def _join(combine: Combine, base: np.ndarray, total: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    """Apply combined modifications to base values, leaving untouched elements bit-identical."""
    if combine is Combine.PRODUCT:
        return base * total
    if combine is Combine.SUM:
        return base + total
    if combine is Combine.MINIMUM:
        return np.minimum(base, ceiling)
    changed = total != (1.0 if combine is Combine.PROBABILITY else 0.0)
    for i in np.flatnonzero(changed):
        if combine is Combine.PROBABILITY:
            base[i] = 1.0 - (1.0 - base[i]) * total[i]
        elif 0.0 < base[i] < 1.0:
            base[i] = logistic(logit(base[i]) + total[i])
    return base


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

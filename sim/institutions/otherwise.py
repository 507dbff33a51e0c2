"""What would have changed the week of an institution: one sentence each, from its own rules with one input changed.

Every figure comes from asking the model's rule again in a world that differs in that input alone. The sentences say nothing
of later weeks, and invent no motive.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.numerics import step_probability
from sim.phases.people import assistance_places, identification_hazard
from sim.phases.politics.responses import excess_exit_hazard
from sim.phases.politics.sanctions import (
    dependence,
    is_called_for,
    readiness_by_contributor,
    readiness_supposed,
    scores,
    thresholds,
)
from sim.world.state import World
from sim.world.supposed import supposing, turning_point

if TYPE_CHECKING:
    from sim.institutions.contributor import TroopContributingCountry
    from sim.institutions.court import Court, HostCourt, SpecialCourt, TCCCourt
    from sim.institutions.host_justice import HostJustice
    from sim.institutions.oversight import UNOversight
    from sim.institutions.queue import SharedQueue

OPENING = "What would have changed it"
MOST_CASES = 1e6  # recent cases beyond which no contributor's record is looked for


def said(*parts: str) -> str:
    """One sentence from its parts; those left empty are left out."""
    return f"{OPENING}: {'; '.join(part for part in parts if part)}."


def percent(share: float) -> str:
    """A chance in words, as exact as it deserves."""
    size = 100.0 * share
    if 0.0 < size < 0.01:
        return "under 0.01 %"
    return f"{size:.{0 if size >= 10.0 or size == 0.0 else 1 if size >= 1.0 else 2}f} %"


def weeks(n: float) -> str:
    """A time in words."""
    return f"{n:g} week{'' if n == 1.0 else 's'}"


# Contributors and the authorities that weigh them


def of_contributor(world: World, state: TroopContributingCountry) -> str:
    """What would have got it sanctioned, made it answer or made it leave."""
    n, units = state.number, world.units
    own = np.flatnonzero(units.contributor == n)
    present = own[units.n_present[own] > 0]
    if not len(present):
        return said("none of its people are present, so that it decides nothing until some are deployed again")
    largest = int(present[np.argmax(units.n_present[present])])
    return said(_sanction(world, n), _reply(world, state, largest), _withdrawal(world, n))


def _sanction(world: World, n: int) -> str:
    """From how many recent cases on it would have been sanctioned."""
    record = float(world.contributors.record[n])
    ready = readiness_by_contributor(world)
    supposed = readiness_supposed(world)
    if not world.parameters.switches.sanctions or supposed[n] <= 0.0:
        return "no record would have brought a sanction, because no authority its people answer to gives any"
    needed = cases_needed(world, n, supposed)
    if needed is None:
        return _not_whatever_its_record(world, n, supposed)
    given = "" if ready[n] > 0.0 else "were an authority ready to sanction (dose 1), "
    if record < needed:
        return (
            f"{given}{needed:.1f} recent substantiated cases instead of {record:.1f} would have called for a sanction"
        )
    return (
        f"{given}fewer than {needed:.1f} recent substantiated cases instead of {record:.1f} would have called for none"
    )


def _not_whatever_its_record(world: World, n: int, readiness: np.ndarray) -> str:
    """Why no record of its own brings a sanction, and whether one would without dependence on it."""
    free = cases_needed(supposing(world, {"dependence.psi": 0.0}), n, readiness)
    start = "no number of its own cases would have called for a sanction, because they raise the mission's mean as well"
    if free is None:
        return start
    return (
        f"{start} and the mission depends on it; without that dependence {free:.1f} recent substantiated cases instead of "
        f"{world.contributors.record[n]:.1f} would have"
    )


def cases_needed(world: World, n: int, readiness: np.ndarray) -> float | None:
    """Recent substantiated cases from which a contributor's record calls for a sanction; None where none would.

    Its own cases raise the mission's mean as well, and with it the threshold.
    """

    def calls(cases: float) -> bool:
        record = world.contributors.record.copy()
        record[n] = cases
        other = supposing(world, columns={"contributors.record": record})
        score, mean = scores(other)
        return bool(mean > 0.0 and is_called_for(other, score, thresholds(other, readiness, mean))[n])

    return turning_point(calls, 0.0, MOST_CASES)


def _reply(world: World, state: TroopContributingCountry, unit: int) -> str:
    """What publicity would have done to its answers."""
    authority, visibility = int(world.units.authority[unit]), float(world.units.visibility[unit])
    now, public = (state.reply_chance(world, authority, seen) for seen in (visibility, 1.0))
    return (
        f"were every outcome published instead of {percent(visibility)}, it would answer a referral in substance with a "
        f"chance of {percent(public)} instead of {percent(now)}"
    )


def _withdrawal(world: World, n: int) -> str:
    """What waiving its people's immunity would have done."""
    if not world.parameters.switches.contributor_response:
        return "nothing makes it leave, because contributors' responses are switched off"
    waiver = np.where(world.units.contributor == n, 1.0, world.units.waiver)
    now, waived = (
        step_probability(float(excess_exit_hazard(one)[n]), 1.0)
        for one in (world, supposing(world, columns={"units.waiver": waiver}))
    )
    return (
        f"were the immunity of all its people waived, it would withdraw a unit within a year with a chance of "
        f"{percent(waived)} instead of {percent(now)}"
    )


def of_oversight(world: World, oversight: UNOversight, nearest: int) -> str:
    """What dependence does to its threshold, and what more capacity would do to its docket."""
    return said(_without_dependence(world, nearest), _more_capacity(world, oversight))


def _without_dependence(world: World, n: int) -> str:
    """The threshold of the contributor nearest to a sanction, with and without dependence on it."""
    score, mean = scores(world)
    if n <= 0 or mean <= 0.0:
        return "to weigh a contributor it would take a substantiated case against people present, and there is none yet"
    ready = readiness_supposed(world)
    independent = supposing(world, {"dependence.psi": 0.0})
    now, free = thresholds(world, ready, mean), thresholds(independent, ready, mean)
    given = "" if readiness_by_contributor(world)[n] > 0.0 else " were an authority ready to sanction (dose 1)"
    calls, would = (bool(is_called_for(world, score, threshold)[n]) for threshold in (now, free))
    sanction = f"{'call' if would else 'not call'} for a sanction"
    return (
        f"without dependence on contributor {n:02d} ({dependence(world)[n]:.2f} of the shortfall tolerated) the threshold would "
        f"be {free[n]:.2f} instead of {now[n]:.2f}{given}, and its score of {score[n]:.2f} would {sanction}, "
        f"{'as' if would == calls else 'where'} with dependence it {'does' if calls else 'does not'}"
    )


def _more_capacity(world: World, oversight: UNOversight) -> str:
    """When the next investigation ends with twice the capacity."""
    p = world.parameters.oversight
    capacity = oversight.capacity(world, p.investigation_capacity, "investigation_capacity")
    return _sooner(world, oversight.investigations, capacity, "investigation") if len(oversight.investigations) else ""


# Courts


def _sooner(world: World, queue: SharedQueue[Any], capacity: float, what: str) -> str:
    """When the next case of a queue ends, and with twice its capacity."""
    now, twice = (queue.weeks_to_next(world.dt, c) for c in (capacity, 2.0 * capacity))
    if math.isinf(now):
        return f"without capacity no {what} ends; any capacity would change that"
    if twice == now:
        return f"the next {what} ends in {weeks(now)}, and no sooner with twice the capacity"
    return f"with twice the capacity the next {what} would end in {weeks(twice)} instead of {now:g}"


def _docket(world: World, court: Court) -> str:
    """When the next trial ends, and with twice the capacity."""
    if not len(court.docket):
        return ""
    return _sooner(world, court.docket, court.capacity_per_week(world), "trial")


def of_court(world: World, court: Court) -> str:
    """What more capacity would do."""
    return said(_docket(world, court) or "nobody is charged here, so that there is nothing to decide")


def of_tcc_court(world: World, court: TCCCourt) -> str:
    """What more capacity would do; without a docket, what brings a person before it."""
    if court.n_pending:
        due = min((step for step, _ in court.on_site), default=0) - world.step
        on_site = f"the next trial on site ends in {weeks(due * world.dt)}, whatever the capacity" if due > 0 else ""
        return said(_docket(world, court), on_site)
    state, p = world.states[court.contributor], world.parameters.prosecution
    chances = [state.reply_chance(world, 0, visibility) for visibility in (p.p_visible, 1.0)]
    return said(
        "nobody is charged here; a referral by the UN is answered in substance with a chance of "
        f"{percent(chances[0])}, and would be with {percent(chances[1])} were every outcome published, and of those in the "
        f"trade whose cases are answered it charges {percent(p.p_charge)}"
    )


def of_host_court(world: World, court: HostCourt) -> str:
    """What more capacity, its own and the country's, would do."""
    now, more = with_twice_the_capacity(world, court)
    charged = (
        f"with twice the country's capacity ({world.countries.host_capacity[court.country]:.2f} of 1) a person handed over "
        f"would be charged with a chance of {percent(more)} instead of {percent(now)}"
    )
    return said(_docket(world, court) or "nobody is charged here", charged)


def with_twice_the_capacity(world: World, court: HostCourt | HostJustice) -> tuple[float, float]:
    """Chance of a charge now, and with twice the country's capacity, at most 1."""
    capacity = float(world.countries.host_capacity[court.country])
    return court.charge_chance(world, capacity), court.charge_chance(world, min(2.0 * capacity, 1.0))


def of_special_court(world: World, court: SpecialCourt) -> str:
    """What more capacity would do, or when it opens."""
    if not court.is_open(world):
        when = f"it takes cases from week {court.opens_week:g} on" if court.cases_per_year > 0 else "it has no capacity"
        return said(f"{when}, and decides nothing before")
    empty = (
        f"nobody is charged here; a person whose immunity is waived is charged with a chance of "
        f"{percent(court.charge_chance(world))}"
    )
    return said(_docket(world, court) or empty)


def of_host_justice(world: World, court: HostJustice) -> str:
    """What more capacity, and testimony or its absence, would do to an arrested organiser's case."""
    has = court.testimony_available(world)
    charge, more = with_twice_the_capacity(world, court)
    now, other = (court.conviction_chance(world, one) for one in (has, not has))
    due = min((case.due_step for case in court.docket), default=0) - world.step
    pending = (
        f"the next case is decided in {weeks(due * world.dt)}"
        if court.docket
        else "a case takes the arrest of an organiser"
    )
    witness = "without" if has else "with"
    return said(
        f"{pending}; a conviction has a chance of {percent(charge * now)}, and would have {percent(more * now)} with twice "
        f"the country's capacity ({world.countries.host_capacity[court.country]:.2f} of 1) and {percent(charge * other)} "
        f"{witness} somebody in assistance who is willing to testify"
    )


# Assistance


def of_ngo(world: World) -> str:
    """What more places, or finding persons more often, would do."""
    free = int(world.assistance_credit)
    now, places, found = identified_within_a_week(world)
    start = f"{free:,} place{'' if free == 1 else 's'} free at the end of this step"
    if places > now:
        return said(
            f"{start}; with twice the places outreach could go further, and {percent(places)} instead of {percent(now)} of "
            "the persons exploited would be identified within a week"
        )
    return said(
        f"{start}; places do not limit outreach, and with twice as many still {percent(now)} of the persons exploited "
        f"would be identified within a week, but with persons found twice as often {percent(found)}"
    )


def identified_within_a_week(world: World) -> tuple[float, float, float]:
    """Chance of an exploited person to be identified in a week: now, with twice the places, and if found twice as often."""
    per_week = assistance_places(world) / world.dt
    p = world.parameters.persons.identification_per_week
    often = supposing(world, {"persons.identification_per_week": 2.0 * p})
    hazards = (
        identification_hazard(world, per_week),
        identification_hazard(world, 2.0 * per_week),
        identification_hazard(often, per_week),
    )
    now, places, found = (step_probability(float(hazard), 1.0) for hazard in hazards)
    return now, places, found

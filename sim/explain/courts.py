"""Words of courts: the docket, and what more capacity or testimony would do; without a docket, what brings a person before it."""

from __future__ import annotations

import math
from typing import Any

from sim.explain.words import percent, said, weeks
from sim.institutions.bodies import bodies
from sim.institutions.court import Court, HostCourt, SpecialCourt, TCCCourt
from sim.institutions.host_justice import HostJustice
from sim.institutions.queue import SharedQueue
from sim.world.state import World


def of_court(court: Court) -> str:
    """The docket, and what more capacity would do."""
    return _in_words(court, _docket(court) or "nobody is charged here, so that there is nothing to decide")


def of_tcc_court(court: TCCCourt) -> str:
    """What more capacity would do; without a docket, what brings a person before it."""
    world = court.model.world
    if court.n_pending:
        due = min((step for step, _ in court.on_site), default=0) - world.step
        on_site = f"the next trial on site ends in {weeks(due * world.dt)}, whatever the capacity" if due > 0 else ""
        return _in_words(court, _docket(court), on_site)
    state, p = bodies(world).states[court.contributor], world.parameters.prosecution
    chances = [state.reply_chance(world, 0, visibility) for visibility in (p.p_visible, 1.0)]
    return _in_words(
        court,
        "nobody is charged here; a referral by the UN is answered in substance with a chance of "
        f"{percent(chances[0])}, and would be with {percent(chances[1])} were every outcome published, and of those in the "
        f"trade whose cases are answered it charges {percent(p.p_charge)}",
    )


def of_host_court(court: HostCourt) -> str:
    """What more capacity, its own and the country's, would do."""
    world = court.model.world
    now, more = with_twice_the_capacity(court)
    charged = (
        f"with twice the country's capacity ({world.countries.host_capacity[court.country]:.2f} of 1) a person handed over "
        f"would be charged with a chance of {percent(more)} instead of {percent(now)}"
    )
    return _in_words(court, _docket(court) or "nobody is charged here", charged)


def of_special_court(court: SpecialCourt) -> str:
    """What more capacity would do, or when it opens."""
    world = court.model.world
    if not court.is_open(world):
        when = f"it takes cases from week {court.opens_week:g} on" if court.cases_per_year > 0 else "it has no capacity"
        return _in_words(court, f"{when}, and decides nothing before")
    empty = (
        f"nobody is charged here; a person whose immunity is waived is charged with a chance of "
        f"{percent(court.charge_chance(world))}"
    )
    return _in_words(court, _docket(court) or empty)


def of_host_justice(court: HostJustice) -> str:
    """The docket in words."""
    prison = sum(case.outcome == "prison" for case in court.decided)
    return (
        f"Host courts, cases against organisers: {len(court.docket)} pending, {len(court.decided)} decided, "
        f"of which {court.n_convicted} convicted and {prison} sent to prison. {_trust_in_words(court)} "
        f"{_testimony_or_capacity(court)}"
    )


def _trust_in_words(court: HostJustice) -> str:
    """How far people trust these courts, and where that is going."""
    world = court.model.world
    share = court.conviction_share(world.step - world.parameters.testimony.outcome_memory_weeks / world.dt)
    towards = (
        "stays, as no case was decided of late"
        if share is None
        else f"moves towards {share:.2f}, the share of recent outcomes that were convictions"
    )
    return f"Trust in them stands at {world.countries.trust[court.country]:.2f} of 1 and {towards}."


def _testimony_or_capacity(court: HostJustice) -> str:
    """What more capacity, and testimony or its absence, would do to an arrested organiser's case."""
    world = court.model.world
    has = court.testimony_available(world)
    charge, more = with_twice_the_capacity(court)
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


def _in_words(court: Court, *changes: str) -> str:
    """A docket, and what would have changed it."""
    return (
        f"{court.name}: {len(court.docket)} persons on the docket, {court.n_decided} outcomes, "
        f"{court.n_convicted} convictions; at most {court.cases_per_year:g} outcomes a year. {said(*changes)}"
    )


def sooner(world: World, queue: SharedQueue[Any], capacity: float, what: str) -> str:
    """When the next case of a queue ends, and with twice its capacity."""
    now, twice = (queue.weeks_to_next(world.dt, c) for c in (capacity, 2.0 * capacity))
    if math.isinf(now):
        return f"without capacity no {what} ends; any capacity would change that"
    if twice == now:
        return f"the next {what} ends in {weeks(now)}, and no sooner with twice the capacity"
    return f"with twice the capacity the next {what} would end in {weeks(twice)} instead of {now:g}"


def _docket(court: Court) -> str:
    """When the next trial ends, and with twice the capacity."""
    world = court.model.world
    return sooner(world, court.docket, court.capacity_per_week(world), "trial") if len(court.docket) else ""


def with_twice_the_capacity(court: HostCourt | HostJustice) -> tuple[float, float]:
    """Chance of a charge now, and with twice the country's capacity, at most 1."""
    world = court.model.world
    capacity = float(world.countries.host_capacity[court.country])
    return court.charge_chance(world, capacity), court.charge_chance(world, min(2.0 * capacity, 1.0))

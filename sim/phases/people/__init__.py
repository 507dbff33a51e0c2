"""Phase 6, people: trafficked persons move between states, from recruitment to return, and perhaps into it again.

``hazards`` holds the compiled state machine, ``moves`` what entering a state means. Identification and assistance are
limited by capacity; testimony depends on protection, trust and threat. Persons and those at risk are conserved exactly.
"""

from __future__ import annotations

import numpy as np

from sim.numerics import logistic, mean_where
from sim.phases.people import hazards, moves
from sim.phases.phase import Phase
from sim.rng import Decision
from sim.world.person_states import ASSISTED, IDENTIFIED, IN_TRANSIT, IN_VENUE, PRIVATE, RECRUITED, RELEASED, UNASSISTED
from sim.world.state import World

EARLIEST = 1e-9


def run(world: World) -> None:
    """One step in the lives of trafficked persons."""
    moves.recruit(world)
    moves.leave_closed_venues(world)
    moves.private_owners(world)
    persons, destinations = _advance(world)
    _move(world, persons, destinations)
    _assist(world, persons[destinations == hazards.DECIDES_ON_ASSISTANCE].tolist())
    people, venues = world.people, world.venues
    hazards.count_exploited(
        world.n_people,
        people.state,
        people.venue,
        people.cell,
        venues.cell,
        venues.persons,
        venues.inbound,
        people.exploited_steps,
    )


def _move(world: World, persons: np.ndarray, destinations: np.ndarray) -> None:
    """Let persons whose stay has ended enter their next state, those apart who decide on assistance."""
    if not len(persons):
        return
    ordinary = (destinations < hazards.N_STATES) & (destinations != IN_VENUE)
    stopped = (destinations == IDENTIFIED) & (world.people.state[persons] == IN_TRANSIT)
    world.count("intercepted_persons", float(stopped.sum()))
    moves.enter_many(world, persons[ordinary], destinations[ordinary])
    for person in persons[destinations == hazards.TRANSFERRED].tolist():
        moves.transfer(world, person)
    for person in persons[destinations == hazards.RETRAFFICKED].tolist():
        _retraffic(world, person)
    _arrive(world, persons[destinations == IN_VENUE])


def assistance_places(world: World) -> float:
    """New persons that can be assisted in this step, scaled."""
    places = world.knobs.value("assistance_places", float(world.series.assistance_places[world.step]))
    return places * world.scale * world.dt


def identification_hazard(world: World, places_per_week: float) -> float:
    """Weekly hazard of being identified: outreach, at most what places allow per person exploited, and contact with police.

    Contact with police grows with host capacity.
    """
    p = world.parameters
    hazard = world.knobs.value("identification", p.persons.identification_per_week)
    police = (1.0 - p.assistance.outreach_share) * world.countries.host_capacity.mean() / p.host_capacity.reference
    states = hazards.count_states(world.n_people, world.people.state)
    n = int(states[IN_VENUE] + states[PRIVATE])
    outreach = p.assistance.outreach_share * hazard
    able = places_per_week / max(p.persons.uptake, EARLIEST)
    return (min(outreach, able / n) if n else outreach) + police * hazard


def _advance(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Run the state machine; returns the persons whose stay ends and their destinations."""
    p, people, origins = world.parameters, world.people, world.origins
    persons, recruitment = p.persons, p.recruitment
    places = assistance_places(world) / world.dt
    rates = np.array(
        [
            1.0 / recruitment.preparation_weeks,
            identification_hazard(world, places),
            world.knobs.value("escape", persons.escape_per_week),
            persons.release_per_week,
            persons.move_per_week,
            persons.abroad_exit_per_week,
            1.0 / persons.decision_weeks,
            1.0 / persons.assistance_weeks,
            1.0 / persons.unassisted_weeks,
        ]
    )
    stopped = world.knobs.values("interception", world.series_by_origin(world.series.interception, 0.0))
    retrafficking = world.knobs.value("retrafficking", persons.retrafficking_per_week) * p.switches.retrafficking
    return hazards.advance(
        world.seed,
        world.n_people,
        world.dt,
        world.step,
        rates,
        recruitment.transit_weeks,
        recruitment.transit_km_per_week,
        origins.route_km,
        stopped,
        persons.move_abroad_share,
        retrafficking,
        persons.retrafficking_memory_weeks,
        persons.support_protection,
        persons.resettled_share,
        persons.stayed_share,
        people.origin,
        origins.grid_cell,
        people.week_recruited,
        people.ordinal,
        people.state,
        people.entries,
        people.state_step,
        people.hazard,
        people.threshold,
        people.was_assisted,
    )


def _arrive(world: World, persons: np.ndarray) -> None:
    """Persons arrive at the venue they were recruited for, at another if it has closed, or are free where none is left."""
    people, venues = world.people, world.venues
    if not len(persons):
        return
    venue = people.venue[persons]
    for person in persons[(venue < 0) | ~venues.is_open[venue]].tolist():
        people.venue[person] = moves.other_venue(world, person, -1)
    states = np.where(people.venue[persons] >= 0, IN_VENUE, RELEASED)
    moves.enter_many(world, persons, states)


def _retraffic(world: World, person: int) -> None:
    """A returned person is recruited again, for a venue drawn among those open; nothing happens where there is none."""
    venue = moves.other_venue(world, person, -1)
    if venue < 0:
        world.people.hazard[person] = 0.0
        return
    moves.enter(world, person, RECRUITED)
    world.people.venue[person] = venue
    world.count("retrafficked_persons", 1.0)


def _assist(world: World, seekers: list[int]) -> None:
    """Give assistance to those who accept or seek it, as far as places go; unused places carry over for a few weeks."""
    people, p = world.people, world.parameters
    places = assistance_places(world)
    limit = places / world.dt * p.assistance.carry_over_weeks + 1.0 if places > 0 else 0.0
    world.assistance_credit = min(world.assistance_credit + places, limit)
    uptake = world.knobs.value("uptake", p.persons.uptake)
    protection = world.knobs.value("protection", p.testimony.protection)
    if not seekers:
        return
    identified = people.state[np.array(seekers, np.int64)] == IDENTIFIED
    accepts = np.where(identified, uptake, p.persons.self_referral).tolist()
    wants = [
        moves.draw(world, Decision.PERSON_ASSISTANCE, i) < chance for i, chance in zip(seekers, accepts, strict=True)
    ]
    takers = sorted(
        (person for person, wanted in zip(seekers, wants, strict=True) if wanted),
        key=lambda person: (moves.draw(world, Decision.PERSON_ASSISTANCE, person, 1), person),
    )[: int(world.assistance_credit)]
    world.assistance_credit -= len(takers)
    for person in takers:
        _testify(world, person, protection)
    moves.enter_many(world, np.array(takers, np.int64), np.full(len(takers), ASSISTED))
    people.was_assisted[takers] = True
    world.count("assisted_persons", len(takers))
    others = sorted(set(seekers) - set(takers))
    moves.enter_many(world, np.array(others, np.int64), np.full(len(others), UNASSISTED))


def _testify(world: World, person: int, protection: float) -> None:
    """Decide whether an assisted person is willing to testify: protection, trust, and threat by networks with ties."""
    p, networks = world.parameters.testimony, world.networks
    cell = int(world.people.cell[person])
    trust = world.countries.trust[world.cells.country[cell]] if cell >= 0 else world.countries.trust.mean()
    threat = mean_where(networks.ties, networks.is_active)
    log_odds = p.intercept + p.protection_weight * protection + p.trust_weight * trust - p.threat_weight * threat
    world.people.will_testify[person] = moves.draw(world, Decision.PERSON_TESTIMONY, person) < logistic(log_odds)


PHASE = Phase(
    name="people",
    question="Who is recruited, exploited, identified, assisted, returned, or trafficked again?",
    run=run,
    draws=(
        Decision.RECRUIT,
        Decision.PERSON_THRESHOLD,
        Decision.PERSON_DESTINATION,
        Decision.PERSON_VENUE,
        Decision.PERSON_FOUND,
        Decision.PERSON_ASSISTANCE,
        Decision.PERSON_TESTIMONY,
        Decision.OWNER_PERSON,
        Decision.OWNER_RELEASE,
        Decision.TRANSFER,
    ),
)

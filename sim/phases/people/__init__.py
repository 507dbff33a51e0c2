"""Phase 6, people: trafficked persons move between states, from recruitment to return, and perhaps into it again.

``hazards`` holds the compiled state machine, ``places`` who comes to which venue and who is assisted, ``moves`` what entering
a state means. Identification and assistance are
limited by capacity; testimony depends on protection, trust and threat. Persons and those at risk are conserved exactly.
"""

from __future__ import annotations

import numpy as np

from sim.numerics import total
from sim.phases.people import hazards, moves, places
from sim.phases.phase import Phase
from sim.rng import Decision
from sim.world.person_states import ASSISTED, IN_VENUE, PRIVATE
from sim.world.state import World

EARLIEST = 1e-9


def run(world: World) -> None:
    """One step in the lives of trafficked persons."""
    moves.recruit(world)
    moves.leave_closed_venues(world)
    moves.private_owners(world)
    persons, destinations = _advance(world)
    _move(world, persons, destinations)
    _assist(world, persons[destinations == hazards.DECIDES_ON_ASSISTANCE])
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
    """Let persons whose stay has ended enter their next state; those who decide on assistance do so apart."""
    if not len(persons):
        return
    entering, states, n_stopped, n_again = moves.find_places(world, persons, destinations)
    world.count("intercepted_persons", n_stopped)
    if n_again:
        world.count("retrafficked_persons", n_again)
    moves.enter_many(world, entering, states)


def assistance_places(world: World) -> float:
    """New persons that can be assisted in this step, scaled."""
    places = world.knobs.value("assistance_places", float(world.series.assistance_places[world.step]))
    return places * world.scale * world.dt


def identification_hazard(world: World, places_per_week: float) -> float:
    """Weekly hazard of being identified: outreach, at most what places allow per person exploited, and contact with police.

    Contact with police grows with host capacity.
    """
    p = world.parameters
    capacity = world.countries.host_capacity
    hazard = world.knobs.value("identification", p.persons.identification_per_week)
    police = (1.0 - p.assistance.outreach_share) * total(capacity) / len(capacity) / p.host_capacity.reference
    states = hazards.count_states(world.n_people, world.people.state)
    n = int(states[IN_VENUE] + states[PRIVATE])
    outreach = p.assistance.outreach_share * hazard
    able = places_per_week / max(p.persons.uptake, EARLIEST)
    return (min(outreach, able / n) if n else outreach) + police * hazard


def _advance(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Run the state machine; returns the persons whose stay ends and their destinations."""
    p, people, origins = world.parameters, world.people, world.origins
    persons, recruitment = p.persons, p.recruitment
    return hazards.advance(
        world.seed,
        world.n_people,
        world.dt,
        world.step,
        weekly_rates(world),
        recruitment.transit_weeks,
        recruitment.transit_km_per_week,
        origins.route_km,
        p_intercepted(world),
        persons.move_abroad_share,
        retrafficking_hazard(world),
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


def weekly_rates(world: World) -> np.ndarray:
    """Weekly hazards in the order of ``hazards.advance``, from departure to the end of being unassisted."""
    persons, recruitment = world.parameters.persons, world.parameters.recruitment
    places_per_week = assistance_places(world) / world.dt
    return np.array(
        [
            1.0 / recruitment.preparation_weeks,
            identification_hazard(world, places_per_week),
            world.knobs.value("escape", persons.escape_per_week),
            persons.release_per_week,
            persons.move_per_week,
            persons.abroad_exit_per_week,
            1.0 / persons.decision_weeks,
            1.0 / persons.assistance_weeks,
            1.0 / persons.unassisted_weeks,
        ]
    )


def p_intercepted(world: World) -> np.ndarray:
    """Chance of being stopped on the way and identified, by place of origin."""
    stopped = world.by_country_of_origin("interception", 0.0)[world.origins.country_row]
    return world.knobs.values("interception", stopped)


def retrafficking_hazard(world: World) -> float:
    """Weekly hazard of being trafficked again right after a return without assistance."""
    p = world.parameters
    return world.knobs.value("retrafficking", p.persons.retrafficking_per_week) * p.switches.retrafficking


def _assist(world: World, seekers: np.ndarray) -> None:
    """Give assistance to those who accept or seek it, as far as places go; unused places carry over for a few weeks."""
    people, p = world.people, world.parameters
    new = assistance_places(world)
    limit = new / world.dt * p.assistance.carry_over_weeks + 1.0 if new > 0 else 0.0
    world.assistance_credit = min(world.assistance_credit + new, limit)
    uptake = world.knobs.value("uptake", p.persons.uptake)
    protection = world.knobs.value("protection", p.testimony.protection)
    if not len(seekers):
        return
    states = places.assist(
        world.seed,
        seekers,
        uptake,
        p.persons.self_referral,
        int(world.assistance_credit),
        moves.keys(world),
        people.state,
    )
    _testify(world, seekers, states, protection)
    moves.enter_many(world, seekers, states)
    takers = seekers[states == ASSISTED]
    people.was_assisted[takers] = True
    world.assistance_credit -= len(takers)
    world.count("assisted_persons", len(takers))


def _testify(world: World, seekers: np.ndarray, states: np.ndarray, protection: float) -> None:
    """Decide whether persons who are given assistance are willing to testify."""
    p, people, networks = world.parameters.testimony, world.people, world.networks
    places.testify(
        world.seed,
        seekers,
        states,
        (p.intercept, p.protection_weight * protection, p.trust_weight, p.threat_weight),
        moves.keys(world),
        people.cell,
        world.cells.country,
        world.countries.trust,
        networks.ties,
        networks.is_active,
        people.will_testify,
    )


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

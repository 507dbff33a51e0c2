"""Phase 10, record: write down what the step was like. It reads everything and changes nothing.

Levels are taken at the end of the step, flows from the facts counted in it. Scaling back to the full population and the
trailing ratios are made when results are put together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel
from sim.institutions.bodies import bodies
from sim.numerics import logistic, logit, mean_where, normal_quantile, ratio, total
from sim.phases.people.hazards import N_STATES
from sim.phases.perceive.beliefs import perceived_certainty
from sim.phases.phase import Phase
from sim.phases.supply.entry import effective_sunk_cost
from sim.rng import Decision, uniform
from sim.world.person_states import IN_TRANSIT, IN_VENUE, PRIVATE, RECRUITED
from sim.world.state import World


def run(world: World) -> None:
    """Record this step: nothing in the world changes."""
    people = _count_persons(world)
    row = {**_personnel(world), **_market(world), **_persons(world, people), **_context(world), **_observed(world)}
    at_risk = [total_of_counts(world.origins.at_risk), total_of_counts(world.origins.prevented)]
    world.recorder.add(
        {**row, **world.flows}, np.concatenate((at_risk, people.states)), people.exploited, people.recruited
    )
    _record_cells(world)


@dataclass(frozen=True)
class Persons:
    """Persons by state; exploited now and recruited in this step by country of origin.

    Of those exploited: how many are local, in places where personnel are deployed, and exploited there by personnel.
    """

    states: np.ndarray
    exploited: np.ndarray
    recruited: np.ndarray
    local: int
    in_target: float
    by_personnel: float


@kernel
def total_of_counts(x: np.ndarray) -> int:
    """Sum of an array of whole numbers."""
    n = 0
    for i in range(x.size):
        n += x[i]
    return n


def _record_cells(world: World) -> None:
    """Add the step's flows by cell, and keep a table of cells at the start, every quarter and at the end."""
    cells, recorder = world.cells, world.recorder
    recorder.add_cell_flows((cells.international_sought, cells.local_sought, cells.raids), world.dt)
    if not recorder.snapshot_is_due(world.step, world.clock.n_steps - 1):
        return
    venues, people, n = world.venues, world.people, len(cells)
    rows, state = np.where(venues.is_open, venues.cell, 0), people.state[: world.n_people]
    place = people.cell[: world.n_people]
    exploited = place[((state == IN_VENUE) | (state == PRIVATE)) & (place >= 0)]
    levels = [
        cells.personnel.astype(np.float64),
        np.bincount(rows, venues.is_open, n),
        np.bincount(rows, venues.is_open & venues.is_hidden, n),
        np.bincount(exploited, minlength=n).astype(np.float64),
    ]
    recorder.add_snapshot(world.step, np.stack(levels, axis=1))


def _count_persons(world: World) -> Persons:
    """Count trafficked persons by state, origin and place."""
    people, origins, cells = world.people, world.origins, world.cells
    return Persons(
        *_count(
            len(world.origin_countries),
            world.n_people,
            world.step,
            world.parameters.prices.international_visit_size,
            origins.country_row,
            origins.is_local,
            world.is_target,
            cells.international_acts,
            cells.local_acts,
            people.origin,
            people.cell,
            people.state,
            people.state_step,
        )
    )


@kernel
def _count(  # type: ignore[no-untyped-def]
    n_countries,
    n_people,
    step,
    visit_size,
    country_row,
    is_local,
    is_target,
    international_acts,
    local_acts,
    origin,
    cell,
    state,
    state_step,
):
    """One pass over the persons; those in venues count for personnel by the share of service sold to them there."""
    states, local, private = np.zeros(N_STATES, np.int64), 0, 0
    exploited, recruited = np.zeros(n_countries, np.int64), np.zeros(n_countries, np.int64)
    in_venues = np.zeros(is_target.size, np.int64)
    for i in range(n_people):
        s = state[i]
        states[s] += 1
        if s == IN_VENUE or s == PRIVATE:
            exploited[country_row[origin[i]]] += 1
            local += is_local[origin[i]]
            if cell[i] >= 0 and is_target[cell[i]]:
                in_venues[cell[i]] += s == IN_VENUE
                private += s == PRIVATE
        elif s == RECRUITED and state_step[i] == step:
            recruited[country_row[origin[i]]] += 1
    by_personnel = np.empty(is_target.size, np.float64)
    for c in range(is_target.size):
        international = international_acts[c] * visit_size
        by_personnel[c] = in_venues[c] * ratio(international, international + local_acts[c])
    in_target = float(in_venues.sum() + private)
    return states, exploited, recruited, local, in_target, total(by_personnel) + private


def _personnel(world: World) -> dict[str, float]:
    """Levels of personnel and their norms."""
    units = world.units
    troops, persons, norm, certainty = _levels_of_personnel(
        units.category, units.n_present, units.norm, perceived_certainty(world)
    )
    return {
        "troops_present": troops,
        "personnel_present": persons,
        "norm_mean": norm,
        "perceived_certainty": certainty,
        "troop_shortfall": troop_shortfall(world),
        "investigations_open": float(sum(len(oversight.investigations) for oversight in bodies(world).oversight)),
    }


@kernel
def _levels_of_personnel(category, n_present, norm, certainty):  # type: ignore[no-untyped-def]
    """Military and all personnel present; norms and beliefs weighted by it, 0 where nobody is present."""
    present, troops = n_present.astype(np.float64), np.empty(category.size, np.float64)
    for u in range(category.size):
        troops[u] = present[u] if category[u] == 0 else 0.0
    persons = total(present)
    if persons <= 0.0:
        return total(troops), persons, 0.0, 0.0
    return total(troops), persons, _weighted(norm, present), _weighted(certainty, present)


def troop_shortfall(world: World) -> float:
    """Military strength missing against what is authorised or, if more, planned; 0 where nobody is authorised."""
    units = world.units
    return _shortfall(
        world.step, units.category, units.n_present, world.planned_strength, world.planned_present, world.authorised
    )


@kernel
def _shortfall(step, category, n_present, planned_strength, planned_present, authorised):  # type: ignore[no-untyped-def]
    """Share of the military strength wanted that is missing; a unit keeps the part of its plan that is present."""
    sums, n = np.empty((3, category.size), np.float64), 0
    for u in range(category.size):
        if category[u] == 0:
            provided = planned_present[u, step]
            sums[0, n] = planned_strength[u, step]
            sums[1, n] = sums[0, n] * (n_present[u] / provided if provided > 0 else 1.0)
            sums[2, n] = authorised[u, step]
            n += 1
    planned, kept, allowed = total(sums[0, :n]), total(sums[1, :n]), total(sums[2, :n])
    wanted = max(allowed, planned)
    return max(1.0 - kept / wanted, 0.0) if wanted > 0.0 else 0.0


@kernel
def _weighted(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean, or the plain mean where all weights are zero."""
    weight = total(weights)
    return total(values * weights) / weight if weight > 0.0 else total(values) / values.size


def _market(world: World) -> dict[str, float]:
    """Prices, venues and networks."""
    cells, venues, networks = world.cells, world.venues, world.networks
    saved = 0.0
    p = world.parameters.entry
    if world.parameters.switches.sunk_costs and p.sunk_cost_usd > 0:
        full, cost = world.knobs.value("sunk_costs", p.sunk_cost_usd), effective_sunk_cost(world)
        saved = 1.0 - total(cost) / len(cost) / full if full > 0 else 0.0
    n_open, n_hidden, n_listed, sellers = _count_venues(
        venues.is_open, venues.is_hidden, venues.is_listed, venues.sellers
    )
    n_active, n_with_venues = _count_networks(networks.is_active, networks.n_venues)
    return {
        "price_international_usd": _weighted(cells.price_international, cells.capacity_international),
        "price_local_usd": _weighted(cells.price_local, cells.capacity_local),
        "venues": float(n_open),
        "venues_hidden": float(n_hidden),
        "observed_venues": float(n_listed),
        "sellers": float(sellers),
        "networks_active": float(n_with_venues),
        "diversified_share": 1.0 - mean_where(networks.focal_effort, networks.is_active) if n_active else 0.0,
        "official_ties": mean_where(networks.ties, networks.is_active),
        "infrastructure": saved,
        "local_habit": _weighted(cells.habit, cells.population),
    }


@kernel
def _count_venues(is_open, is_hidden, is_listed, sellers):  # type: ignore[no-untyped-def]
    """Venues open, of these hidden, venues on the list of the police, and persons selling who were not trafficked."""
    n_open, n_hidden, n_listed, n_sellers = 0, 0, 0, 0
    for v in range(is_open.size):
        n_open += is_open[v]
        n_hidden += is_open[v] and is_hidden[v]
        n_listed += is_listed[v]
        n_sellers += sellers[v]
    return n_open, n_hidden, n_listed, n_sellers


@kernel
def _count_networks(is_active, n_venues):  # type: ignore[no-untyped-def]
    """Active networks, and those of them that have a venue."""
    n_active, n_with_venues = 0, 0
    for n in range(is_active.size):
        n_active += is_active[n]
        n_with_venues += is_active[n] and n_venues[n] > 0
    return n_active, n_with_venues


def _persons(world: World, people: Persons) -> dict[str, float]:
    """Trafficked persons by where they are in the process, and by whom venues serve where personnel are deployed."""
    in_venues, private = int(people.states[IN_VENUE]), int(people.states[PRIVATE])
    exploited = in_venues + private
    workers = in_venues + total_of_counts(world.venues.sellers)
    return {
        "true_exploited_persons": float(exploited),
        "exploited_private_persons": float(private),
        "exploited_local_share": people.local / exploited if exploited else 0.0,
        "in_transit_persons": float(people.states[RECRUITED] + people.states[IN_TRANSIT]),
        "trafficked_share_of_workers": in_venues / workers if workers > 0 else 0.0,
        "exploited_target_international": people.by_personnel,
        "exploited_target_local": people.in_target - people.by_personnel,
        "exploited_elsewhere": exploited - people.in_target,
    }


def _context(world: World) -> dict[str, float]:
    """Security, host capacity and trust, population-weighted."""
    cells, countries = world.cells, world.countries
    return {
        "violence_index": _weighted(cells.violence, cells.population),
        "host_capacity": _weighted(countries.host_capacity, countries.population),
        "trust": _weighted(countries.trust, countries.population),
    }


def _observed(world: World) -> dict[str, float]:
    """What published figures would say: thinned, delayed, with error."""
    p, flows = world.parameters, world.flows
    acts = flows.get("true_acts", 0.0) + flows.get("local_acts", 0.0)
    share = flows.get("true_acts", 0.0) / acts if acts > 0 else 0.0
    quarter = int(world.week // 13)
    noise = (
        normal_quantile(uniform(world.seed, int(Decision.OBSERVED_CLIENTS), quarter, 0)) * p.observation.client_share_sd
    )
    return {
        "observed_assisted_persons": flows.get("assisted_persons", 0.0) * p.assistance.p_recorded,
        "observed_international_client_share": float(logistic(logit(share) + noise)) if 0.0 < share < 1.0 else share,
    }


PHASE = Phase(
    name="record",
    question="What was this step like? (reads everything, changes nothing)",
    run=run,
    draws=(Decision.OBSERVED_CLIENTS,),
)

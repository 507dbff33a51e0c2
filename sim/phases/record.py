"""Phase 10, record: write down what the step was like. It reads everything and changes nothing.

Levels are taken at the end of the step, flows from the facts counted in it. Scaling back to the full population and the
trailing ratios are made when results are put together.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import logistic, logit, mean_where, normal_quantile, ratio, total
from sim.phases.people.hazards import count_states
from sim.phases.perceive.beliefs import perceived_certainty
from sim.phases.phase import Phase
from sim.phases.supply.entry import effective_sunk_cost
from sim.rng import Decision, uniform
from sim.world.person_states import IN_TRANSIT, IN_VENUE, PRIVATE, RECRUITED
from sim.world.state import World


def run(world: World) -> None:
    """Record this step: nothing in the world changes."""
    states = count_states(world.n_people, world.people.state)
    exploited, recruited, local = _by_origin(world)
    row = {**_personnel(world), **_market(world), **_persons(world, states, local), **_context(world)}
    row |= {**_observed(world), **_areas(world, states)}
    at_risk = [world.origins.at_risk.sum(), world.origins.prevented.sum()]
    world.recorder.add({**row, **world.flows}, np.concatenate((at_risk, states)), exploited, recruited)
    _record_cells(world)


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


def _by_origin(world: World) -> tuple[np.ndarray, np.ndarray, int]:
    """Persons exploited now, and recruited in this step, by country of origin; those exploited who are local."""
    people, origins = world.people, world.origins
    return _count_by_origin(
        len(world.origin_countries),
        world.n_people,
        world.step,
        origins.country_row,
        origins.is_local,
        people.origin,
        people.state,
        people.state_step,
    )


@kernel
def _count_by_origin(n, n_people, step, country_row, is_local, origin, state, state_step):  # type: ignore[no-untyped-def]
    """Count persons exploited and recruited in this step by country, and the local among those exploited."""
    exploited, recruited, local = np.zeros(n, np.int64), np.zeros(n, np.int64), 0
    for i in range(n_people):
        if state[i] == IN_VENUE or state[i] == PRIVATE:
            exploited[country_row[origin[i]]] += 1
            local += is_local[origin[i]]
        elif state[i] == RECRUITED and state_step[i] == step:
            recruited[country_row[origin[i]]] += 1
    return exploited, recruited, local


def _personnel(world: World) -> dict[str, float]:
    """Levels of personnel and their norms."""
    units = world.units
    present = units.n_present.astype(np.float64)
    persons = total(present)
    return {
        "troops_present": total(present * (units.category == 0)),
        "personnel_present": persons,
        "norm_mean": _weighted(units.norm, present) if persons > 0 else 0.0,
        "perceived_certainty": _weighted(perceived_certainty(world), present) if persons > 0 else 0.0,
        "troop_shortfall": troop_shortfall(world),
        "investigations_open": float(sum(len(oversight.investigations) for oversight in world.oversight)),
    }


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


def _areas(world: World, states: np.ndarray) -> dict[str, float]:
    """Persons exploited now where personnel are deployed, by whom venues serve there, and elsewhere; they add up."""
    people, cells = world.people, world.cells
    by_personnel, in_target = _count_in_target(
        world.n_people,
        world.parameters.prices.international_visit_size,
        people.state,
        people.cell,
        world.is_target,
        cells.international_acts,
        cells.local_acts,
    )
    return {
        "exploited_target_international": by_personnel,
        "exploited_target_local": in_target - by_personnel,
        "exploited_elsewhere": float(states[IN_VENUE] + states[PRIVATE]) - in_target,
    }


@kernel
def _count_in_target(n_people, visit_size, state, cell, is_target, international_acts, local_acts):  # type: ignore[no-untyped-def]
    """Persons exploited by personnel where these are deployed, by service sold in venues there, and all exploited there."""
    in_venues, private = np.zeros(is_target.size, np.int64), 0
    for i in range(n_people):
        if cell[i] >= 0 and is_target[cell[i]]:
            in_venues[cell[i]] += state[i] == IN_VENUE
            private += state[i] == PRIVATE
    by_personnel = np.empty(is_target.size, np.float64)
    for c in range(is_target.size):
        international = international_acts[c] * visit_size
        by_personnel[c] = in_venues[c] * ratio(international, international + local_acts[c])
    return total(by_personnel) + private, float(in_venues.sum() + private)


@kernel
def _weighted(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean, or the plain mean where all weights are zero."""
    weight = total(weights)
    return total(values * weights) / weight if weight > 0.0 else total(values) / values.size


def _market(world: World) -> dict[str, float]:
    """Prices, venues and networks."""
    cells, venues, networks = world.cells, world.venues, world.networks
    active = networks.is_active
    saved = 0.0
    p = world.parameters.entry
    if world.parameters.switches.sunk_costs and p.sunk_cost_usd > 0:
        full = world.knobs.value("sunk_costs", p.sunk_cost_usd)
        saved = 1.0 - float(effective_sunk_cost(world).mean()) / full if full > 0 else 0.0
    return {
        "price_international_usd": _weighted(cells.price_international, cells.capacity_international),
        "price_local_usd": _weighted(cells.price_local, cells.capacity_local),
        "venues": float(np.count_nonzero(venues.is_open)),
        "venues_hidden": float(np.count_nonzero(venues.is_open & venues.is_hidden)),
        "networks_active": float(np.count_nonzero(active & (networks.n_venues > 0))),
        "diversified_share": 1.0 - mean_where(networks.focal_effort, active) if active.any() else 0.0,
        "official_ties": mean_where(networks.ties, active),
        "infrastructure": saved,
        "local_habit": _weighted(cells.habit, cells.population),
    }


def _persons(world: World, states: np.ndarray, local: int) -> dict[str, float]:
    """Trafficked persons by where they are in the process, and sellers who were not trafficked."""
    venues = world.venues
    in_venues, private = int(states[IN_VENUE]), int(states[PRIVATE])
    exploited = in_venues + private
    sellers = float(venues.sellers.sum())
    workers = in_venues + sellers
    return {
        "true_exploited_persons": float(exploited),
        "exploited_private_persons": float(private),
        "exploited_local_share": local / exploited if exploited else 0.0,
        "in_transit_persons": float(states[RECRUITED] + states[IN_TRANSIT]),
        "sellers": sellers,
        "trafficked_share_of_workers": in_venues / workers if workers > 0 else 0.0,
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
        "observed_venues": float(np.count_nonzero(world.venues.is_listed)),
        "observed_assisted_persons": flows.get("assisted_persons", 0.0) * p.assistance.p_recorded,
        "observed_international_client_share": float(logistic(logit(share) + noise)) if 0.0 < share < 1.0 else share,
    }


PHASE = Phase(
    name="record",
    question="What was this step like? (reads everything, changes nothing)",
    run=run,
    draws=(Decision.OBSERVED_CLIENTS,),
)

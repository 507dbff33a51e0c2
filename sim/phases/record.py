"""Phase 10, record: write down what the step was like. It reads everything and changes nothing.

Levels are taken at the end of the step, flows from the facts counted in it. Scaling back to the full population and the
trailing ratios are made when results are put together.
"""

from __future__ import annotations

import numpy as np

from sim.numerics import logistic, logit, normal_quantile
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
    row = {**_personnel(world), **_market(world), **_persons(world, states), **_context(world)}
    row |= {**_observed(world), **_areas(world)}
    exploited, recruited = _by_country(world)
    at_risk = [world.origins.at_risk.sum(), world.origins.prevented.sum()]
    world.recorder.add({**row, **world.flows}, np.concatenate((at_risk, states)), exploited, recruited)
    _record_cells(world)


def _record_cells(world: World) -> None:
    """Add the step's flows by cell, and keep a table of cells at the start, every quarter and at the end."""
    cells, recorder = world.cells, world.recorder
    recorder.add_cell_flows(np.stack([cells.international_sought, cells.local_sought, cells.raids], axis=1), world.dt)
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


def _by_country(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Persons exploited now, and recruited in this step, by country of origin."""
    people, n = world.people, world.n_people
    names = world.origin_countries
    country = world.origins.country_row[people.origin[:n]]
    exploited = (people.state[:n] == IN_VENUE) | (people.state[:n] == PRIVATE)
    recruited = (people.state[:n] == RECRUITED) & (people.state_step[:n] == world.step)
    return (
        np.bincount(country[exploited], minlength=len(names)),
        np.bincount(country[recruited], minlength=len(names)),
    )


def _personnel(world: World) -> dict[str, float]:
    """Levels of personnel and their norms."""
    units = world.units
    present = units.n_present.astype(np.float64)
    total = present.sum()
    return {
        "troops_present": float(present[units.category == 0].sum()),
        "personnel_present": float(total),
        "norm_mean": float((units.norm * present).sum() / total) if total > 0 else 0.0,
        "perceived_certainty": _weighted(perceived_certainty(world), present) if total > 0 else 0.0,
        "troop_shortfall": troop_shortfall(world),
        "investigations_open": float(sum(len(oversight.investigations) for oversight in world.oversight)),
    }


def troop_shortfall(world: World) -> float:
    """Military strength missing against what is authorised or, if more, planned; 0 where nobody is authorised."""
    units, step = world.units, world.step
    military = units.category == 0
    planned, provided = world.planned_strength[military, step], world.planned_present[military, step]
    kept = np.divide(units.n_present[military], provided, out=np.ones(len(planned)), where=provided > 0)
    wanted = max(float(world.authorised[military, step].sum()), float(planned.sum()))
    return max(1.0 - float((planned * kept).sum()) / wanted, 0.0) if wanted > 0 else 0.0


def _areas(world: World) -> dict[str, float]:
    """Persons exploited now where personnel are deployed, by whom venues serve there, and elsewhere; they add up."""
    people, cells, n = world.people, world.cells, world.n_people
    state, place = people.state[:n], people.cell[:n]
    exploited = ((state == IN_VENUE) | (state == PRIVATE)) & (place >= 0)
    in_target = exploited & world.is_target[np.maximum(place, 0)]
    international = cells.international_acts * world.parameters.prices.international_visit_size
    used = international + cells.local_acts
    share = np.divide(international, used, out=np.zeros(len(cells)), where=used > 0)
    persons = np.bincount(place[in_target & (state == IN_VENUE)], minlength=len(cells))
    by_personnel = float((persons * share).sum() + (in_target & (state == PRIVATE)).sum())
    total = float(((state == IN_VENUE) | (state == PRIVATE)).sum())
    return {
        "exploited_target_international": by_personnel,
        "exploited_target_local": float(in_target.sum()) - by_personnel,
        "exploited_elsewhere": total - float(in_target.sum()),
    }


def _weighted(values: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean, or the plain mean where all weights are zero."""
    total = float(weights.sum())
    return float((values * weights).sum() / total) if total > 0 else float(values.mean())


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
        "venues": float(venues.is_open.sum()),
        "venues_hidden": float((venues.is_open & venues.is_hidden).sum()),
        "networks_active": float((active & (networks.n_venues > 0)).sum()),
        "diversified_share": float(1.0 - networks.focal_effort[active].mean()) if active.any() else 0.0,
        "official_ties": float(networks.ties[active].mean()) if active.any() else 0.0,
        "infrastructure": saved,
        "local_habit": _weighted(cells.habit, cells.population),
    }


def _persons(world: World, states: np.ndarray) -> dict[str, float]:
    """Trafficked persons by where they are in the process, and sellers who were not trafficked."""
    people, venues, n = world.people, world.venues, world.n_people
    in_venues, private = int(states[IN_VENUE]), int(states[PRIVATE])
    exploited = (people.state[:n] == IN_VENUE) | (people.state[:n] == PRIVATE)
    local = world.origins.is_local[people.origin[:n][exploited]]
    sellers = float(venues.sellers[venues.is_open].sum())
    workers = in_venues + sellers
    return {
        "true_exploited_persons": float(in_venues + private),
        "exploited_private_persons": float(private),
        "exploited_local_share": float(local.mean()) if local.size else 0.0,
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
        "observed_venues": float(world.venues.is_listed.sum()),
        "observed_assisted_persons": flows.get("assisted_persons", 0.0) * p.assistance.p_recorded,
        "observed_international_client_share": float(logistic(logit(share) + noise)) if 0.0 < share < 1.0 else share,
    }


PHASE = Phase(
    name="record",
    question="What was this step like? (reads everything, changes nothing)",
    run=run,
    draws=(Decision.OBSERVED_CLIENTS,),
)

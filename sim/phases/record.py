"""Phase 10, record: write down what the step was like. It reads everything and changes nothing.

Levels are taken at the end of the step, flows from the facts counted in it. Scaling back to the full population and the
trailing ratios are made when results are put together.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import direct, kernel
from sim.institutions.bodies import bodies
from sim.numerics import logistic, logit, mean_where, normal_quantile, ratio, total
from sim.phases.perceive.beliefs import perceived_certainty
from sim.phases.phase import Phase
from sim.phases.supply.entry import effective_sunk_cost
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.person_states import IN_TRANSIT, IN_VENUE, PRIVATE, RECRUITED
from sim.world.state import World

QUARTER_WEEKS = 13
MILITARY = 0
_OBSERVED = number(Decision.OBSERVED_CLIENTS)


def run(world: World) -> None:
    """Record this step: nothing in the world changes."""
    recorder, levels, step = world.recorder, world.levels, world.step
    levels.investigations_open = float(sum(len(oversight.investigations) for oversight in bodies(world).oversight))
    _compiled(world, effective_sunk_cost(world))
    recorder.levels[step], recorder.flows[step] = levels.as_row(), world.flows.as_row()
    if recorder.snapshot_is_due(step, world.clock.n_steps - 1):
        recorder.add_snapshot(step, _cells_now(world))


def _cells_now(world: World) -> Reals:
    """Personnel, venues, hidden venues and exploited persons by cell, shape (n_cells, 4)."""
    cells, venues, people, n = world.cells, world.venues, world.people, len(world.cells)
    rows, state = np.where(venues.is_open, venues.cell, 0), people.state[: world.n_people]
    place = people.cell[: world.n_people]
    exploited = place[((state == IN_VENUE) | (state == PRIVATE)) & (place >= 0)]
    levels = [
        cells.personnel.astype(np.float64),
        np.bincount(rows, venues.is_open, n),
        np.bincount(rows, venues.is_open & venues.is_hidden, n),
        np.bincount(exploited, minlength=n).astype(np.float64),
    ]
    return np.stack(levels, axis=1)


@kernel
def _take_levels(world: World, sunk_cost: Reals) -> None:
    """Take the step's levels, and write what is recorded by state, country of origin and cell."""
    cells, recorder = world.cells, world.recorder
    _personnel(world)
    _prices(world)
    _venues(world)
    _networks(world, sunk_cost)
    _persons(world)
    _context(world)
    _observed(world)
    for c in range(len(cells)):
        recorder.cell_flows[c, 0] += cells.international_sought[c]
        recorder.cell_flows[c, 1] += cells.local_sought[c]
        recorder.cell_flows[c, 2] += cells.raids[c]
    recorder.weeks += world.dt
    recorder.n = world.step + 1


@kernel
def _weighted(values: Reals, weights: Reals) -> float:
    """Weighted mean, or the plain mean where all weights are zero."""
    weight = total(weights)
    return total(values * weights) / weight if weight > 0.0 else total(values) / values.size


@kernel
def _personnel(world: World) -> None:
    """Military and all personnel present; norms and beliefs weighted by it, 0 where nobody is present."""
    units, levels = world.units, world.levels
    present, troops = units.n_present.astype(np.float64), np.empty(len(units))
    for u in range(len(units)):
        troops[u] = present[u] if units.category[u] == MILITARY else 0.0
    levels.troops_present, levels.personnel_present = total(troops), total(present)
    levels.norm_mean = levels.perceived_certainty = 0.0
    if levels.personnel_present > 0.0:
        levels.norm_mean = _weighted(units.norm, present)
        levels.perceived_certainty = _weighted(perceived_certainty(world), present)
    levels.troop_shortfall = troop_shortfall(world)


@kernel
def troop_shortfall(world: World) -> float:
    """Military strength missing against what is authorised or, if more, planned; 0 where nobody is authorised.

    A unit keeps the part of its plan that is present.
    """
    units, inputs, step = world.units, world.inputs, world.step
    sums, n = np.empty((3, len(units))), 0
    for u in range(len(units)):
        if units.category[u] == MILITARY:
            provided = inputs.planned_present[step, u]
            sums[0, n] = inputs.planned_strength[step, u]
            sums[1, n] = sums[0, n] * (units.n_present[u] / provided if provided > 0 else 1.0)
            sums[2, n] = inputs.authorised[step, u]
            n += 1
    planned, kept, allowed = total(sums[0, :n]), total(sums[1, :n]), total(sums[2, :n])
    wanted = max(allowed, planned)
    return max(1.0 - kept / wanted, 0.0) if wanted > 0.0 else 0.0


@kernel
def _prices(world: World) -> None:
    """Prices weighted by what is offered, and habit by population."""
    cells, levels = world.cells, world.levels
    levels.price_international_usd = _weighted(cells.price_international, cells.capacity_international)
    levels.price_local_usd = _weighted(cells.price_local, cells.capacity_local)
    levels.local_habit = _weighted(cells.habit, cells.population)


@kernel
def _venues(world: World) -> None:
    """Venues open, of these hidden, venues on the list of the police, and persons selling who were not trafficked."""
    venues, levels = world.venues, world.levels
    n_open, n_hidden, n_listed, n_sellers = 0, 0, 0, 0
    for v in range(len(venues)):
        n_open += venues.is_open[v]
        n_hidden += venues.is_open[v] and venues.is_hidden[v]
        n_listed += venues.is_listed[v]
        n_sellers += venues.sellers[v]
    levels.venues, levels.venues_hidden = float(n_open), float(n_hidden)
    levels.observed_venues, levels.sellers = float(n_listed), float(n_sellers)


@kernel
def _networks(world: World, sunk_cost: Reals) -> None:
    """Networks with a venue, what the active ones do, and the part of the sunk cost that infrastructure saves."""
    networks, levels, p = world.networks, world.levels, world.parameters
    n_active, n_with_venues = 0, 0
    for n in range(len(networks)):
        n_active += networks.is_active[n]
        n_with_venues += networks.is_active[n] and networks.n_venues[n] > 0
    levels.networks_active = float(n_with_venues)
    levels.diversified_share = 1.0 - mean_where(networks.focal_effort, networks.is_active) if n_active > 0 else 0.0
    levels.official_ties = mean_where(networks.ties, networks.is_active)
    full = p.entry.sunk_cost_usd * world.effects.sunk_costs if p.switches.sunk_costs else 0.0
    levels.infrastructure = 1.0 - total(sunk_cost) / len(sunk_cost) / full if full > 0.0 else 0.0


@kernel
def _persons(world: World) -> None:
    """Persons by state, and those exploited or just recruited by country of origin, in one pass.

    Those in venues count for personnel by the share of service sold to them in the cell, where personnel are deployed.
    """
    people, origins, places, recorder, step = world.people, world.origins, world.places, world.recorder, world.step
    recorder.states[step, :] = 0
    states, exploited, recruited = recorder.states[step, 2:], recorder.exploited[step], recorder.recruited[step]
    exploited[:], recruited[:] = 0, 0
    for o in range(len(origins)):
        recorder.states[step, 0] += origins.at_risk[o]
        recorder.states[step, 1] += origins.prevented[o]
    in_venues, local, private = np.zeros(len(world.cells), np.int64), 0, 0
    for i in range(world.n_people):
        state, origin = people.state[i], people.origin[i]
        states[state] += 1
        if state == IN_VENUE or state == PRIVATE:
            exploited[origins.country_row[origin]] += 1
            local += origins.is_local[origin]
            if people.cell[i] >= 0 and places.is_target[people.cell[i]]:
                in_venues[people.cell[i]] += state == IN_VENUE
                private += state == PRIVATE
        elif state == RECRUITED and people.state_step[i] == step:
            recruited[origins.country_row[origin]] += 1
    in_target = float(np.sum(in_venues) + private)
    _levels_of_persons(world, local, in_target, _in_venues_for_personnel(world, in_venues) + private)


@kernel
def _in_venues_for_personnel(world: World, in_venues: np.ndarray) -> float:
    """Persons in venues by the share of service sold to personnel in their cell."""
    cells, size = world.cells, world.parameters.prices.international_visit_size
    persons = np.empty(len(cells))
    for c in range(len(cells)):
        international = cells.international_acts[c] * size
        persons[c] = in_venues[c] * ratio(international, international + cells.local_acts[c])
    return total(persons)


@kernel
def _levels_of_persons(world: World, local: int, in_target: float, by_personnel: float) -> None:
    """Trafficked persons by where they are in the process, and by whom venues serve where personnel are deployed."""
    levels, states = world.levels, world.recorder.states[world.step, 2:]
    in_venues, exploited = states[IN_VENUE], states[IN_VENUE] + states[PRIVATE]
    workers = in_venues + levels.sellers
    levels.true_exploited_persons = float(exploited)
    levels.exploited_private_persons = float(states[PRIVATE])
    levels.exploited_local_share = local / exploited if exploited > 0 else 0.0
    levels.in_transit_persons = float(states[RECRUITED] + states[IN_TRANSIT])
    levels.trafficked_share_of_workers = in_venues / workers if workers > 0.0 else 0.0
    levels.exploited_target_international = by_personnel
    levels.exploited_target_local = in_target - by_personnel
    levels.exploited_elsewhere = exploited - in_target


@kernel
def _context(world: World) -> None:
    """Security, host capacity and trust, population-weighted."""
    cells, countries, levels = world.cells, world.countries, world.levels
    levels.violence_index = _weighted(cells.violence, cells.population)
    levels.host_capacity = _weighted(countries.host_capacity, countries.population)
    levels.trust = _weighted(countries.trust, countries.population)


@kernel
def _observed(world: World) -> None:
    """What published figures would say: thinned, delayed, with error."""
    p, flows, levels = world.parameters, world.flows, world.levels
    share = ratio(flows.true_acts, flows.true_acts + flows.local_acts)
    quarter = int(world.week // QUARTER_WEEKS)
    noise = normal_quantile(uniform(world.seed, _OBSERVED, quarter, 0)) * p.observation.client_share_sd
    levels.observed_assisted_persons = flows.assisted_persons * p.assistance.p_recorded
    levels.observed_international_client_share = logistic(logit(share) + noise) if 0.0 < share < 1.0 else share


_compiled = direct(_take_levels)
PHASE = Phase(
    name="record",
    question="What was this step like? (reads everything, changes nothing)",
    run=run,
    draws=(Decision.OBSERVED_CLIENTS,),
)

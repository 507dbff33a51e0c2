"""Phase 5, supply: venues and networks enter and leave, with sunk costs and shared infrastructure.

Entry needs an expected profit above the annuity of the sunk cost, exit a loss beyond that of the closing cost, so that
between the two nothing moves (Dixit 1989). Past openings leave infrastructure that makes the next ones cheaper.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel
from sim.numerics import log, logistic, poisson_quantile
from sim.phases.supply.earnings import usual_return
from sim.rng import Decision, number, uniform
from sim.world.state import World

BY_NETWORK, BY_POLICE, DISSOLVED = 1, 2, 3
NEWCOMER, EXPANSION, REOPENING = 1.0, 2.0, 3.0
PERSONS_PER_ENTRY_RATE = 2e6
HALF_FULL = 0.5
_EXIT, _DORMANT = number(Decision.VENUE_EXIT), number(Decision.DORMANT_EXIT)
_ENTRY, _CHOICE = number(Decision.ENTRY), number(Decision.NETWORK_CHOICE)
_EXPANSION, _REOPEN = number(Decision.EXPANSION), number(Decision.REOPEN)


@dataclass(frozen=True)
class Prospects:
    """What an entrant expects: profit and fill of one more venue by cell, sunk cost by country."""

    profit: np.ndarray
    fill: np.ndarray
    sunk_cost: np.ndarray


@kernel
def p_enter(profit, sunk_cost, hurdle, scale):
    """Chance that an entry attempt succeeds: logistic((profit - hurdle * sunk cost) / scale); scale 0 is a threshold.

    The deterministic limit (scale 0) is the rule of limit test 6: enter where profit exceeds r K.
    """
    return _soft_steps(profit - hurdle * sunk_cost, scale)


@kernel
def p_leave(profit, exit_cost, hurdle, scale):
    """Chance that a venue should close: logistic((-hurdle * exit cost - profit) / scale); scale 0 is a threshold."""
    return _soft_steps(-hurdle * exit_cost - profit, scale)


@kernel
def _soft_steps(x, scale):
    """Logistic of x / scale, or the indicator of x > 0 where the scale is 0, elementwise."""
    chance = np.empty(x.size, np.float64)
    for i in range(x.size):
        chance[i] = _soft_step(x[i], scale)
    return chance


@kernel
def _soft_step(x, scale):
    """Logistic of x / scale, or the indicator of x > 0 where the scale is 0."""
    if scale > 0.0:
        return logistic(x / scale)
    return 1.0 if x > 0.0 else 0.0


def effective_sunk_cost(world: World) -> np.ndarray:
    """Sunk cost of a new venue in each country after infrastructure and knobs, USD, shape (n_countries,)."""
    p, built = world.parameters, world.countries.infrastructure
    if not p.switches.sunk_costs:
        return np.zeros(len(built))
    strength = p.entry.infrastructure_strength * p.switches.infrastructure
    saving = strength * built / (built + p.entry.infrastructure_half)
    return world.knobs.value("sunk_costs", p.entry.sunk_cost_usd) * (1.0 - saving)


def leave(world: World) -> None:
    """Mark venues whose networks give them up, and networks too small to go on."""
    venues, networks, p = world.venues, world.networks, world.parameters.entry
    exit_cost = p.exit_cost_usd if world.parameters.switches.sunk_costs else 0.0
    _give_up(
        world.seed,
        world.step,
        p.exit_rate_per_week,
        world.dt,
        exit_cost,
        p.hurdle_per_week,
        p.profit_scale_usd,
        venues.is_open,
        venues.key,
        venues.spell,
        venues.network,
        venues.profit,
        venues.is_closing,
        networks.cash,
    )
    ends = _ends(
        world.seed,
        world.step,
        world.dt / p.dormancy_weeks,
        world.parameters.networks.smallest_size,
        networks.is_active,
        networks.n_venues,
        networks.size,
        networks.key,
        networks.spell,
        networks.focal_effort,
    )
    if len(ends):
        _dissolve(world, ends)


@kernel
def _give_up(seed, step, rate, dt, exit_cost, hurdle, scale, is_open, key, spell, network, profit, is_closing, cash):
    """Mark venues that are given up, as often as they are worth giving up, and book what closing costs."""
    rows, earned, n_rows = np.empty(key.size, np.int64), np.empty(key.size, np.float64), 0
    for v in range(key.size):
        if is_open[v] and is_closing[v] == 0:
            rows[n_rows], earned[n_rows] = v, profit[v]
            n_rows += 1
    wants_out, closing = p_leave(earned[:n_rows], exit_cost, hurdle, scale), np.zeros(cash.size, np.int64)
    for r in range(n_rows):
        v = rows[r]
        if uniform(seed, _EXIT, step, key[v], spell[v]) < 1.0 - math.exp(-rate * wants_out[r] * dt):
            is_closing[v] = BY_NETWORK
            closing[network[v]] += 1
    for n in range(cash.size):
        cash[n] -= closing[n] * exit_cost


@kernel
def _ends(seed, step, hazard, smallest, is_active, n_venues, size, key, spell, focal_effort):
    """Networks that end: too small, or long without a venue; effort in other trades keeps a network going."""
    ending, n_ending = np.empty(key.size, np.int64), 0
    for n in range(key.size):
        if not is_active[n]:
            continue
        ends = size[n] < smallest
        if n_venues[n] == 0 and not ends:
            chance = 1.0 - math.exp(-hazard * focal_effort[n])
            ends = uniform(seed, _DORMANT, step, key[n], spell[n]) < chance
        if ends:
            ending[n_ending] = n
            n_ending += 1
    return ending[:n_ending]


def _dissolve(world: World, rows: np.ndarray) -> None:
    """End networks and mark their venues; what networks were starts afresh with their next spell."""
    networks, venues = world.networks, world.venues
    for network in rows.tolist():
        lived = (world.step - networks.entry_step[network]) * world.dt
        cell = int(networks.home_cell[network])
        world.events.emit(world.step, "network_dissolved", "network", int(networks.key[network]), cell, value=lived)
        networks.is_active[network] = False
        networks.size[network], networks.ties[network], networks.raid_risk[network] = 1.0, 0.0, 0.0
        networks.focal_effort[network], networks.profit[network], networks.cash[network] = 1.0, 0.0, 0.0
    _give_up_places(networks.is_active, venues.network, venues.is_open, venues.is_closing, venues.closed_by_police)


@kernel
def _give_up_places(is_active, network, is_open, is_closing, closed_by_police):
    """Venues of networks that have ended close, and do not open again after a raid."""
    for v in range(network.size):
        if not is_active[network[v]]:
            closed_by_police[v] = False
            if is_open[v]:
                is_closing[v] = DISSOLVED


def close_marked(world: World) -> None:
    """Close every venue marked this step, whoever closes it."""
    venues, networks = world.venues, world.networks
    for venue in venues.is_closing.nonzero()[0].tolist():
        reason = int(venues.is_closing[venue])
        world.events.emit(
            world.step, "venue_closed", "venue", int(venues.key[venue]), int(venues.cell[venue]), value=reason
        )
        world.count("venues_closed", 1.0)
        world.count("venues_closed_by_police", float(reason == BY_POLICE))
        venues.is_open[venue], venues.sellers[venue], venues.new_orders[venue] = False, 0, 0
        network = venues.network[venue]
        networks.n_venues[network] -= 1
        venues.closed_by_police[venue] = reason == BY_POLICE and networks.is_active[network]
        venues.profit[venue] = venues.person_return[venue] = 0.0


def enter(world: World, profit: np.ndarray, fill: np.ndarray) -> None:
    """Draw reopenings of venues closed by police, and newcomers and expansions in every cell."""
    p, cells, venues = world.parameters.entry, world.cells, world.venues
    prospects = Prospects(profit, fill, effective_sunk_cost(world))
    _reopen(world, prospects)
    chance = p_enter(profit, prospects.sunk_cost[cells.country], p.hurdle_per_week, p.profit_scale_usd)
    newcomers, expansions = _draw_entries(
        world.seed,
        world.step,
        world.dt,
        p.base_entries_per_week,
        p.entries_per_venue_week,
        chance,
        fill,
        world.knobs.values("entries", np.ones(len(prospects.sunk_cost))),
        cells.country,
        cells.population,
        cells.grid_cell,
        venues.is_open,
        venues.cell,
    )
    for c in (newcomers + expansions).nonzero()[0].tolist():
        for _ in range(newcomers[c]):
            _admit_newcomer(world, c, prospects)
        for attempt in range(expansions[c]):
            _admit_expansion(world, c, attempt, prospects)


@kernel
def _draw_entries(
    seed, step, dt, base_rate, rate_per_venue, chance, fill, of_country, country, population, grid_cell, is_open, cell
):
    """Poisson numbers of newcomers, by population, and of expansions, by venues there already, in each cell."""
    venues_here = np.zeros(chance.size, np.int64)
    for v in range(cell.size):
        if is_open[v]:
            venues_here[cell[v]] += 1
    newcomers, expansions = np.zeros(chance.size, np.int64), np.zeros(chance.size, np.int64)
    for c in range(chance.size):
        attempts = chance[c] * fill[c] / HALF_FULL * of_country[country[c]] * dt
        mean = attempts * base_rate * population[c] / PERSONS_PER_ENTRY_RATE
        newcomers[c] = poisson_quantile(mean, uniform(seed, _ENTRY, step, grid_cell[c]))
        mean = attempts * rate_per_venue * venues_here[c]
        expansions[c] = poisson_quantile(mean, uniform(seed, _CHOICE, step, grid_cell[c]))
    return newcomers, expansions


def _admit_newcomer(world: World, cell: int, prospects: Prospects) -> None:
    """Let the first idle entrant of a cell open a venue there; nothing happens when all are in."""
    networks, venues = world.networks, world.venues
    network = _first_idle(cell, networks.home_cell, networks.is_active)
    if network < 0:
        return
    networks.is_active[network] = True
    networks.spell[network] += 1
    networks.entry_step[network] = world.step
    world.events.emit(world.step, "network_entered", "network", int(networks.key[network]), int(cell))
    _open(world, _vacant_venue(network, venues.network, venues.is_open), cell, NEWCOMER, prospects)


@kernel
def _first_idle(cell, home_cell, is_active):
    """First network at home in a cell that is not active; -1 where all are."""
    for n in range(home_cell.size):
        if home_cell[n] == cell and not is_active[n]:
            return n
    return -1


@kernel
def _vacant_venue(network, network_of_venue, is_open):
    """First of a network's venues that is not open; -1 where all are."""
    for v in range(is_open.size):
        if network_of_venue[v] == network and not is_open[v]:
            return v
    return -1


def _admit_expansion(world: World, cell: int, attempt: int, prospects: Prospects) -> None:
    """Let an active network with a free place open a venue in a cell; near and well-staffed ones are likelier."""
    networks, venues = world.networks, world.venues
    venue = _choose_expansion(
        world.seed,
        world.step,
        int(world.cells.grid_cell[cell]) * 64 + attempt,
        world.parameters.entry.relocation_distance_km,
        world.cell_distance_km[:, cell],
        networks.is_active,
        networks.home_cell,
        networks.size,
        networks.focal_effort,
        networks.key,
        networks.spell,
        venues.network,
        venues.is_open,
    )
    if venue >= 0:
        _open(world, venue, cell, EXPANSION, prospects)


@kernel
def _choose_expansion(
    seed,
    step,
    sub,
    distance_scale,
    distance_km,
    is_active,
    home_cell,
    size,
    focal_effort,
    key,
    spell,
    network_of_venue,
    is_open,
):
    """Vacant venue of the network of highest utility plus Gumbel shock: log of its active members, less distance; -1 if none."""
    vacant = np.full(key.size, -1, np.int64)
    for v in range(is_open.size - 1, -1, -1):
        if not is_open[v]:
            vacant[network_of_venue[v]] = v
    chosen, best = -1, -np.inf
    for n in range(key.size):
        if is_active[n] and vacant[n] >= 0:
            utility = log(size[n] * max(focal_effort[n], 1e-9)) - distance_km[home_cell[n]] / distance_scale
            utility -= log(-log(uniform(seed, _EXPANSION, step, key[n], spell[n], sub)))
            if chosen < 0 or utility > best:
                chosen, best = vacant[n], utility
    return chosen


def _reopen(world: World, prospects: Prospects) -> None:
    """Let venues closed by police open again where that still pays."""
    venues, p = world.venues, world.parameters.entry
    cheaper = Prospects(prospects.profit, prospects.fill, prospects.sunk_cost * p.reopening_cost_share)
    reopening = _draw_reopenings(
        world.seed,
        world.step,
        p.reopening_per_week * world.dt,
        p.hurdle_per_week,
        p.profit_scale_usd,
        cheaper.profit,
        cheaper.sunk_cost,
        world.cells.country,
        venues.closed_by_police,
        venues.cell,
        venues.key,
        venues.spell,
    )
    for venue in reopening.tolist():
        _open(world, venue, int(venues.cell[venue]), REOPENING, cheaper)


@kernel
def _draw_reopenings(seed, step, rate, hurdle, scale, profit, sunk_cost, country, closed_by_police, cell, key, spell):
    """Venues closed by police that open now, as often as it pays where they are."""
    rows, n = np.empty(key.size, np.int64), 0
    for v in range(key.size):
        if closed_by_police[v]:
            pays = _soft_step(profit[cell[v]] - hurdle * sunk_cost[country[cell[v]]], scale)
            if uniform(seed, _REOPEN, step, key[v], spell[v]) < 1.0 - math.exp(-rate * pays):
                rows[n] = v
                n += 1
    return rows[:n]


def _open(world: World, venue: int, cell: int, how: float, prospects: Prospects) -> None:
    """Open a venue in a cell and book its sunk cost; it starts with what its owner expects of it."""
    venues, networks, country = world.venues, world.networks, int(world.cells.country[cell])
    network = int(venues.network[venue])
    venues.is_open[venue], venues.cell[venue], venues.closed_by_police[venue] = True, cell, False
    venues.spell[venue] += 1
    venues.opened_step[venue] = world.step
    venues.is_hidden[venue] = False
    venues.profit[venue] = max(float(prospects.profit[cell]), 0.0)
    venues.expected_fill[venue] = max(float(prospects.fill[cell]), HALF_FULL)
    venues.person_return[venue] = usual_return(world)
    networks.cash[network] -= float(prospects.sunk_cost[country])
    networks.n_venues[network] += 1
    networks.last_venue_step[network] = world.step
    world.countries.infrastructure[country] += 1.0 / world.scale
    world.count("venues_opened", 1.0)
    world.events.emit(world.step, "venue_opened", "venue", int(venues.key[venue]), cell, value=how)


def wear_out_infrastructure(world: World) -> None:
    """Let shared infrastructure decay."""
    world.countries.infrastructure[:] *= math.exp(-world.parameters.entry.infrastructure_decay_per_week * world.dt)

"""Phase 5, supply: venues and networks enter and leave, with sunk costs and shared infrastructure.

Entry needs an expected profit above the annuity of the sunk cost, exit a loss beyond that of the closing cost, so that
between the two nothing moves (Dixit 1989). Past openings leave infrastructure that makes the next ones cheaper.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.numerics import poisson_quantile
from sim.phases.supply.opening import HALF_FULL, Prospects, admit_expansion, admit_newcomer, reopen, soft_step
from sim.rng import Decision, number, uniform
from sim.world.state import World

BY_NETWORK, BY_POLICE, DISSOLVED = 1, 2, 3
PERSONS_PER_ENTRY_RATE = 2e6
_EXIT, _DORMANT = number(Decision.VENUE_EXIT), number(Decision.DORMANT_EXIT)
_ENTRY, _CHOICE = number(Decision.ENTRY), number(Decision.NETWORK_CHOICE)


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
        chance[i] = soft_step(x[i], scale)
    return chance


def effective_sunk_cost(world: World) -> np.ndarray:
    """Sunk cost of a new venue in each country after infrastructure and knobs, USD, shape (n_countries,)."""
    p, built = world.parameters, world.countries.infrastructure
    if not p.switches.sunk_costs:
        return np.zeros(len(built))
    strength = p.entry.infrastructure_strength * p.switches.infrastructure
    full = world.knobs.value("sunk_costs", p.entry.sunk_cost_usd)
    return _sunk_cost(full, strength, p.entry.infrastructure_half, built)  # type: ignore[no-any-return]


@kernel
def _sunk_cost(full, strength, half, built):
    """What is left of the full cost after infrastructure has saved a share that saturates."""
    cost = np.empty(built.size, np.float64)
    for c in range(built.size):
        cost[c] = full * (1.0 - strength * built[c] / (built[c] + half))
    return cost


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
        world.events.emit(world.step, "network_dissolved", int(networks.key[network]), cell, value=lived)
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
        world.events.emit(world.step, "venue_closed", int(venues.key[venue]), int(venues.cell[venue]), value=reason)
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
    reopen(world, prospects)
    newcomers, expansions = _draw_entries(
        world.seed,
        world.step,
        world.dt,
        p.base_entries_per_week,
        p.entries_per_venue_week,
        p.hurdle_per_week,
        p.profit_scale_usd,
        profit,
        prospects.sunk_cost,
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
            admit_newcomer(world, c, prospects)
        for attempt in range(expansions[c]):
            admit_expansion(world, c, attempt, prospects)


@kernel
def _draw_entries(
    seed,
    step,
    dt,
    base_rate,
    rate_per_venue,
    hurdle,
    scale,
    profit,
    sunk_cost,
    fill,
    of_country,
    country,
    population,
    grid_cell,
    is_open,
    cell,
):
    """Poisson numbers of newcomers, by population, and of expansions, by venues there already, in each cell."""
    venues_here = np.zeros(profit.size, np.int64)
    for v in range(cell.size):
        if is_open[v]:
            venues_here[cell[v]] += 1
    chance = p_enter(profit, sunk_cost[country], hurdle, scale)
    newcomers, expansions = np.zeros(profit.size, np.int64), np.zeros(profit.size, np.int64)
    for c in range(profit.size):
        attempts = chance[c] * fill[c] / HALF_FULL * of_country[country[c]] * dt
        mean = attempts * base_rate * population[c] / PERSONS_PER_ENTRY_RATE
        newcomers[c] = poisson_quantile(mean, uniform(seed, _ENTRY, step, grid_cell[c]))
        mean = attempts * rate_per_venue * venues_here[c]
        expansions[c] = poisson_quantile(mean, uniform(seed, _CHOICE, step, grid_cell[c]))
    return newcomers, expansions


def wear_out_infrastructure(world: World) -> None:
    """Let shared infrastructure decay."""
    world.countries.infrastructure[:] *= math.exp(-world.parameters.entry.infrastructure_decay_per_week * world.dt)

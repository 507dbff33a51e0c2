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
from sim.numerics import logistic, logs, poisson_quantile
from sim.phases.supply.earnings import usual_return
from sim.rng import Decision, number, uniform, uniforms
from sim.world.state import World

BY_NETWORK, BY_POLICE, DISSOLVED = 1, 2, 3
NEWCOMER, EXPANSION, REOPENING = 1.0, 2.0, 3.0
PERSONS_PER_ENTRY_RATE = 2e6
HALF_FULL = 0.5
_EXIT, _DORMANT = number(Decision.VENUE_EXIT), number(Decision.DORMANT_EXIT)
_ENTRY, _CHOICE = number(Decision.ENTRY), number(Decision.NETWORK_CHOICE)


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
        if scale > 0.0:
            chance[i] = logistic(x[i] / scale)
        else:
            chance[i] = 1.0 if x[i] > 0.0 else 0.0
    return chance


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
    if ends.any():
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
    """Whether each network ends: it is too small, or long without a venue; effort in other trades keeps it going."""
    ends = np.zeros(key.size, np.bool_)
    for n in range(key.size):
        if is_active[n]:
            ends[n] = size[n] < smallest
        if is_active[n] and n_venues[n] == 0 and not ends[n]:
            chance = 1.0 - math.exp(-hazard * focal_effort[n])
            ends[n] = uniform(seed, _DORMANT, step, key[n], spell[n]) < chance
    return ends


def _dissolve(world: World, rows: np.ndarray) -> None:
    """End networks and mark their venues; what networks were starts afresh with their next spell."""
    networks, venues = world.networks, world.venues
    venues.is_closing[venues.is_open & rows[venues.network]] = DISSOLVED
    for network in rows.nonzero()[0]:
        lived = (world.step - networks.entry_step[network]) * world.dt
        cell = int(networks.home_cell[network])
        world.events.emit(world.step, "network_dissolved", "network", int(networks.key[network]), cell, value=lived)
        networks.is_active[network] = False
        networks.size[network], networks.ties[network], networks.raid_risk[network] = 1.0, 0.0, 0.0
        networks.focal_effort[network], networks.profit[network], networks.cash[network] = 1.0, 0.0, 0.0
    venues.closed_by_police &= networks.is_active[venues.network]


def close_marked(world: World) -> None:
    """Close every venue marked this step, whoever closes it."""
    venues, networks = world.venues, world.networks
    marked = venues.is_closing.nonzero()[0]
    if not len(marked):
        return
    for venue in marked:
        reason = int(venues.is_closing[venue])
        world.events.emit(
            world.step, "venue_closed", "venue", int(venues.key[venue]), int(venues.cell[venue]), value=reason
        )
        world.count("venues_closed", 1.0)
        world.count("venues_closed_by_police", float(reason == BY_POLICE))
        venues.is_open[venue], venues.sellers[venue], venues.new_orders[venue] = False, 0, 0
        venues.closed_by_police[venue] = reason == BY_POLICE
        venues.profit[venue] = venues.person_return[venue] = 0.0
    networks.n_venues[:] = np.bincount(venues.network, venues.is_open, len(networks)).astype(np.int64)
    venues.closed_by_police &= networks.is_active[venues.network]


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
    networks = world.networks
    idle = np.flatnonzero((networks.home_cell == cell) & ~networks.is_active)
    if not len(idle):
        return
    network = int(idle[0])
    networks.is_active[network] = True
    networks.spell[network] += 1
    networks.entry_step[network] = world.step
    world.events.emit(world.step, "network_entered", "network", int(networks.key[network]), int(cell))
    _open(world, _vacant_venue(world, network), cell, NEWCOMER, prospects)


def _admit_expansion(world: World, cell: int, attempt: int, prospects: Prospects) -> None:
    """Let an active network with a free place open a venue in a cell; near and well-staffed ones are likelier."""
    networks, venues = world.networks, world.venues
    has_room = np.bincount(venues.network, ~venues.is_open, len(networks)) > 0
    able = np.flatnonzero(networks.is_active & has_room)
    if not len(able):
        return
    distance = world.cell_distance_km[networks.home_cell[able], cell] / world.parameters.entry.relocation_distance_km
    strength = logs(networks.size[able] * np.maximum(networks.focal_effort[able], 1e-9))
    sub = int(world.cells.grid_cell[cell]) * 64 + attempt
    draws = uniforms(world.seed, int(Decision.EXPANSION), world.step, networks.key[able], networks.spell[able], sub)
    network = int(able[int(np.argmax(strength - distance - logs(-logs(draws))))])
    _open(world, _vacant_venue(world, network), cell, EXPANSION, prospects)


def _vacant_venue(world: World, network: int) -> int:
    """First of a network's venues that is not open."""
    venues = world.venues
    return int(np.flatnonzero((venues.network == network) & ~venues.is_open)[0])


def _reopen(world: World, prospects: Prospects) -> None:
    """Let venues closed by police open again where that still pays."""
    venues, p = world.venues, world.parameters.entry
    closed = venues.closed_by_police.nonzero()[0]
    if not len(closed):
        return
    cheaper = Prospects(prospects.profit, prospects.fill, prospects.sunk_cost * p.reopening_cost_share)
    cells = venues.cell[closed]
    sunk = cheaper.sunk_cost[world.cells.country[cells]]
    pays = p_enter(prospects.profit[cells], sunk, p.hurdle_per_week, p.profit_scale_usd)
    draws = uniforms(world.seed, int(Decision.REOPEN), world.step, venues.key[closed], venues.spell[closed])
    for venue in closed[draws < 1.0 - np.exp(-p.reopening_per_week * pays * world.dt)].tolist():
        _open(world, venue, int(venues.cell[venue]), REOPENING, cheaper)


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

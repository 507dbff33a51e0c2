"""Phase 5, supply: venues and networks enter and leave, with sunk costs and shared infrastructure.

Entry needs an expected profit above the annuity of the sunk cost, exit a loss beyond that of the closing cost, so that
between the two nothing moves (Dixit 1989). Past openings leave infrastructure that makes the next ones cheaper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.numerics import logistics, logs, poisson_quantile
from sim.rng import Decision, uniforms
from sim.world.state import World

BY_NETWORK, BY_POLICE, DISSOLVED = 1, 2, 3
NEWCOMER, EXPANSION, REOPENING = 1.0, 2.0, 3.0
PERSONS_PER_ENTRY_RATE = 2e6
HALF_FULL = 0.5


@dataclass(frozen=True)
class Prospects:
    """What an entrant expects: profit and fill of one more venue by cell, sunk cost by country."""

    profit: np.ndarray
    fill: np.ndarray
    sunk_cost: np.ndarray


def p_enter(profit: np.ndarray, sunk_cost: float, hurdle: float, scale: float) -> np.ndarray:
    """Chance that an entry attempt succeeds: logistic((profit - hurdle * sunk cost) / scale); scale 0 is a threshold.

    The deterministic limit (scale 0) is the rule of limit test 6: enter where profit exceeds r K.
    """
    return _soft_step(np.asarray(profit, np.float64) - hurdle * sunk_cost, scale)


def p_leave(profit: np.ndarray, exit_cost: float, hurdle: float, scale: float) -> np.ndarray:
    """Chance that a venue should close: logistic((-hurdle * exit cost - profit) / scale); scale 0 is a threshold."""
    return _soft_step(-hurdle * exit_cost - np.asarray(profit, np.float64), scale)


def _soft_step(x: np.ndarray, scale: float) -> np.ndarray:
    """Logistic of x / scale, or the indicator of x > 0 where the scale is 0."""
    if scale <= 0.0:
        return (x > 0.0).astype(np.float64)
    return logistics(np.atleast_1d(x / scale)).reshape(x.shape)


def effective_sunk_cost(world: World) -> np.ndarray:
    """Sunk cost of a new venue in each country after infrastructure and knobs, USD, shape (n_countries,)."""
    p = world.parameters
    if not p.switches.sunk_costs:
        return np.zeros(len(world.countries))
    saving = np.zeros(len(world.countries))
    if p.switches.infrastructure:
        built = world.countries.infrastructure
        saving = p.entry.infrastructure_strength * built / (built + p.entry.infrastructure_half)
    return world.knobs.value("sunk_costs", p.entry.sunk_cost_usd) * (1.0 - saving)


def leave(world: World) -> None:
    """Mark venues whose networks give them up, and networks too small to go on."""
    venues, networks, p = world.venues, world.networks, world.parameters
    exit_cost = p.entry.exit_cost_usd if p.switches.sunk_costs else 0.0
    rows = np.flatnonzero(venues.is_open & (venues.is_closing == 0))
    wants_out = p_leave(venues.profit[rows], exit_cost, p.entry.hurdle_per_week, p.entry.profit_scale_usd)
    draws = uniforms(world.seed, int(Decision.VENUE_EXIT), world.step, venues.key[rows], venues.spell[rows])
    gives_up = rows[draws < 1.0 - np.exp(-p.entry.exit_rate_per_week * wants_out * world.dt)]
    venues.is_closing[gives_up] = BY_NETWORK
    networks.cash[:] -= np.bincount(venues.network[gives_up], minlength=len(networks)) * exit_cost
    too_small = networks.is_active & (networks.size < p.networks.smallest_size)
    broken = venues.is_open & too_small[venues.network]
    venues.is_closing[broken] = np.maximum(venues.is_closing[broken], DISSOLVED)
    _dissolve(world, too_small | _dormant_too_long(world))


def _dormant_too_long(world: World) -> np.ndarray:
    """Networks without a venue that give up; effort in other trades keeps them going longer."""
    networks, p = world.networks, world.parameters.entry
    rows = np.flatnonzero(networks.is_active & (networks.n_venues == 0))
    chance = 1.0 - np.exp(-world.dt / p.dormancy_weeks * networks.focal_effort[rows])
    draws = uniforms(world.seed, int(Decision.DORMANT_EXIT), world.step, networks.key[rows], networks.spell[rows])
    gives_up = np.zeros(len(networks), np.bool_)
    gives_up[rows[draws < chance]] = True
    return gives_up


def _dissolve(world: World, rows: np.ndarray) -> None:
    """End networks; what they were starts afresh with their next spell."""
    networks, venues = world.networks, world.venues
    for network in np.flatnonzero(rows):
        lived = (world.step - networks.entry_step[network]) * world.dt
        cell = int(networks.home_cell[network])
        world.events.emit(world.step, "network_dissolved", "network", int(networks.key[network]), cell, value=lived)
        networks.is_active[network] = False
        networks.size[network], networks.ties[network], networks.raid_risk[network] = 1.0, 0.0, 0.0
        networks.focal_effort[network], networks.profit[network], networks.cash[network] = 1.0, 0.0, 0.0
    venues.closed_by_police[rows[venues.network] & ~venues.is_open] = False


def close_marked(world: World) -> None:
    """Close every venue marked this step, whoever closes it."""
    venues, networks = world.venues, world.networks
    for venue in np.flatnonzero(venues.is_closing > 0):
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
    p, cells = world.parameters.entry, world.cells
    prospects = Prospects(profit, fill, effective_sunk_cost(world))
    _reopen(world, prospects)
    chance = np.zeros(len(cells))
    for country in range(len(world.countries)):
        own = cells.country == country
        sunk = float(prospects.sunk_cost[country])
        chance[own] = p_enter(profit[own], sunk, p.hurdle_per_week, p.profit_scale_usd)
    per_country = world.knobs.values("entries", np.ones(len(world.countries)))
    attempts = chance * fill / HALF_FULL * per_country[cells.country] * world.dt
    venues_here = np.bincount(np.where(world.venues.is_open, world.venues.cell, 0), world.venues.is_open, len(cells))
    newcomers = attempts * p.base_entries_per_week * cells.population / PERSONS_PER_ENTRY_RATE
    expansions = attempts * p.entries_per_venue_week * venues_here
    first = uniforms(world.seed, int(Decision.ENTRY), world.step, cells.grid_cell, np.zeros_like(cells.grid_cell))
    second = uniforms(
        world.seed, int(Decision.NETWORK_CHOICE), world.step, cells.grid_cell, np.zeros_like(cells.grid_cell)
    )
    for c in range(len(cells)):
        for _ in range(poisson_quantile(newcomers[c], first[c])):
            _admit_newcomer(world, c, prospects)
        for attempt in range(poisson_quantile(expansions[c], second[c])):
            _admit_expansion(world, c, attempt, prospects)


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
    closed = np.flatnonzero(venues.closed_by_police & ~venues.is_open)
    if not len(closed):
        return
    cheaper = Prospects(prospects.profit, prospects.fill, prospects.sunk_cost * p.reopening_cost_share)
    cells = venues.cell[closed]
    sunk = cheaper.sunk_cost[world.cells.country[cells]]
    pays = p_enter(prospects.profit[cells] - p.hurdle_per_week * sunk, 0.0, p.hurdle_per_week, p.profit_scale_usd)
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
    venues.person_return[venue] = _usual_return(world)
    networks.cash[network] -= float(prospects.sunk_cost[country])
    networks.n_venues[network] += 1
    networks.last_venue_step[network] = world.step
    world.countries.infrastructure[country] += 1.0 / world.scale
    world.count("venues_opened", 1.0)
    world.events.emit(world.step, "venue_opened", "venue", int(venues.key[venue]), cell, value=how)


def _usual_return(world: World) -> float:
    """Mean net return per person over venues with persons working; 0 where there are none."""
    venues = world.venues
    working = venues.is_open & (venues.persons + venues.sellers > 0)
    return float(venues.person_return[working].mean()) if working.any() else 0.0


def wear_out_infrastructure(world: World) -> None:
    """Let shared infrastructure decay."""
    world.countries.infrastructure[:] *= np.exp(-world.parameters.entry.infrastructure_decay_per_week * world.dt)

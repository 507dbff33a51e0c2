"""Phase 5, supply: what networks earn, pay and build up with it.

Profit is smoothed; part of revenue buys official ties, which save costs; members lost regrow at a cost; effort moves
between this market and two other illicit trades as returns change, so that a falling market moves capacity instead of
deleting it (Clark & Sharkey; NarcoLogic).
"""

from __future__ import annotations

import numpy as np

from sim.world.state import World

N_TRADES = 3


def run(world: World) -> None:
    """Book this step's revenue and costs, then update ties, membership and effort."""
    venues, networks, p = world.venues, world.networks, world.parameters
    profit, bribes = venue_profit(world)
    rate = 1.0 - np.exp(-world.dt / p.entry.profit_memory_weeks)
    venues.profit[:] = np.where(venues.is_open, venues.profit + rate * (profit - venues.profit), 0.0)
    workers = venues.persons + venues.sellers
    earned = np.divide(venues.revenue / world.dt, workers, out=np.zeros(len(venues)), where=workers > 0)
    net = earned - p.venues.cost_person_usd
    venues.person_return[:] = np.where(
        workers > 0, venues.person_return + rate * (net - venues.person_return), venues.person_return
    )
    n = len(networks)
    running = np.bincount(venues.network, np.where(venues.is_open, profit, 0.0), n)
    networks.cash[:] += running * world.dt - networks.fined
    networks.n_venues[:] = np.bincount(venues.network, venues.is_open, n).astype(np.int64)
    networks.profit[:] = np.divide(
        np.bincount(venues.network, np.where(venues.is_open, venues.profit, 0.0), n),
        networks.n_venues,
        out=np.zeros(n),
        where=networks.n_venues > 0,
    )
    _build_ties(world, np.bincount(venues.network, bribes, n))
    _regrow(world)
    _shift_effort(world)


def venue_profit(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Profit and bribes of each venue, USD per week: revenue less sellers' part, bribes and running costs."""
    venues, p = world.venues, world.parameters
    workers = venues.persons + venues.sellers
    sellers_part = np.divide(venues.sellers, workers, out=np.zeros(len(venues)), where=workers > 0)
    weekly = venues.revenue / world.dt
    kept = weekly * (1.0 - p.venues.seller_income_share * sellers_part)
    bribes = (
        np.where(venues.is_open, weekly * p.networks.bribe_share, 0.0) if p.switches.ties else np.zeros(len(venues))
    )
    costs = running_costs(world, workers) * (1.0 - p.networks.ties_cost_saving * world.networks.ties[venues.network])
    return np.where(venues.is_open, kept - bribes - costs, 0.0), bribes


def running_costs(world: World, workers: np.ndarray | float) -> np.ndarray:
    """Running costs of a venue with a number of persons working, USD per week, before savings through ties."""
    p = world.parameters.venues
    return world.knobs.value("running_costs", 1.0) * (
        p.cost_venue_usd + p.cost_person_usd * np.asarray(workers, np.float64)
    )


def network_income_share(world: World) -> float:
    """Part of revenue networks keep after sellers and bribes, over the whole region; 1 without revenue."""
    venues, p = world.venues, world.parameters
    workers = venues.persons + venues.sellers
    sellers_part = np.divide(venues.sellers, workers, out=np.zeros(len(venues)), where=workers > 0)
    total = venues.revenue.sum()
    if total <= 0.0:
        return 1.0 - p.networks.bribe_share * p.switches.ties
    kept = 1.0 - p.venues.seller_income_share * float((venues.revenue * sellers_part).sum() / total)
    return kept - p.networks.bribe_share * p.switches.ties


def _build_ties(world: World, bribes: np.ndarray) -> None:
    """Let official ties grow with bribes (saturating) and facilitators, and decay."""
    networks, p = world.networks, world.parameters
    if not p.switches.ties:
        return
    intensity = bribes / (bribes + p.venues.cost_venue_usd + 1e-9)
    networks.ties[:] += world.dt * (
        p.networks.ties_gain_per_week * intensity * (1.0 - networks.ties)
        - p.networks.ties_decay_per_week * networks.ties
    )
    for cell in world.billets.cell[world.billets.new_facilitator].tolist():
        home = np.flatnonzero(networks.is_active & (networks.home_cell == cell))
        if len(home):
            networks.ties[home[0]] += p.involvement.facilitator_ties
    networks.ties[:] = np.clip(networks.ties, 0.0, 1.0)


def _regrow(world: World) -> None:
    """Members regrow at a cost; a knob may take members away each week."""
    networks, p = world.networks, world.parameters.networks
    gap = np.where(networks.is_active, 1.0 - networks.size, 0.0)
    grown = gap * (1.0 - np.exp(-p.regrowth_per_week * world.dt))
    networks.size[:] += grown
    networks.cash[:] -= grown * p.regrowth_cost_usd
    loss = world.knobs.value("network_loss", 0.0)
    if loss > 0.0:
        networks.size[:] = np.where(networks.is_active, networks.size * (1.0 - loss) ** world.dt, networks.size)


def effort_shares(focal_return: np.ndarray, other_return: float, scale: float) -> np.ndarray:
    """Share of effort in this market against two other trades of equal return: softmax of return / scale.

    Limits: equal returns give 1/3; a return far above the others gives 1, far below 0. Shape as ``focal_return``.
    """
    advantage = np.clip((focal_return - other_return) / scale, -500.0, 500.0)
    return 1.0 / (1.0 + (N_TRADES - 1) * np.exp(-advantage))


def _shift_effort(world: World) -> None:
    """Move effort between trades towards what present returns justify."""
    networks, p = world.networks, world.parameters
    if not p.switches.diversification:
        return
    target = effort_shares(networks.profit, p.networks.other_trade_return_usd, p.networks.diversification_scale_usd)
    rate = 1.0 - np.exp(-world.dt / p.networks.diversification_memory_weeks)
    networks.focal_effort[:] = np.where(
        networks.is_active, networks.focal_effort + rate * (target - networks.focal_effort), networks.focal_effort
    )


def focal_capacity(world: World) -> np.ndarray:
    """Part of its places each network keeps in use, 0..1: effort in this market relative to an equal split."""
    effort = np.minimum(1.0, N_TRADES * world.networks.focal_effort)
    return np.minimum(effort, world.networks.size) * world.knobs.value("network_ceiling", 1.0)

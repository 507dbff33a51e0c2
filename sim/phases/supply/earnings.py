"""Phase 5, supply: what networks earn, pay and build up with it.

Profit is smoothed; part of revenue buys official ties, which save costs; members lost regrow at a cost; effort moves
between this market and two other illicit trades as returns change, so that a falling market moves capacity instead of
deleting it (Clark & Sharkey; NarcoLogic).
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.knobs import with_probability
from sim.numerics import exp, ratio, total
from sim.tables import Reals
from sim.world.state import World

N_TRADES = 3


@kernel
def earn(world: World) -> None:
    """Book this step's revenue and costs, then update ties, membership and effort."""
    bribes = _book(world)
    if world.parameters.switches.ties:
        _build_ties(world, bribes)
    _regrow(world)
    if world.parameters.switches.diversification:
        _shift_effort(world)


@kernel
def _book(world: World) -> Reals:
    """Smooth the profit of venues and their net return per person working; returns bribes by network, USD per week."""
    venues, networks, p = world.venues, world.networks, world.parameters
    memory = 1.0 - math.exp(-world.dt / p.entry.profit_memory_weeks)
    earned, bribed = np.zeros(len(networks)), np.zeros(len(networks))
    networks.n_venues[:] = 0
    networks.profit[:] = 0.0
    for v in range(len(venues)):
        n, workers = venues.network[v], venues.persons[v] + venues.sellers[v]
        if workers > 0:
            brings = venues.revenue[v] / world.dt / workers - p.venues.cost_person_usd
            venues.person_return[v] += memory * (brings - venues.person_return[v])
        if not venues.is_open[v]:
            venues.profit[v] = 0.0
            continue
        profit, bribes = venue_profit(world, v)
        venues.profit[v] = venues.profit[v] + memory * (profit - venues.profit[v])
        earned[n] += profit
        bribed[n] += bribes
        networks.n_venues[n] += 1
        networks.profit[n] += venues.profit[v]
    for n in range(len(networks)):
        networks.cash[n] += earned[n] * world.dt - networks.fined[n]
        networks.profit[n] = ratio(networks.profit[n], networks.n_venues[n])
    return bribed


@kernel
def venue_profit(world: World, venue: int) -> tuple[float, float]:
    """Profit and bribes of an open venue with those who work there now, USD per week.

    Profit is revenue less sellers' part, bribes and running costs, of which official ties save a part.
    """
    venues, p = world.venues, world.parameters
    sellers, ties = venues.sellers[venue], world.networks.ties[venues.network[venue]]
    workers, weekly = venues.persons[venue] + sellers, venues.revenue[venue] / world.dt
    kept = weekly * (1.0 - p.venues.seller_income_share * ratio(sellers, workers))
    bribes = weekly * bribe_share(world)
    return kept - bribes - running_costs(world, workers) * (1.0 - p.networks.ties_cost_saving * ties), bribes


@kernel
def bribe_share(world: World) -> float:
    """Part of revenue that goes to officials."""
    return world.parameters.networks.bribe_share if world.parameters.switches.ties else 0.0


@kernel
def running_costs(world: World, workers: float) -> float:
    """Running costs of a venue with a number of persons working, USD per week, before savings through ties."""
    p = world.parameters.venues
    return world.effects.running_costs * (p.cost_venue_usd + p.cost_person_usd * workers)


@kernel
def usual_return(world: World) -> float:
    """Mean net return per person over open venues with persons working, USD per week; 0 where there are none."""
    venues = world.venues
    working, n = np.empty(len(venues)), 0
    for v in range(len(venues)):
        if venues.is_open[v] and venues.persons[v] + venues.sellers[v] > 0:
            working[n] = venues.person_return[v]
            n += 1
    return ratio(total(working[:n]), n)


@kernel
def network_income_share(world: World) -> float:
    """Part of revenue networks keep after sellers, weighted by revenue, and bribes; less bribes alone without revenue."""
    venues, by_sellers = world.venues, np.empty(len(world.venues))
    earned = total(venues.revenue)
    if earned <= 0.0:
        return 1.0 - bribe_share(world)
    for v in range(len(venues)):
        by_sellers[v] = venues.revenue[v] * ratio(venues.sellers[v], venues.persons[v] + venues.sellers[v])
    seller_share = world.parameters.venues.seller_income_share
    return 1.0 - seller_share * (total(by_sellers) / earned) - bribe_share(world)


@kernel
def _build_ties(world: World, bribes: Reals) -> None:
    """Official ties, 0..1, grow with bribes (saturating) and decay; a facilitator helps the first network at home nearby."""
    networks, billets, muster, p = world.networks, world.billets, world.muster, world.parameters
    half_bribes, decay = p.venues.cost_venue_usd, p.networks.ties_decay_per_week
    for n in range(len(networks)):
        intensity = bribes[n] / (bribes[n] + half_bribes + 1e-9)
        gain = p.networks.ties_gain_per_week * intensity * (1.0 - networks.ties[n])
        networks.ties[n] += world.dt * (gain - decay * networks.ties[n])
    for i in range(muster.n_seekers):
        if billets.new_facilitator[muster.seekers[i]]:
            _help(world, billets.cell[muster.seekers[i]])
    for n in range(len(networks)):
        networks.ties[n] = min(max(networks.ties[n], 0.0), 1.0)


@kernel
def _help(world: World, cell: int) -> None:
    """A facilitator in a cell adds to the ties of the first active network at home there."""
    networks = world.networks
    for n in range(len(networks)):
        if networks.is_active[n] and networks.home_cell[n] == cell:
            networks.ties[n] += world.parameters.involvement.facilitator_ties
            break


@kernel
def _regrow(world: World) -> None:
    """Active networks regain a share of the members they miss, pay for it, and keep what a loss each week leaves."""
    networks, p = world.networks, world.parameters.networks
    regrown = 1.0 - math.exp(-p.regrowth_per_week * world.dt)
    left = (1.0 - with_probability(0.0, world.effects.network_loss)) ** world.dt
    for n in range(len(networks)):
        if networks.is_active[n]:
            grown = (1.0 - networks.size[n]) * regrown
            networks.size[n] = (networks.size[n] + grown) * left
            networks.cash[n] -= grown * p.regrowth_cost_usd


@kernel
def _shift_effort(world: World) -> None:
    """Active networks move effort between trades part of the way towards what present returns justify."""
    networks, p = world.networks, world.parameters.networks
    rate = 1.0 - math.exp(-world.dt / p.diversification_memory_weeks)
    target = effort_shares(networks.profit, p.other_trade_return_usd, p.diversification_scale_usd)
    for n in range(len(networks)):
        if networks.is_active[n]:
            networks.focal_effort[n] = networks.focal_effort[n] + rate * (target[n] - networks.focal_effort[n])


@kernel
def effort_shares(focal_return: Reals, other_return: float, scale: float) -> Reals:
    """Share of effort in this market against two other trades of equal return: softmax of return / scale.

    Limits: equal returns give 1/3; a return far above the others gives 1, far below 0. Shape as ``focal_return``.
    """
    share = np.empty(focal_return.size)
    for n in range(focal_return.size):
        share[n] = 1.0 / (1.0 + (N_TRADES - 1) * exp((other_return - focal_return[n]) / scale))
    return share


@kernel
def focal_capacity(world: World, network: int) -> float:
    """Part of its places a network keeps in use, 0..1: effort in this market relative to an equal split."""
    networks = world.networks
    in_use = min(1.0, N_TRADES * networks.focal_effort[network], networks.size[network])
    return in_use * min(1.0, world.effects.network_ceiling)

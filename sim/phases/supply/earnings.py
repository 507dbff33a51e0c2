"""Phase 5, supply: what networks earn, pay and build up with it.

Profit is smoothed; part of revenue buys official ties, which save costs; members lost regrow at a cost; effort moves
between this market and two other illicit trades as returns change, so that a falling market moves capacity instead of
deleting it (Clark & Sharkey; NarcoLogic).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, ratio, total
from sim.world.state import World

N_TRADES = 3


def run(world: World) -> None:
    """Book this step's revenue and costs, then update ties, membership and effort."""
    bribes = _book(world)
    _build_ties(world, bribes)
    _regrow(world)
    _shift_effort(world)


def _book(world: World) -> np.ndarray:
    """Book what venues and networks earn; returns bribes by network, USD per week."""
    venues, networks, p = world.venues, world.networks, world.parameters
    return _add_up(
        world.dt,
        1.0 - math.exp(-world.dt / p.entry.profit_memory_weeks),
        shares(world),
        cost_terms(world),
        venues.is_open,
        venues.network,
        venues.persons,
        venues.sellers,
        venues.revenue,
        venues.profit,
        venues.person_return,
        networks.ties,
        networks.fined,
        networks.cash,
        networks.n_venues,
        networks.profit,
    )


@kernel
def _add_up(
    dt,
    memory,
    parts,
    costs,
    is_open,
    network,
    persons,
    sellers,
    revenue,
    profit,
    person_return,
    ties,
    fined,
    cash,
    n_venues,
    network_profit,
):
    """Smooth the profit of each venue and its net return per person working; add up by network."""
    running, bribed = np.zeros(cash.size, np.float64), np.zeros(cash.size, np.float64)
    cost_person = costs[2]
    n_venues[:] = 0
    network_profit[:] = 0.0
    for v in range(network.size):
        workers, n = persons[v] + sellers[v], network[v]
        if workers > 0:
            person_return[v] += memory * (revenue[v] / dt / workers - cost_person - person_return[v])
        if not is_open[v]:
            profit[v] = 0.0
            continue
        earned, bribes = _venue_profit(revenue[v] / dt, sellers[v], workers, ties[n], parts, costs)
        profit[v] = profit[v] + memory * (earned - profit[v])
        running[n] += earned
        bribed[n] += bribes
        n_venues[n] += 1
        network_profit[n] += profit[v]
    for n in range(cash.size):
        cash[n] += running[n] * dt - fined[n]
        network_profit[n] = ratio(network_profit[n], n_venues[n])
    return bribed


@kernel
def _venue_profit(weekly, sellers, workers, ties, parts, costs):
    """Profit and bribes of an open venue, USD per week: revenue less sellers' part, bribes and running costs."""
    seller_share, bribe_share, ties_saving = parts
    kept, bribes = weekly * (1.0 - seller_share * ratio(sellers, workers)), weekly * bribe_share
    return kept - bribes - running_costs(workers, costs) * (1.0 - ties_saving * ties), bribes


def venue_profit(world: World, venue: int) -> tuple[float, float]:
    """Profit and bribes of an open venue with those who work there now, USD per week."""
    venues = world.venues
    sellers, ties = venues.sellers[venue], world.networks.ties[venues.network[venue]]
    workers, weekly = venues.persons[venue] + sellers, venues.revenue[venue] / world.dt
    return _venue_profit(weekly, sellers, workers, ties, shares(world), cost_terms(world))  # type: ignore[no-any-return]


def shares(world: World) -> tuple[float, float, float]:
    """Sellers' part of what they earn, officials' part of revenue, and the part of running costs that full ties save."""
    p = world.parameters
    return p.venues.seller_income_share, p.networks.bribe_share * p.switches.ties, p.networks.ties_cost_saving


def cost_terms(world: World) -> tuple[float, float, float]:
    """What running costs consist of: factor, USD per week for a venue, USD per week for each person working."""
    p = world.parameters.venues
    return world.knobs.value("running_costs", 1.0), p.cost_venue_usd, p.cost_person_usd


@kernel
def running_costs(workers, costs):
    """Running costs of a venue with a number of persons working, USD per week, before savings through ties."""
    factor, venue, person = costs
    return factor * (venue + person * workers)


def usual_return(world: World) -> float:
    """Mean net return per person over venues with persons working, USD per week; 0 where there are none."""
    venues = world.venues
    return mean_return(venues.is_open, venues.persons, venues.sellers, venues.person_return)


@kernel
def mean_return(is_open, persons, sellers, person_return):
    """Mean of the net returns of open venues with persons working."""
    working, n = np.empty(is_open.size, np.float64), 0
    for v in range(is_open.size):
        if is_open[v] and persons[v] + sellers[v] > 0:
            working[n] = person_return[v]
            n += 1
    return ratio(total(working[:n]), n)


def network_income_share(world: World) -> float:
    """Part of revenue networks keep after sellers and bribes, over the whole region; 1 without revenue."""
    venues, p = world.venues, world.parameters
    return _kept_share(
        p.venues.seller_income_share,
        p.networks.bribe_share * p.switches.ties,
        venues.revenue,
        venues.persons,
        venues.sellers,
    )


@kernel
def _kept_share(seller_share, bribe_share, revenue, persons, sellers):
    """1 - sellers' part - bribes, with sellers' part weighted by revenue."""
    earned = total(revenue)
    if earned <= 0.0:
        return 1.0 - bribe_share
    by_sellers = np.empty(revenue.size, np.float64)
    for v in range(revenue.size):
        by_sellers[v] = revenue[v] * ratio(sellers[v], persons[v] + sellers[v])
    return 1.0 - seller_share * (total(by_sellers) / earned) - bribe_share


def _build_ties(world: World, bribes: np.ndarray) -> None:
    """Let official ties grow with bribes (saturating) and facilitators, and decay."""
    networks, billets, p = world.networks, world.billets, world.parameters
    if p.switches.ties:
        _grow_ties(
            world.dt,
            p.networks.ties_gain_per_week,
            p.networks.ties_decay_per_week,
            p.venues.cost_venue_usd,
            p.involvement.facilitator_ties,
            bribes,
            billets.cell[billets.new_facilitator.nonzero()[0]],
            networks.is_active,
            networks.home_cell,
            networks.ties,
        )


@kernel
def _grow_ties(dt, gain, decay, half_bribes, of_facilitator, bribes, facilitator_cells, is_active, home_cell, ties):
    """Ties of each network, 0..1; a facilitator helps the first active network at home where they are."""
    for n in range(ties.size):
        intensity = bribes[n] / (bribes[n] + half_bribes + 1e-9)
        ties[n] += dt * (gain * intensity * (1.0 - ties[n]) - decay * ties[n])
    for cell in facilitator_cells:
        for n in range(ties.size):
            if is_active[n] and home_cell[n] == cell:
                ties[n] += of_facilitator
                break
    for n in range(ties.size):
        ties[n] = min(max(ties[n], 0.0), 1.0)


def _regrow(world: World) -> None:
    """Members regrow at a cost; a knob may take members away each week."""
    networks, p = world.networks, world.parameters.networks
    regrown = 1.0 - math.exp(-p.regrowth_per_week * world.dt)
    left = (1.0 - world.knobs.value("network_loss", 0.0)) ** world.dt
    _regrow_members(regrown, left, p.regrowth_cost_usd, networks.is_active, networks.size, networks.cash)


@kernel
def _regrow_members(regrown, left, cost, is_active, size, cash):
    """Active networks regain a share of what they miss, pay for it, and keep what a loss leaves."""
    for n in range(size.size):
        if is_active[n]:
            grown = (1.0 - size[n]) * regrown
            size[n] = (size[n] + grown) * left
            cash[n] -= grown * cost


@kernel
def effort_shares(focal_return: np.ndarray, other_return: float, scale: float) -> np.ndarray:
    """Share of effort in this market against two other trades of equal return: softmax of return / scale.

    Limits: equal returns give 1/3; a return far above the others gives 1, far below 0. Shape as ``focal_return``.
    """
    share = np.empty(focal_return.size, np.float64)
    for n in range(focal_return.size):
        share[n] = 1.0 / (1.0 + (N_TRADES - 1) * exp((other_return - focal_return[n]) / scale))
    return share


def _shift_effort(world: World) -> None:
    """Move effort between trades towards what present returns justify."""
    networks, p = world.networks, world.parameters
    if p.switches.diversification:
        target = effort_shares(networks.profit, p.networks.other_trade_return_usd, p.networks.diversification_scale_usd)
        rate = 1.0 - math.exp(-world.dt / p.networks.diversification_memory_weeks)
        _move_effort(rate, target, networks.is_active, networks.focal_effort)


@kernel
def _move_effort(rate, target, is_active, effort):
    """Active networks go part of the way towards their target."""
    for n in range(effort.size):
        if is_active[n]:
            effort[n] = effort[n] + rate * (target[n] - effort[n])


@kernel
def focal_capacity(effort, size, ceiling):
    """Part of its places a network keeps in use, 0..1: effort in this market relative to an equal split."""
    return min(1.0, N_TRADES * effort, size) * ceiling

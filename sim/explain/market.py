"""Words of networks and venues: the ledger of a week, and at what demand, profit or risk they would have acted otherwise.

Every figure of the last sentence comes from asking the model's own rules again in a world that differs in one input.
"""

from __future__ import annotations

import numpy as np

from sim.agents.market import Trafficker, Venue
from sim.explain.supposed import factor_needed, supposing, turning_point
from sim.explain.words import MANY, by_how_much, counted, percent, said, usd, where
from sim.phases.supply.earnings import effort_shares, venue_profit
from sim.phases.supply.entry import effective_sunk_cost, p_leave
from sim.phases.supply.location import expected_profit, hiding_chance
from sim.world.state import World

WIDEST = 40.0  # scales around the other trades' return in which a profit is looked for


def of_trafficker(agent: Trafficker) -> str:
    """The ledger in words."""
    parts = [
        f"Trafficker {agent.number}: a network at home {where(agent)}, active since week {agent.entry_week:.0f}.",
        _ledger(agent) if agent.n_venues and agent.model.steps else f"{counted(agent.n_venues, 'venue')} in operation.",
        f"Profit since it entered {agent.cash_usd:,.0f} USD, after the costs of opening and closing venues.",
    ]
    parts.append(
        f"Official ties {agent.ties:.2f} of 1, membership {agent.size:.2f} of 1. {counted(agent.raids, 'raid')} on its "
        f"venues so far, a perceived raid hazard of {agent.raid_risk:.3f} a week, "
        f"{counted(agent.arrests, 'organiser')} arrested this step. {agent.focal_effort:.0%} of its effort lies in this "
        f"market, {1 - agent.focal_effort:.0%} in other illicit trades."
    )
    world, home = agent.model.world, int(agent.model.world.networks.home_cell[agent.row])
    return " ".join([*parts, said(_one_more_venue(world, home), _effort(world, agent.row))])


def _ledger(agent: Trafficker) -> str:
    """Where this step's revenue goes, in words."""
    world, own = agent.model.world, agent.open_venues
    terms = [venue_profit(world, int(venue)) for venue in own]
    profit, bribes = sum(term[0] for term in terms), sum(term[1] for term in terms)
    costs = agent.revenue_usd_per_week - bribes - profit
    return (
        f"{counted(agent.n_venues, 'venue')} in operation. Exploited there: "
        f"{counted(int(world.venues.persons[own].sum()), 'trafficked person')}; "
        f"{counted(int(world.venues.sellers[own].sum()), 'seller')} not trafficked. Revenue "
        f"{agent.revenue_usd_per_week:,.0f} USD a week; with those who work there now, {costs:,.0f} go to running costs "
        f"and to sellers and {bribes:,.0f} into official ties, which leaves {profit:,.0f}. Smoothed profit "
        f"{agent.profit_usd_per_week:,.0f} USD a week per venue."
    )


def of_venue(agent: Venue) -> str:
    """Who works there, whom it serves and what it earns, in words."""
    world = agent.model.world
    seen = "not visible to passers-by" if agent.is_hidden else "visible to passers-by"
    listed = "on" if agent.is_listed else "not on"
    raided = " Police raided it this step." if agent.is_raided else ""
    return (
        f"Venue {agent.number}: run by trafficker {agent.trafficker} {where(agent)}, open since week "
        f"{agent.opened_week:.0f}, {seen}, {listed} the list of the police.{raided} Exploited there: "
        f"{counted(agent.persons, 'trafficked person')}, and {agent.inbound} more recruited for it who have not arrived; "
        f"{counted(agent.sellers, 'seller')} not trafficked. {agent.international_share:.0%} of its places "
        f"serve personnel; of late {agent.fill:.0%} of what it offers has been used. Revenue "
        f"{agent.revenue_usd_per_week:,.0f} USD a week, of it {agent.revenue_international_usd_per_week:,.0f} from "
        f"personnel; smoothed profit {agent.profit_usd_per_week:,.0f} USD a week. "
        f"{said(_closing(world, agent.row), _hiding(world, agent.row))}"
    )


def profit_with_demand(world: World, cell: int, factor: float) -> float:
    """Profit a week of one more venue in a cell if clients sought so many times as many visits everywhere."""
    cells = world.cells
    columns = {f"cells.{name}": factor * getattr(cells, name) for name in ("home_international", "home_local")}
    return float(expected_profit(supposing(world, columns=columns))[0][cell])


def _one_more_venue(world: World, cell: int) -> str:
    """Whether one more venue at home pays, and what demand would have changed that."""
    hurdle = world.parameters.entry.hurdle_per_week * float(effective_sunk_cost(world)[world.cells.country[cell]])
    pays, is_sought = profit_with_demand(world, cell, 1.0), bool(expected_profit(world)[1][cell] > 0.0)
    needed = factor_needed(lambda factor: profit_with_demand(world, cell, factor) > hurdle)
    start = f"one more venue at home is expected to earn {usd(pays)} a week where the hurdle is {usd(hurdle)}"
    if not is_sought:
        return f"{start}; that would take clients within reach, of whom there are none"
    if needed is None:
        return f"{start}, and no demand at these prices would have changed that"
    return f"{start}, and {by_how_much(needed)} demand would have {'missed' if pays > hurdle else 'met'} it"


def target_effort(world: World, profit: float) -> float:
    """Share of effort in this market that a profit a week for each venue justifies."""
    p = world.parameters.networks
    return float(effort_shares(np.array([profit]), p.other_trade_return_usd, p.diversification_scale_usd)[0])


def _effort(world: World, network: int) -> str:
    """Where its effort moves, and at what profit it would have stayed."""
    if not world.parameters.switches.diversification:
        return ""
    p, profit = world.parameters.networks, float(world.networks.profit[network])
    effort, reach = float(world.networks.focal_effort[network]), WIDEST * p.diversification_scale_usd
    target = target_effort(world, profit)
    earned = f"at {usd(profit)} a week for each venue" if world.networks.n_venues[network] else "without a venue"
    start = f"{earned} its effort here moves from {percent(effort)} towards {percent(target)}"
    low, high = p.other_trade_return_usd - reach, p.other_trade_return_usd + reach
    holds = turning_point(lambda one: target_effort(world, one) > effort, low, high)
    if holds is None:
        return f"{start}, and no profit would have kept it where it is"
    return f"{start}, and at {usd(holds)} a week for each it would have stayed"


def profit_worth_closing_at(world: World) -> float:
    """Profit a week below which closing a venue is likelier than keeping it whenever that is considered; a loss."""
    p = world.parameters.entry
    exit_cost = p.exit_cost_usd if world.parameters.switches.sunk_costs else 0.0
    edge = turning_point(
        lambda profit: p_leave(profit, exit_cost, p.hurdle_per_week, p.profit_scale_usd) > 0.5,
        -1e9,
        1e9,
    )
    assert edge is not None  # between a loss and a profit beyond all bounds the answer changes
    return edge


def profit_with_revenue(world: World, venue: int, factor: float) -> float:
    """Profit a week of a venue had it so many times this week's revenue."""
    revenue = world.venues.revenue.copy()
    revenue[venue] *= factor
    return float(venue_profit(supposing(world, columns={"venues.revenue": revenue}), venue)[0])


def _closing(world: World, venue: int) -> str:
    """At what profit it would be given up, and what revenue brings it there."""
    edge, profit = profit_worth_closing_at(world), float(world.venues.profit[venue])
    factor = factor_needed(lambda factor: profit_with_revenue(world, venue, factor) > edge)
    limit = f"a loss of {usd(-edge)} a week" if edge < -0.5 else f"{usd(edge)} a week"
    start = f"its smoothed profit is {usd(profit)} a week, and below {limit} it would sooner be closed than kept"
    if world.venues.revenue[venue] <= 0.0:
        return f"{start}; it had no revenue this week"
    if factor is None:
        return f"{start}, whatever its revenue"
    if factor < 1.0:
        return f"{start}: revenue {percent(1.0 - factor)} lower than this week's would end there if it lasted"
    more = f"{factor:,.1f} times" if factor >= MANY else f"{percent(factor - 1.0)} higher than"
    return f"{start}: revenue {more} this week's would have kept it open if it lasted"


def _hiding(world: World, venue: int) -> str:
    """From what raid hazard on it would sooner hide than be seen."""
    p, risk = world.parameters.networks, float(world.networks.raid_risk[world.venues.network[venue]])
    if not world.parameters.switches.hiding:
        return ""
    edge = turning_point(lambda one: hiding_chance(one, p.raid_aversion, p.visibility_value) > 0.5, 0.0, 1e3)
    chance = percent(hiding_chance(risk, p.raid_aversion, p.visibility_value))
    start = f"when it next reconsiders it hides with a chance of {chance}"
    if edge is None:
        return f"{start}, and no risk of raids would change which is likelier"
    return (
        f"{start} at the {risk:.3f} raids a week its network expects, and from {edge:.3f} on hiding would be likelier"
    )

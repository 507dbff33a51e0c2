"""What would have changed the week of one of the many: one sentence each, from the model's own rules with one input changed.

Every figure comes from asking the rule again, in a world that differs in that input alone. Where an agent decides nothing, the
sentence says what it would take. It leaves out what would have followed later: that takes another run.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.institutions.otherwise import percent, said
from sim.numerics import exp, logistic, ratio, step_probability
from sim.phases.decide.weighing import perceived_loss
from sim.phases.people import hazards as of_persons
from sim.phases.people import p_intercepted, retrafficking_hazard, weekly_rates
from sim.phases.perceive.beliefs import perceived_certainty
from sim.phases.supply.earnings import effort_shares, venue_profit
from sim.phases.supply.entry import effective_sunk_cost, p_leave
from sim.phases.supply.location import expected_profit, hiding_chance
from sim.world.person_states import (
    ASSISTED,
    ESCAPED,
    IDENTIFIED,
    IN_TRANSIT,
    IN_VENUE,
    MOVED,
    PRIVATE,
    RECRUITED,
    RELEASED,
    RESETTLED,
    RETURNED,
    STAYED,
    UNASSISTED,
)
from sim.world.state import World
from sim.world.supposed import supposing, turning_point

OTHER_CERTAINTY = 0.4  # what an explanation compares with
MOST = 1e6  # times the present demand or revenue; beyond it none is looked for
MANY = 3.0  # from this factor on, a change is told in times
WIDEST = 40.0  # scales around the other trades' return in which a profit is looked for
ONE_IN_TEN = 0.1
IDENTIFICATION, ESCAPE, RELEASE = 1, 2, 3  # positions in ``weekly_rates``


def usd(amount: float) -> str:
    """An amount in words, without a negative zero."""
    return f"{round(amount) + 0:,.0f} USD"


def by_how_much(factor: float) -> str:
    """A factor as a change in words."""
    if factor >= MANY:
        return f"{factor:,.1f} times the"
    return f"{percent(abs(factor - 1.0))} {'more' if factor > 1.0 else 'less'}"


# Personnel


def of_peacekeeper(terms: dict[str, float], certainty: float, loss: float) -> str:
    """What another certainty of being found out would have done to a decision; nothing for those not prone."""
    if not terms:
        return said(
            "nothing in this tour, because neither price nor risk nor norms reach a decision the draw has ruled out; the "
            "next occupant of the post draws anew"
        )
    now = sum(terms.values())
    other = logistic(now + (certainty - OTHER_CERTAINTY) * loss)
    return said(
        f"at a certainty of {OTHER_CERTAINTY:g} instead of {certainty:.3f} of being found out the chance would be "
        f"{other:.3f} instead of {logistic(now):.3f}"
    )


def of_contingent(world: World, unit: int) -> str:
    """What another certainty, or the norm it began with, would have done to its members' odds."""
    units, p = world.units, world.parameters
    if units.n_present[unit] == 0:
        return said("none of it is present, so that nobody decides anything until some are deployed again")
    certainty, loss = float(perceived_certainty(world)[unit]), float(perceived_loss(world)[0][unit])
    by_risk = exp((certainty - OTHER_CERTAINTY) * loss)
    weight = p.norms.norm_weight * p.switches.norms
    by_norm = exp(weight * (p.norms.reference_participation - float(units.norm[unit])))
    return said(
        f"at a certainty of {OTHER_CERTAINTY:g} instead of {certainty:.3f} of being found out the odds that a member who "
        f"might become a client takes up an opportunity would be {by_risk:.2f} times what they are, and at the norm it began "
        f"with {by_norm:.2f} times"
    )


# Networks and venues


def of_network(world: World, network: int) -> str:
    """What would have made one more venue at home pay, and kept its effort in this market."""
    return said(_one_more_venue(world, int(world.networks.home_cell[network])), _effort(world, network))


def hurdle_at(world: World, cell: int) -> float:
    """Profit a week that one more venue in a cell must promise."""
    sunk = float(effective_sunk_cost(world)[world.cells.country[cell]])
    return world.parameters.entry.hurdle_per_week * sunk


def profit_with_demand(world: World, cell: int, factor: float) -> float:
    """Profit a week of one more venue in a cell if clients sought so many times as many visits everywhere."""
    cells = world.cells
    columns = {f"cells.{name}": factor * getattr(cells, name) for name in ("home_international", "home_local")}
    return float(expected_profit(supposing(world, columns=columns))[0][cell])


def demand_needed(world: World, cell: int) -> float | None:
    """Factor on demand at which one more venue in a cell just promises what it must; None where none does."""
    hurdle, pays = hurdle_at(world, cell), profit_with_demand(world, cell, 1.0)

    def reaches(factor: float) -> bool:
        return profit_with_demand(world, cell, factor) > hurdle

    return turning_point(reaches, *((0.0, 1.0) if pays > hurdle else (1.0, MOST)))


def _one_more_venue(world: World, cell: int) -> str:
    """Whether one more venue at home pays, and what demand would have changed that."""
    pays, hurdle = profit_with_demand(world, cell, 1.0), hurdle_at(world, cell)
    needed, is_sought = demand_needed(world, cell), bool(expected_profit(world)[1][cell] > 0.0)
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


def profit_that_holds(world: World, network: int) -> float | None:
    """Profit a week for each venue at which a network's effort in this market would stay as it is; None where none does."""
    p, effort = world.parameters.networks, float(world.networks.focal_effort[network])
    reach = WIDEST * p.diversification_scale_usd
    low, high = p.other_trade_return_usd - reach, p.other_trade_return_usd + reach
    return turning_point(lambda profit: target_effort(world, profit) > effort, low, high)


def _effort(world: World, network: int) -> str:
    """Where its effort moves, and at what profit it would have stayed."""
    if not world.parameters.switches.diversification:
        return ""
    profit, effort = float(world.networks.profit[network]), float(world.networks.focal_effort[network])
    target = target_effort(world, profit)
    earned = f"at {usd(profit)} a week for each venue" if world.networks.n_venues[network] else "without a venue"
    start = f"{earned} its effort here moves from {percent(effort)} towards {percent(target)}"
    holds = profit_that_holds(world, network)
    if holds is None:
        return f"{start}, and no profit would have kept it where it is"
    return f"{start}, and at {usd(holds)} a week for each it would have stayed"


def of_venue(world: World, venue: int) -> str:
    """What would close it or keep it open, and from what risk of raids on it would hide."""
    return said(_closing(world, venue), _hiding(world, venue))


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


def revenue_needed(world: World, venue: int) -> float | None:
    """Factor on this week's revenue at which a venue just earns what keeps it open; None where none does."""
    edge = profit_worth_closing_at(world)

    def stays(factor: float) -> bool:
        return profit_with_revenue(world, venue, factor) > edge

    return turning_point(stays, *((0.0, 1.0) if stays(1.0) else (1.0, MOST)))


def _closing(world: World, venue: int) -> str:
    """At what profit it would be given up, and what revenue brings it there."""
    edge, profit, factor = (
        profit_worth_closing_at(world),
        float(world.venues.profit[venue]),
        revenue_needed(world, venue),
    )
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


# Persons

EXITS: dict[int, tuple[int, ...]] = {  # positions in ``weekly_rates`` of what ends a stay
    RECRUITED: (0,), IN_VENUE: (1, 2, 3, 4), PRIVATE: (1, 2), MOVED: (5,), ESCAPED: (6,), IDENTIFIED: (6,), RELEASED: (6,),
    ASSISTED: (7,), UNASSISTED: (8,),
}  # fmt: skip


def total_hazard(world: World, person: int) -> float:
    """Weekly hazard that a person's present stay ends, all ways together."""
    p, people, state = world.parameters, world.people, int(world.people.state[person])
    if state in EXITS:
        return float(sum(weekly_rates(world)[list(EXITS[state])]))
    if state == IN_TRANSIT:
        route_km = float(world.origins.route_km[people.origin[person]])
        return 1.0 / (p.recruitment.transit_weeks + route_km / p.recruitment.transit_km_per_week)
    if state in (RETURNED, STAYED):
        return again_hazard(world, person, bool(people.was_assisted[person]))
    return 0.0


def again_hazard(world: World, person: int, was_assisted: bool) -> float:
    """Weekly hazard of being trafficked again, with or without assistance before; it fades with time since the return."""
    p, age = world.parameters.persons, int(world.step - world.people.state_step[person])
    by_age = of_persons.retrafficking_by_age(world)
    return float(by_age[age]) * (1.0 - p.support_protection * was_assisted) if age < by_age.size else 0.0


def chance_of(world: World, person: int, way: int) -> float:
    """Chance that an exploited person's stay ends within a week in one way, a position in ``weekly_rates``."""
    hazard = total_hazard(world, person)
    return ratio(float(weekly_rates(world)[way]), hazard) * step_probability(hazard, 1.0)


def of_person(world: World, person: int) -> str:
    """What would have changed a person's state, with its chances."""
    return said(_OF_STATE[int(world.people.state[person])](world, person))


def _week(world: World, person: int, slower: float = 1.0) -> str:
    """Chance in words that a stay ends within a week, at a hazard so many times slower."""
    return percent(step_probability(total_hazard(world, person) / slower, 1.0))


def _on_the_way(world: World, person: int) -> str:
    """Not yet arrived: being stopped and identified on the way."""
    stopped = p_intercepted(world, world.people.origin[person])
    share = 1.0 if world.people.state[person] == RECRUITED else step_probability(total_hazard(world, person), 1.0)
    when = "on the way to come" if share == 1.0 else "within a week"
    return (
        f"with {percent(ONE_IN_TEN)} more of those on this way stopped, this person would be identified {when} with a chance "
        f"of {percent(share * (stopped + (1.0 - stopped) * ONE_IN_TEN))} instead of {percent(share * stopped)}"
    )


def _exploited(world: World, person: int) -> str:
    """Exploited in the mission area: identification, as far as places for assistance allow."""
    p = world.parameters.persons.identification_per_week
    often = supposing(world, {"persons.identification_per_week": 2.0 * p})
    others = " and ".join(
        f"{percent(chance_of(world, person, way))} of {name}"
        for way, name in ((ESCAPE, "an escape"), (RELEASE, "a release"))
        if way in EXITS[int(world.people.state[person])]
    )
    now, other = (percent(chance_of(one, person, IDENTIFICATION)) for one in (world, often))
    return (
        f"were persons found twice as often, as far as places for assistance allow, the chance of being identified within a "
        f"week would be {other} instead of {now}, beside {others}"
    )


def _elsewhere(world: World, person: int) -> str:
    """Exploited outside the mission area."""
    return (
        f"outside the mission area nothing that is decided here reaches this person; the exploitation ends within a week with "
        f"a chance of {_week(world, person)}, and were such ends twice as frequent, of {_week(world, person, 0.5)}"
    )


def _deciding(world: World, person: int) -> str:
    """Free, and about to be offered or to seek assistance."""
    p, is_offered = world.parameters.persons, world.people.state[person] == IDENTIFIED
    name = "uptake" if is_offered else "self_referral"
    base = float(getattr(p, name))
    now, other = ((world.knobs.value(name, min(b, 1.0)) if is_offered else min(b, 1.0)) for b in (base, 2.0 * base))
    free = int(world.assistance_credit)
    taken = "accepted" if is_offered else "sought"
    return (
        f"assistance is {taken} with a chance of {percent(now)}, and would be with {percent(other)} were it {taken} twice as "
        f"often; it is given while there are places, and {free:,} {'is' if free == 1 else 'are'} free now"
    )


def _in_assistance(world: World, person: int) -> str:
    """In assistance: how long it lasts, and what it does to later risk."""
    return (
        f"assistance ends within a week with a chance of {_week(world, person)}, and would with {_week(world, person, 2.0)} "
        f"if it lasted twice as long; {_support(world, 'without it')}"
    )


def _without_assistance(world: World, person: int) -> str:
    """Free without assistance: what a place would have done."""
    del person
    return _support(world, "with assistance")


def _support(world: World, how: str) -> str:
    """What assistance, or its absence, would do to the risk right after a return."""
    fresh, p = retrafficking_hazard(world), world.parameters.persons
    alone, after = (percent(step_probability(fresh * left, 1.0)) for left in (1.0, 1.0 - p.support_protection))
    would, instead = (after, alone) if how == "with assistance" else (alone, after)
    return (
        f"{how} the chance of being trafficked again in the week after a return would be {would} instead of {instead}"
    )


def _after(world: World, person: int) -> str:
    """Back or settled: the risk of being trafficked again, with and without assistance before."""
    was = bool(world.people.was_assisted[person])
    now, other = (percent(step_probability(again_hazard(world, person, one), 1.0)) for one in (was, not was))
    return (
        f"the chance of being trafficked again within a week is {now}, and {'without' if was else 'with'} assistance before "
        f"it would be {other}"
    )


def _resettled(world: World, person: int) -> str:
    """Resettled: the model knows no way from there."""
    del world, person
    return "nothing; in the model no risk reaches a person who has resettled"


_OF_STATE: dict[int, Callable[[World, int], str]] = {
    RECRUITED: _on_the_way, IN_TRANSIT: _on_the_way, IN_VENUE: _exploited, PRIVATE: _exploited, MOVED: _elsewhere,
    ESCAPED: _deciding, IDENTIFIED: _deciding, RELEASED: _deciding, ASSISTED: _in_assistance, UNASSISTED: _without_assistance,
    RETURNED: _after, STAYED: _after, RESETTLED: _resettled,
}  # fmt: skip

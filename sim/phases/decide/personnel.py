"""Phase 3, decide: which personnel seek paid contact, would take a person from a venue, or begin to help a network.

The muster of those present and prone is brought up to date, then all of them decide, unit by unit, in loops without
branches; the few whose draw allows a visit are looked at one by one. Where they go is for match.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, exps, logistic, poisson_count, power, step_probability, total
from sim.phases.decide.weighing import (
    N_CATEGORIES,
    disposable_income,
    free_time,
    own_weight,
    perceived_loss,
    price_faced,
    unit_inclination,
)
from sim.phases.perceive.beliefs import perceived_certainty
from sim.rng import Decision, draw_each, number
from sim.tables import Ints, Reals
from sim.world.state import World

_ACT = number(Decision.ACT)
_OWNER, _FACILITATOR = number(Decision.OWNER), number(Decision.FACILITATOR)
TINY_EVIDENCE = 1e-12


@kernel
def seek_visits(world: World) -> None:
    """Let all who are present and prone decide what they seek this step."""
    units, flows = world.units, world.flows
    renew_muster(world)
    _forget_seekers(world)
    opportunities, units.private_share[:] = free_time(world)
    places, tempted = _consider(world, opportunities)
    _act_on_it(world, places, tempted)
    for i in range(world.muster.n_seekers):
        flows.international_demand += world.muster.seekers_visits[i]
    flows.involved_tours += total(units.involved / units.tour_weeks) * world.dt


@kernel
def _forget_seekers(world: World) -> None:
    """Take back what those who sought a visit in the last step decided."""
    billets, muster = world.billets, world.muster
    for i in range(muster.n_seekers):
        b = muster.seekers[i]
        billets.sought[b], billets.wants_person[b], billets.new_facilitator[b] = 0, False, False


@kernel
def renew_muster(world: World) -> None:
    """Bring the muster up to date: read again each unit's posts from the first that changed; the others have no chance to act."""
    units, billets, muster = world.units, world.billets, world.muster
    for u in range(len(units)):
        keep = min(muster.first_new[u], muster.n_read[u], units.n_present[u])
        first = units.first_billet[u]
        place = first + muster.n_prone[u]
        while place > first and muster.row[place - 1] >= first + keep:
            place -= 1
            billets.p_act[muster.row[place]] = 0.0
        for b in range(first + keep, first + units.n_present[u]):
            if billets.is_prone[b]:
                muster.row[place], muster.key[place], muster.cell[place] = b, billets.key[b], billets.cell[b]
                muster.propensity[place] = billets.propensity[b]
                is_involved = billets.acts_slot[b] == billets.occupant[b] and billets.tour_acts[b] > 0
                muster.involved_since[place] = billets.first_act_week[b] if is_involved else np.inf
                place += 1
        muster.n_prone[u] = place - first
        muster.n_read[u] = muster.first_new[u] = units.n_present[u]


@kernel
def _prices(world: World) -> tuple[Reals, Reals]:
    """By cell where people live: the factor the price puts on visits sought, and by category the visits a budget allows."""
    cells, p = world.cells, world.parameters
    demand, visit_size = p.personnel_demand, p.prices.international_visit_size
    price = price_faced(world, cells.price_international, cells.capacity_international, world.reach.near_personnel)
    factor, affordable = np.empty(price.size), np.full((N_CATEGORIES, price.size), np.inf)
    income = disposable_income(world)
    for c in range(price.size):
        factor[c] = power(price[c] / p.local_demand.reference_price_usd, -demand.price_elasticity)
        if p.switches.spending_limit:
            for category in range(N_CATEGORIES):
                budget = income[category] * demand.spending_share * world.dt
                affordable[category, c] = budget / (price[c] * visit_size)
    return factor, affordable


@kernel
def _weigh(world: World) -> tuple[Reals, Reals, Reals]:
    """Draw for everybody, and weigh: share of free opportunities taken, sig(V), and certainty seen, A / (A + B + own evidence).

    Persons stand side by side here, units without gaps, so that what costs most runs over all at once. Own evidence is of
    unpunished weeks.
    """
    units, muster, week, n = world.units, world.muster, world.week, 0
    inclination, expected, of_own = unit_inclination(world), perceived_certainty(world), own_weight(world)
    loss, _ = perceived_loss(world)
    everybody = muster.n_prone.sum()
    keys, draw, willing, certainty = (
        np.empty(everybody, np.int64),
        np.empty(everybody),
        np.empty(everybody),
        np.empty(everybody),
    )
    for u in range(len(units)):
        first, size = units.first_billet[u], muster.n_prone[u]
        propensity, since = muster.propensity[first : first + size], muster.involved_since[first : first + size]
        odds, seen, shared, at_stake = willing[n : n + size], certainty[n : n + size], inclination[u], loss[u]
        keys[n : n + size] = muster.key[first : first + size]
        evidence, own_evidence = max(units.belief_a[u] + units.belief_b[u], TINY_EVIDENCE), of_own / units.tour_weeks[u]
        found_out = expected[u] * evidence
        for k in range(size):
            seen[k] = found_out / (evidence + own_evidence * max(week - since[k], 0.0))
            odds[k] = propensity[k] + shared - seen[k] * at_stake
        n += size
    draw_each(world.seed, _ACT, world.step, keys, draw)
    for i in range(everybody):
        willing[i] = logistic(willing[i])
    return draw, willing, certainty


@kernel
def _consider(world: World, opportunities: Reals) -> tuple[Ints, Reals]:
    """One week of decisions: a prone person with free time seeks a Poisson number of visits, the mean within the budget.

    Returns places on the muster of those whose draw allows a visit, and for each the mean, the draw and what in trade would
    be lost, in log-odds.
    """
    units, muster, p_act, n, n_may = world.units, world.muster, world.billets.p_act, 0, 0
    factor, visits_affordable = _prices(world)
    draw, willing, certainty = _weigh(world)
    _, loss = perceived_loss(world)
    mean, places, tempted = np.empty(draw.size), np.empty(draw.size, np.int64), np.empty((3, draw.size))
    for u in range(len(units)):
        first, size = units.first_billet[u], muster.n_prone[u]
        row, cell = muster.row[first : first + size], muster.cell[first : first + size]
        since, takes = muster.involved_since[first : first + size], willing[n : n + size]
        wanted, chance = mean[n : n + size], draw[n : n + size]
        free, affordable = opportunities[u], visits_affordable[units.category[u]]
        acts, opportunity, involved, n_before = 0.0, 0.0, 0.0, n_may
        for k in range(size):
            wanted[k] = min(free * takes[k] * factor[cell[k]], affordable[cell[k]])
        for k in range(size):
            acts += free * takes[k]
            opportunity += free
            involved += since[k] < np.inf
            p_act[row[k]] = takes[k]
            places[n_may] = k
            n_may += chance[k] > 1.0 - wanted[k]  # else certainly below exp(-mean), the chance of none
        for i in range(n_before, n_may):
            k = places[i]
            places[i] = first + k
            tempted[0, i], tempted[1, i], tempted[2, i] = wanted[k], chance[k], certainty[n + k] * loss[u]
        units.acts[u], units.opportunity[u], units.involved[u] = acts, opportunity, involved
        n += size
    return places[:n_may], tempted[:, :n_may]


@kernel
def _act_on_it(world: World, places: Ints, tempted: Reals) -> None:
    """Note who seeks how many visits, and who would take a person or begins to help a network."""
    billets, muster, p = world.billets, world.muster, world.parameters
    n, loss, none = 0, np.empty(places.size), exps(-tempted[0])
    for i in range(places.size):
        visits = poisson_count(tempted[0, i], tempted[1, i], none[i])
        if visits > 0:
            place = places[i]
            b = muster.row[place]
            muster.seekers[n], muster.places[n], muster.seekers_key[n] = b, place, muster.key[place]
            muster.seekers_home[n], muster.seekers_visits[n], loss[n] = muster.cell[place], visits, tempted[2, i]
            billets.sought[b] = visits
            n += 1
    muster.n_seekers = n
    keys, takes, helps = muster.seekers_key[:n], np.empty(n), np.empty(n)
    draw_each(world.seed, _OWNER, world.step, keys, takes)
    draw_each(world.seed, _FACILITATOR, world.step, keys, helps)
    owner_hazard = p.involvement.owner_hazard_per_week * p.switches.personnel_roles
    facilitator_hazard = p.involvement.facilitator_hazard_per_week * p.switches.personnel_roles
    for i in range(n):
        caution = exp(-loss[i])
        takes[i] -= step_probability(owner_hazard * caution, world.dt)
        helps[i] -= step_probability(facilitator_hazard * caution, world.dt)
    for i in range(n):
        b = muster.seekers[i]
        if takes[i] < 0.0:
            billets.wants_person[b] = True
        is_known = billets.is_facilitator[b] and billets.facilitator_slot[b] == billets.occupant[b]
        if helps[i] < 0.0 and not is_known:
            billets.is_facilitator[b] = billets.new_facilitator[b] = True
            billets.facilitator_slot[b] = billets.occupant[b]

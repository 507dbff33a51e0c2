"""Phase 3, decide: which personnel seek paid contact, would take a person from a venue, or begin to help a network.

The muster of those present and prone is brought up to date, then all of them decide, unit by unit, in loops without
branches; the few whose draw allows a visit are looked at one by one. Where they go is for match.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, kernel
from sim.numerics import exp, logistic, poisson_quantile, powers, step_probability
from sim.phases.decide.weighing import (
    disposable_income,
    free_time,
    own_weight,
    perceived_loss,
    price_faced,
    unit_inclination,
)
from sim.phases.perceive.beliefs import perceived_certainty
from sim.rng import Decision, draw_each, number
from sim.world.state import World

_ACT = number(Decision.ACT)
_OWNER, _FACILITATOR = number(Decision.OWNER), number(Decision.FACILITATOR)
TINY_EVIDENCE = 1e-12


def run(world: World) -> None:
    """Renew the muster, then run the personnel kernel over it."""
    p, units, billets, muster = world.parameters, world.units, world.billets, world.muster
    demand, roles = p.personnel_demand, p.involvement
    cells = world.cells
    price = price_faced(world, cells.price_international, cells.capacity_international, world.reach.near_personnel)
    factor = powers(price / p.local_demand.reference_price_usd, -demand.price_elasticity)
    opportunities, units.private_share[:] = free_time(world)
    budget = (
        disposable_income(world) * demand.spending_share * world.dt if p.switches.spending_limit else np.full(4, np.inf)
    )
    _renew_muster(world)
    _forget_seekers(muster.seekers, billets.sought, billets.wants_person, billets.new_facilitator)
    places, tempted = _consider(
        world.seed,
        world.step,
        world.week,
        units.first_billet,
        muster.n_prone,
        units.category,
        unit_inclination(world),
        opportunities,
        perceived_certainty(world),
        units.belief_a,
        units.belief_b,
        own_weight(world),
        units.tour_weeks,
        *perceived_loss(world),
        budget[:, None] / (price * p.prices.international_visit_size),
        factor,
        muster.row,
        muster.key,
        muster.cell,
        muster.propensity,
        muster.involved_since,
        billets.p_act,
        units.acts,
        units.opportunity,
        units.involved,
    )
    seekers = _act_on_it(
        world.seed,
        world.step,
        world.dt,
        places,
        tempted,
        roles.owner_hazard_per_week * p.switches.personnel_roles,
        roles.facilitator_hazard_per_week * p.switches.personnel_roles,
        muster.row,
        muster.key,
        muster.cell,
        billets.occupant,
        billets.sought,
        billets.wants_person,
        billets.is_facilitator,
        billets.new_facilitator,
        billets.facilitator_slot,
    )
    muster.seekers, muster.places, muster.seekers_key, muster.seekers_home, muster.seekers_visits = seekers
    muster.n_seekers = len(muster.seekers)
    world.count("international_demand", muster.seekers_visits.sum())
    world.count("involved_tours", float((units.involved / units.tour_weeks).sum()) * world.dt)


@kernel
def _forget_seekers(seekers, sought, wants_person, new_facilitator):
    """Take back what those who sought a visit in the last step decided."""
    for b in seekers:
        sought[b], wants_person[b], new_facilitator[b] = 0, False, False


def _renew_muster(world: World) -> None:
    """Read again the posts of each unit from the first that has somebody new."""
    units, billets, muster = world.units, world.billets, world.muster
    _renew(
        units.first_billet,
        units.n_present,
        billets.is_prone,
        billets.key,
        billets.cell,
        billets.propensity,
        billets.occupant,
        billets.acts_slot,
        billets.tour_acts,
        billets.first_act_week,
        billets.p_act,
        muster.first_new,
        muster.n_read,
        muster.n_prone,
        muster.row,
        muster.key,
        muster.cell,
        muster.propensity,
        muster.involved_since,
    )


@kernel
def _renew(
    first_billet,
    n_present,
    is_prone,
    key,
    cell,
    propensity,
    occupant,
    acts_slot,
    tour_acts,
    first_act_week,
    p_act,
    first_new,
    n_read,
    n_prone,
    on_row,
    on_key,
    on_cell,
    on_propensity,
    on_since,
):
    """Bring the muster up to date: read again each unit's posts from the first that changed; the others have no chance to act."""
    for u in range(first_billet.size):
        keep = min(first_new[u], n_read[u], n_present[u])
        first, place = first_billet[u], first_billet[u] + n_prone[u]
        while place > first and on_row[place - 1] >= first + keep:
            place -= 1
            p_act[on_row[place]] = 0.0
        for b in range(first + keep, first + n_present[u]):
            if is_prone[b]:
                on_row[place], on_key[place], on_cell[place] = b, key[b], cell[b]
                on_propensity[place] = propensity[b]
                is_involved = acts_slot[b] == occupant[b] and tour_acts[b] > 0
                on_since[place] = first_act_week[b] if is_involved else np.inf
                place += 1
        n_prone[u], n_read[u], first_new[u] = place - first, n_present[u], n_present[u]


@inlined
def willingness(propensity, inclination, found_out, evidence, spared, loss):
    """Share of free opportunities a person takes, sig(V), and the certainty seen: A / (A + B + own unpunished evidence)."""
    certainty = found_out / (evidence + spared)
    return logistic(propensity + inclination - certainty * loss), certainty


@kernel
def _consider(
    seed,
    step,
    week,
    first_billet,
    n_prone,
    category,
    inclination,
    opportunities,
    certainty_expected,
    belief_a,
    belief_b,
    own_weight,
    tour_weeks,
    loss_client,
    loss_trade,
    visits_affordable,
    price_factor,
    row,
    key,
    cell,
    propensity,
    involved_since,
    p_act,
    unit_acts,
    unit_opportunity,
    unit_involved,
):
    """One week of decisions: a prone person with free time seeks a Poisson number of visits, the mean within the budget.

    Unit by unit in loops without branches. Returns places on the muster of those whose draw allows a visit, and for each
    the mean, the draw and what in trade would be lost, in log-odds.
    """
    most = max(n_prone.max(), 1) if n_prone.size else 1
    draw, willing, certainty, mean = np.empty(most), np.empty(most), np.empty(most), np.empty(most)
    n_most = n_prone.sum() + 1
    places, tempted = np.empty(n_most, np.int64), np.empty((3, n_most))
    n_may = 0
    for u in range(first_billet.size):
        n, first = n_prone[u], first_billet[u]
        own_row, own_key, own_cell = row[first : first + n], key[first : first + n], cell[first : first + n]
        own_propensity, own_since = propensity[first : first + n], involved_since[first : first + n]
        free, affordable = opportunities[u], visits_affordable[category[u]]
        evidence, own_evidence = max(belief_a[u] + belief_b[u], TINY_EVIDENCE), own_weight / tour_weeks[u]
        found_out = certainty_expected[u] * evidence
        draw_each(seed, _ACT, step, own_key, draw)
        for k in range(n):
            spared = own_evidence * max(week - own_since[k], 0.0)
            willing[k], certainty[k] = willingness(
                own_propensity[k], inclination[u], found_out, evidence, spared, loss_client[u]
            )
        for k in range(n):
            mean[k] = min(free * willing[k] * price_factor[own_cell[k]], affordable[own_cell[k]])
        acts, opportunity, involved = 0.0, 0.0, 0.0
        for k in range(n):
            acts += free * willing[k]
            opportunity += free
            involved += own_since[k] < np.inf
            p_act[own_row[k]] = willing[k]
        unit_acts[u], unit_opportunity[u], unit_involved[u] = acts, opportunity, involved
        n_before = n_may
        for k in range(n):
            places[n_may] = first + k
            n_may += draw[k] > 1.0 - mean[k]  # else certainly below exp(-mean), the chance of none
        for i in range(n_before, n_may):
            k = places[i] - first
            tempted[0, i], tempted[1, i], tempted[2, i] = mean[k], draw[k], certainty[k] * loss_trade[u]
    return places[:n_may], tempted[:, :n_may]


@kernel
def _act_on_it(
    seed,
    step,
    dt,
    places,
    tempted,
    owner_hazard,
    facilitator_hazard,
    row,
    key,
    cell,
    occupant,
    sought,
    wants_person,
    is_facilitator,
    new_facilitator,
    facilitator_slot,
):
    """How many visits each seeks, and who would take a person or begins to help a network.

    Returns of those who seek: rows, places on the muster, keys, cells where they live, and visits.
    """
    seekers, found, visits, n = np.empty_like(places), np.empty_like(places), np.empty_like(places), 0
    loss = np.empty(places.size)
    for i in range(places.size):
        visits[n] = poisson_quantile(tempted[0, i], tempted[1, i])
        if visits[n] > 0:
            seekers[n], found[n], loss[n] = row[places[i]], places[i], tempted[2, i]
            sought[seekers[n]] = visits[n]
            n += 1
    seekers, found, visits = seekers[:n], found[:n], visits[:n]
    keys, takes, helps = key[found], np.empty(n), np.empty(n)
    draw_each(seed, _OWNER, step, keys, takes)
    draw_each(seed, _FACILITATOR, step, keys, helps)
    for i in range(n):
        caution = exp(-loss[i])
        takes[i] -= step_probability(owner_hazard * caution, dt)
        helps[i] -= step_probability(facilitator_hazard * caution, dt)
    for i in range(n):
        b = seekers[i]
        if takes[i] < 0.0:
            wants_person[b] = True
        if helps[i] < 0.0 and not (is_facilitator[b] and facilitator_slot[b] == occupant[b]):
            is_facilitator[b] = True
            new_facilitator[b] = True
            facilitator_slot[b] = occupant[b]
    return seekers, found, keys, cell[found], visits

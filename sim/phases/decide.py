"""Phase 3, decide: which personnel seek paid contact, who would take a person or help a network, and what locals seek.

A prone person's log-odds join propensity, norm, leadership, income and the perceived risk and cost of being found out
(Becker 1968; Anwar & Loughran 2011); the price acts outside the logistic. It leaves out where people go (match).
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.compiled import inlined, kernel
from sim.numerics import exp, exps, logistic, logistics, logit, logs, poisson_quantile, powers, step_probability
from sim.phases.perceive.beliefs import leadership_now, perceived_certainty
from sim.phases.phase import Phase
from sim.rng import Decision, draw_each, uniform
from sim.world.state import World

_ACT = int(Decision.ACT)
_OWNER, _FACILITATOR, _LOCAL = int(Decision.OWNER), int(Decision.FACILITATOR), int(Decision.LOCAL_DEMAND)
TINY_CAPACITY = 1e-6
TINY_EVIDENCE = 1e-12


def run(world: World) -> None:
    """Let personnel and local clients decide what they seek this step."""
    _decide_personnel(world)
    _decide_locals(world)


def perceived_loss(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Cost of being found out in log-odds, for clients and for owners and facilitators, each shape (n_units,).

    Each consequence counts with its expected chance given a finding, delayed ones discounted. Where paying for sex is no
    offence for a contributor's people, immunity is not waived and host jurisdiction not accepted, no court weighs on clients.
    """
    p, c, units = world.parameters.sanctions, world.contributors, world.units
    if not world.parameters.switches.deterrence:
        return np.zeros(len(units)), np.zeros(len(units))
    own = units.contributor
    service = p.reputation_loss * c.q_removed[own] + p.pay_loss * c.q_pay[own]
    courts = p.prosecution_loss * c.q_prosecuted[own] + p.conviction_loss * c.q_convicted[own]
    courts = courts * exps(-p.delay_discount_per_year * c.delay_years[own])
    accepted = c.is_state & (c.ratification > c.ratification_draw)
    elsewhere = (1.0 - units.waiver) * (1.0 - accepted[own])
    liable = 1.0 - (1.0 - world.purchase_offence[own, world.step]) * elsewhere
    return service + courts * liable, service + courts


def weeks_into_tour(world: World) -> np.ndarray:
    """Weeks since a unit arrived; for posts that rotate singly half a tour, shape (n_units,)."""
    units = world.units
    return np.where(
        units.category == 0, np.mod(world.week + units.tour_phase, units.tour_weeks), 0.5 * units.tour_weeks
    )


def compliance(world: World) -> np.ndarray:
    """Share of off-limits rules and training that a unit's leadership makes its people follow, shape (n_units,)."""
    p = world.parameters.leadership
    return logistics(logit(p.compliance) + p.compliance_leadership * leadership_now(world))


def inclination_terms(world: World) -> dict[str, np.ndarray]:
    """Log-odds common to a unit by term (norm, leadership, training, income), each shape (n_units,)."""
    p, units = world.parameters, world.units
    norm = p.norms.norm_weight * (units.norm - p.norms.reference_participation)
    wages = [world.series.wage[c][world.step] for c in world.scenario.mission.countries]
    weekly_wage = float(np.mean(wages)) / WEEKS_PER_MONTH
    training = world.knobs.values("training", np.zeros(len(units)))
    if training.any():
        training = training * compliance(world) * 2.0 ** (-weeks_into_tour(world) / p.leadership.training_half_weeks)
    return {
        "norm": norm if p.switches.norms else np.zeros(len(units)),
        "leadership": -p.norms.leadership_weight * leadership_now(world),
        "training": training,
        "income": p.involvement.income_weight * logs(disposable_income(world) / weekly_wage)[units.category],
    }


def unit_inclination(world: World) -> np.ndarray:
    """Log-odds common to a unit, all terms together, perceived risk left out; shape (n_units,)."""
    terms = inclination_terms(world)
    return terms["norm"] + terms["leadership"] + terms["training"] + terms["income"]


def own_evidence(world: World) -> np.ndarray:
    """Evidence per week of own unpunished involvement, in tours: o * w_own / tour, shape (n_units,)."""
    p = world.parameters.beliefs
    own = p.unpunished_weight * p.own_weight if world.parameters.switches.beliefs else 0.0
    return own / world.units.tour_weeks


def disposable_income(world: World) -> np.ndarray:
    """Disposable income by category, USD per week, shape (4,)."""
    return world.knobs.values("disposable_income", world.series.disposable_usd[:, world.step])


def price_faced(world: World, price: np.ndarray, capacity: np.ndarray, reach_km: float) -> np.ndarray:
    """Price a client living in a cell meets: weighted by capacity and nearness over the cells in reach, shape (n_cells,)."""
    reach = world.reach
    weight = exps(-reach.distance_km / reach_km) * (capacity[reach.cell] + TINY_CAPACITY)
    total = np.add.reduceat(weight, reach.start[:-1])
    return np.add.reduceat(weight * price[reach.cell], reach.start[:-1]) / total


def free_time(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Opportunities of a prone person this step, and the share of acts on private premises, each shape (n_units,).

    Off-limits rules take hours away where they are obeyed; part of those hours moves to private premises.
    """
    p, units = world.parameters, world.units
    exposure = np.minimum(world.knobs.values("exposure", world.series.exposure[:, world.step]), 1.0)
    rate = world.knobs.value("involvement_rate", p.involvement.acts_per_week) * world.dt
    opportunities = (exposure * rate)[units.category]
    taken = world.knobs.values("off_limits", np.zeros(len(units)))
    if not taken.any():
        return opportunities, taken
    taken = taken * compliance(world)
    moved = taken * p.leadership.displaced_share
    kept = 1.0 - taken + moved
    private = np.divide(moved, kept, out=np.zeros(len(units)), where=kept > 0)
    return opportunities * kept, private


def _decide_personnel(world: World) -> None:
    """Renew the muster, then run the personnel kernel over it."""
    p, units, billets, muster = world.parameters, world.units, world.billets, world.muster
    demand, roles = p.personnel_demand, p.involvement
    cells = world.cells
    price = price_faced(world, cells.price_international, cells.capacity_international, demand.reach_km)
    factor = powers(price / p.local_demand.reference_price_usd, -demand.price_elasticity)
    opportunities, units.private_share[:] = free_time(world)
    budget = (
        disposable_income(world) * demand.spending_share * world.dt if p.switches.spending_limit else np.full(4, np.inf)
    )
    certainty, loss = perceived_certainty(world), perceived_loss(world)
    evidence = np.maximum(units.belief_a + units.belief_b, TINY_EVIDENCE)
    _renew_muster(world)
    billets.sought[muster.seekers] = 0
    billets.wants_person[muster.seekers] = False
    billets.new_facilitator[muster.seekers] = False
    places, tempted = _consider(
        world.seed,
        world.step,
        world.week,
        units.first_billet,
        muster.n_prone,
        units.category,
        unit_inclination(world),
        opportunities,
        certainty * evidence,
        evidence,
        own_evidence(world),
        *loss,
        budget,
        price * p.prices.international_visit_size,
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
    muster.seekers, muster.places, sought = _act_on_it(
        world.seed,
        world.step,
        world.dt,
        places,
        tempted,
        roles.owner_hazard_per_week * p.switches.personnel_roles,
        roles.facilitator_hazard_per_week * p.switches.personnel_roles,
        muster.row,
        muster.key,
        billets.occupant,
        billets.sought,
        billets.wants_person,
        billets.is_facilitator,
        billets.new_facilitator,
        billets.facilitator_slot,
    )
    world.count("international_demand", sought)
    world.count("involved_tours", float((units.involved / units.tour_weeks).sum()) * world.dt)


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
    found_out,
    evidence,
    own_evidence,
    loss_client,
    loss_trade,
    budget,
    visit_price,
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
        free, limit = opportunities[u], budget[category[u]]
        draw_each(seed, _ACT, step, own_key, draw)
        for k in range(n):
            spared = own_evidence[u] * max(week - own_since[k], 0.0)
            willing[k], certainty[k] = willingness(
                own_propensity[k], inclination[u], found_out[u], evidence[u], spared, loss_client[u]
            )
        for k in range(n):
            mean[k] = min(free * willing[k] * price_factor[own_cell[k]], limit / visit_price[own_cell[k]])
        acts, opportunity, involved = 0.0, 0.0, 0.0
        for k in range(n):
            acts += free * willing[k]
            opportunity += free
            involved += own_since[k] < np.inf
            p_act[own_row[k]] = willing[k]
        unit_acts[u], unit_opportunity[u], unit_involved[u] = acts, opportunity, involved
        for k in range(n):
            places[n_may] = first + k
            tempted[0, n_may], tempted[1, n_may], tempted[2, n_may] = mean[k], draw[k], certainty[k] * loss_trade[u]
            n_may += draw[k] > 1.0 - mean[k]  # else certainly below exp(-mean), the chance of none
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
    occupant,
    sought,
    wants_person,
    is_facilitator,
    new_facilitator,
    facilitator_slot,
):
    """How many visits each seeks, and who would take a person or begins to help a network.

    Returns rows and places on the muster of those who seek, and the visits in all.
    """
    n, total = 0, 0
    seekers, found, keys = np.empty(places.size, np.int64), np.empty(places.size, np.int64), np.empty_like(places)
    loss = np.empty(places.size)
    for i in range(places.size):
        visits = poisson_quantile(tempted[0, i], tempted[1, i])
        if visits > 0:
            b = row[places[i]]
            sought[b] = visits
            total += visits
            seekers[n], found[n], keys[n], loss[n] = b, places[i], key[places[i]], tempted[2, i]
            n += 1
    takes, helps = np.empty(n), np.empty(n)
    draw_each(seed, _OWNER, step, keys[:n], takes)
    draw_each(seed, _FACILITATOR, step, keys[:n], helps)
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
    return seekers[:n], found[:n], total


def local_potential(world: World) -> np.ndarray:
    """Expected local visits by cell at the reference price, per week: population x income x habit, shape (n_cells,)."""
    p, cells, mission = world.parameters, world.cells, world.scenario.mission
    if not p.switches.local_demand:
        return np.zeros(len(cells))
    income = np.array([world.series.income[c][world.step] / world.series.income[c][0] for c in mission.countries])
    income = world.knobs.values("local_income", income) ** p.local_demand.income_elasticity
    income = world.knobs.values("local_demand", income)
    rate = p.local_demand.acts_per_1000_per_week * mission.local_demand_ratio
    return rate * cells.population / 1000.0 * income[cells.country] * cells.habit


def _decide_locals(world: World) -> None:
    """Draw the visits local clients seek in each cell at last step's price."""
    p, cells = world.parameters.local_demand, world.cells
    cells.local_potential[:] = local_potential(world)
    price = price_faced(world, cells.price_local, cells.capacity_local, p.reach_km)
    mean = cells.local_potential * powers(price / p.reference_price_usd, -p.price_elasticity) * world.dt
    cells.local_sought[:] = _draw_counts(world.seed, world.step, mean, cells.grid_cell)
    world.count("local_demand", cells.local_sought.sum())


@kernel
def _draw_counts(seed, step, mean, grid_cell):
    """Poisson counts keyed by cell."""
    counts = np.empty(mean.size, np.float64)
    for c in range(mean.size):
        counts[c] = poisson_quantile(mean[c], uniform(seed, _LOCAL, step, grid_cell[c]))
    return counts


PHASE = Phase(
    name="decide",
    question="Who seeks paid contact, who would take a person or help a network, and what do locals seek?",
    run=run,
    draws=(Decision.ACT, Decision.OWNER, Decision.FACILITATOR, Decision.LOCAL_DEMAND),
)

"""Phase 6, people: who is given assistance, as far as places go, and who of them is willing to testify."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.knobs import with_odds, with_probability
from sim.numerics import logistic, mean_where, total
from sim.phases.people.moves import BEYOND_DRAWS, enter, stay_uniform
from sim.rng import Decision, number
from sim.tables import Ints
from sim.world.person_states import ASSISTED, IDENTIFIED, UNASSISTED
from sim.world.state import World

_ASSISTANCE, _TESTIMONY = number(Decision.PERSON_ASSISTANCE), number(Decision.PERSON_TESTIMONY)


@kernel
def assistance_places(world: World) -> float:
    """New persons that can be assisted in this step, scaled."""
    places = world.inputs.assistance_places[world.step] * world.effects.assistance_places
    return places * world.scale * world.dt


@kernel
def assist(world: World, seekers: Ints) -> None:
    """Give assistance to those who accept or seek it, as far as places go; unused places carry over for a few weeks."""
    people, new = world.people, assistance_places(world)
    limit = new / world.dt * world.parameters.assistance.carry_over_weeks + 1.0 if new > 0.0 else 0.0
    world.assistance_credit = min(world.assistance_credit + new, limit)
    if seekers.size == 0:
        return
    states, threat = _share_out(world, seekers), mean_where(world.networks.ties, world.networks.is_active)
    for i in range(seekers.size):
        if states[i] == ASSISTED:
            people.will_testify[seekers[i]] = _is_willing(world, seekers[i], threat)
            people.was_assisted[seekers[i]] = True
            world.assistance_credit -= 1.0
            world.flows.assisted_persons += 1.0
        enter(world, seekers[i], states[i])


@kernel
def _share_out(world: World, seekers: Ints) -> Ints:
    """State of each: accepted if offered, else sought, then given in order of a draw while places last."""
    p = world.parameters.persons
    uptake, n_waiting = with_odds(p.uptake, world.effects.uptake), 0
    states, waiting = np.full(seekers.size, UNASSISTED), np.full(seekers.size, BEYOND_DRAWS)
    for i in range(seekers.size):
        chance = uptake if world.people.state[seekers[i]] == IDENTIFIED else p.self_referral
        if stay_uniform(world, _ASSISTANCE, seekers[i], 0) < chance:
            waiting[i] = stay_uniform(world, _ASSISTANCE, seekers[i], 1)
            n_waiting += 1
    for _ in range(min(n_waiting, int(world.assistance_credit))):
        first = np.argmin(waiting)
        states[first], waiting[first] = ASSISTED, BEYOND_DRAWS
    return states


@kernel
def _is_willing(world: World, person: int, threat: float) -> bool:
    """Whether an assisted person is willing to testify: protection, trust, and threat by networks with ties."""
    p, trust, cell = world.parameters.testimony, world.countries.trust, world.people.cell[person]
    protection = with_probability(p.protection, world.effects.protection)
    trusting = trust[world.cells.country[cell]] if cell >= 0 else total(trust) / trust.size
    log_odds = p.intercept + p.protection_weight * protection + p.trust_weight * trusting - p.threat_weight * threat
    return stay_uniform(world, _TESTIMONY, person, 0) < logistic(log_odds)

"""Phase 7, report: the list of venues police keep, with its own delay and gaps; published venue counts rest on it."""

from __future__ import annotations

from sim.compiled import kernel
from sim.numerics import step_probability
from sim.rng import Decision, number, uniform
from sim.world.state import World

_LISTED = number(Decision.LISTED)


@kernel
def keep_list(world: World) -> None:
    """Police notice an open venue by chance or by raiding it, and strike off a closed one by chance."""
    venues, p, dt = world.venues, world.parameters.observation, world.dt
    p_visible = step_probability(p.listing_visible_per_week, dt)
    p_hidden = step_probability(p.listing_hidden_per_week, dt)
    p_struck_off = step_probability(p.delisting_per_week, dt)
    for v in range(len(venues)):
        if not (venues.is_open[v] or venues.is_listed[v]):
            continue
        drawn = uniform(world.seed, _LISTED, world.step, venues.key[v], venues.spell[v])
        if venues.is_open[v]:
            venues.is_listed[v] |= venues.is_raided[v] or drawn < (p_hidden if venues.is_hidden[v] else p_visible)
        else:
            venues.is_listed[v] &= drawn >= p_struck_off

"""Phase 7, report: the list of venues police keep, with its own delay and gaps; published venue counts rest on it."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from sim.compiled import kernel
from sim.numerics import step_probability
from sim.rng import Decision, number, uniform
from sim.world.state import World

_LISTED = number(Decision.LISTED)


def run(world: World) -> None:
    """Let police list venues they notice, and strike off those long closed."""
    venues, p, dt = world.venues, world.parameters.observation, world.dt
    _keep_list(
        world.seed,
        world.step,
        step_probability(p.listing_visible_per_week, dt),
        step_probability(p.listing_hidden_per_week, dt),
        step_probability(p.delisting_per_week, dt),
        venues.key,
        venues.spell,
        venues.is_open,
        venues.is_hidden,
        venues.is_raided,
        venues.is_listed,
    )


@kernel
def _keep_list(seed, step, p_visible, p_hidden, p_struck_off, key, spell, is_open, is_hidden, is_raided, is_listed):
    """Police notice an open venue by chance or by raiding it, and strike off a closed one by chance."""
    for v in range(is_open.size):
        if not (is_open[v] or is_listed[v]):
            continue
        drawn = uniform(seed, _LISTED, step, key[v], spell[v])
        if is_open[v]:
            is_listed[v] |= is_raided[v] or drawn < (p_hidden if is_hidden[v] else p_visible)
        else:
            is_listed[v] &= drawn >= p_struck_off

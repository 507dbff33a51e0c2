"""Phase 7, report: what police and NGOs come to know and write down.

The list of venues is the police's, with its own delay and gaps; it is what published venue counts rest on. Reports about
personnel are not filed here yet: they come with the accountability chain.
"""

from __future__ import annotations

import numpy as np

from sim.numerics import step_probability
from sim.phases.phase import Phase
from sim.rng import Decision, uniforms
from sim.world.state import World


def run(world: World) -> None:
    """Let police list venues they notice, and strike off those long closed."""
    venues, p = world.venues, world.parameters.observation
    listing = np.where(
        venues.is_hidden,
        step_probability(p.listing_hidden_per_week, world.dt),
        step_probability(p.listing_visible_per_week, world.dt),
    )
    draws = uniforms(world.seed, int(Decision.LISTED), world.step, venues.key, venues.spell)
    noticed = venues.is_open & ((draws < listing) | venues.is_raided)
    struck_off = ~venues.is_open & (draws < step_probability(p.delisting_per_week, world.dt))
    venues.is_listed[:] = (venues.is_listed | noticed) & ~struck_off


PHASE = Phase(
    name="report", question="What do police and NGOs come to know and write down?", run=run, draws=(Decision.LISTED,)
)

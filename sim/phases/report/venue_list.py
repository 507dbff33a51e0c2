"""Phase 7, report: the list of venues police keep, with its own delay and gaps; published venue counts rest on it."""

from __future__ import annotations

import numpy as np

from sim.rng import Decision, uniforms
from sim.world.state import World


def run(world: World) -> None:
    """Let police list venues they notice, and strike off those long closed."""
    venues, p = world.venues, world.parameters.observation
    rows = np.flatnonzero(venues.is_open | venues.is_listed)
    is_open = venues.is_open[rows]
    rate = np.where(venues.is_hidden[rows], p.listing_hidden_per_week, p.listing_visible_per_week)
    chance = 1.0 - np.exp(-np.where(is_open, rate, p.delisting_per_week) * world.dt)
    drawn = uniforms(world.seed, int(Decision.LISTED), world.step, venues.key[rows], venues.spell[rows]) < chance
    noticed, struck_off = is_open & (drawn | venues.is_raided[rows]), ~is_open & drawn
    venues.is_listed[rows] = (venues.is_listed[rows] | noticed) & ~struck_off

"""Phase 2, perceive: what units come to regard as normal, from what they saw last step.

A unit's norm follows the participation of those who had the opportunity (not acts per head), steadied by prior acts, and
mixes on rotation with what newcomers bring.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.phases.perceive.beliefs import share_replaced
from sim.tables import Reals
from sim.world.state import World


@kernel
def follow(world: World) -> None:
    """Update norms from last step's behaviour, then mix them where people rotated."""
    units, prior = world.units, world.parameters.norms.shrinkage_acts * world.scale * world.dt
    units.norm[:] = relaxed_norm(units.norm, units.acts, units.opportunity, world.fading.norms_moved, prior)
    _mix_on_rotation(world)
    _remember_at_home(world)


@kernel
def relaxed_norm(norm: Reals, acts: Reals, opportunity: Reals, rate: float, shrinkage: float) -> Reals:
    """Norm after one step: towards the participation seen, (acts + m x) / (opportunity + m), at a given rate.

    Limits: without opportunity and without prior weight the norm stays as it is. Source: Brock & Durlauf (2001) for the
    feedback; participation instead of acts per head is this model's form.
    """
    relaxed = np.empty(norm.size, np.float64)
    for u in range(norm.size):
        weight = opportunity[u] + shrinkage
        seen = (acts[u] + shrinkage * norm[u]) / weight if weight > 0.0 else norm[u]
        relaxed[u] = (1.0 - rate) * norm[u] + rate * seen
    return relaxed


@kernel
def _mix_on_rotation(world: World) -> None:
    """Replace part of the norm where a unit was relieved, and a little each step where posts rotate one by one."""
    units, p = world.units, world.parameters.norms
    for u in range(len(units)):
        share = share_replaced(world, u, 1.0 - p.carried_over)
        brought = 0.5 * (p.reference_participation + units.home_norm[u]) * world.effects.arrival_norm[u]
        units.norm[u] = (1.0 - share) * units.norm[u] + share * min(
            brought, 1.0
        )  # a share, whatever a policy makes of it
        units.norm_slot[u] = units.slot[u]


@kernel
def _remember_at_home(world: World) -> None:
    """Move each contributor's home norm slowly towards the norms of its units, weighted by their strength."""
    units = world.units
    people, weighted = np.zeros(len(world.contributors)), np.zeros(len(world.contributors))
    for u in world.places.unit_order:
        people[units.contributor[u]] += units.n_present[u]
        weighted[units.contributor[u]] += units.n_present[u] * units.norm[u]
    for u in range(len(units)):
        own = units.contributor[u]
        if people[own] > 0.0:
            units.home_norm[u] += world.fading.home_norms_moved * (weighted[own] / people[own] - units.home_norm[u])

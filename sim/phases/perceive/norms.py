"""Phase 2, perceive: what units come to regard as normal, from what they saw last step.

A unit's norm follows the participation of those who had the opportunity (not acts per head), steadied by prior acts, and
mixes on rotation with what newcomers bring.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.phases.perceive.beliefs import share_replaced
from sim.world.state import World


def run(world: World) -> None:
    """Update norms from last step's behaviour, then mix them where people rotated."""
    units, p = world.units, world.parameters.norms
    prior = p.shrinkage_acts * world.scale * world.dt
    rate = 1.0 - float(np.exp(-world.dt / p.relaxation_weeks))
    units.norm[:] = relaxed_norm(units.norm, units.acts, units.opportunity, rate, prior)
    brought = world.knobs.values("arrival_norm", 0.5 * (p.reference_participation + units.home_norm))
    _mix_on_rotation(
        brought,
        1.0 - p.carried_over,
        world.dt,
        units.category,
        units.tour_weeks,
        units.slot,
        units.norm_slot,
        units.norm,
    )
    _remember_at_home(
        1.0 - float(np.exp(-world.dt / p.home_memory_weeks)),
        world.unit_order,
        units.contributor,
        units.n_present,
        units.norm,
        units.home_norm,
    )


@kernel
def relaxed_norm(
    norm: np.ndarray, acts: np.ndarray, opportunity: np.ndarray, rate: float, shrinkage: float
) -> np.ndarray:
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
def _mix_on_rotation(brought, replaced, dt, category, tour_weeks, slot, norm_slot, norm):
    """Replace part of the norm where a unit was relieved, and a little each step where posts rotate one by one."""
    for u in range(norm.size):
        share = share_replaced(category[u], norm_slot[u], slot[u], tour_weeks[u], dt, replaced)
        norm[u] = (1.0 - share) * norm[u] + share * min(brought[u], 1.0)  # a share, whatever a policy makes of it
        norm_slot[u] = slot[u]


@kernel
def _remember_at_home(rate, order, contributor, n_present, norm, home_norm):
    """Move each contributor's home norm slowly towards the norms of its units, weighted by their strength."""
    n = contributor.max() + 1 if contributor.size else 0
    people, weighted = np.zeros(n, np.float64), np.zeros(n, np.float64)
    for u in order:
        people[contributor[u]] += n_present[u]
        weighted[contributor[u]] += n_present[u] * norm[u]
    for u in range(norm.size):
        if people[contributor[u]] > 0.0:
            home_norm[u] += rate * (weighted[contributor[u]] / people[contributor[u]] - home_norm[u])

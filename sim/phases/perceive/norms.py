"""Phase 2, perceive: what units come to regard as normal, from what they saw last step.

A unit's norm follows the participation of those who had the opportunity (not acts per head), steadied by prior acts, and
mixes on rotation with what newcomers bring.
"""

from __future__ import annotations

import numpy as np

from sim.world.state import World


def run(world: World) -> None:
    """Update norms from last step's behaviour, then mix them where people rotated."""
    units, p = world.units, world.parameters.norms
    rate = 1.0 - np.exp(-world.dt / p.relaxation_weeks)
    prior = p.shrinkage_acts * world.scale * world.dt
    units.norm[:] = relaxed_norm(units.norm, units.acts, units.opportunity, rate, prior)
    _mix_on_rotation(world)
    _remember_at_home(world)


def relaxed_norm(
    norm: np.ndarray, acts: np.ndarray, opportunity: np.ndarray, rate: float, shrinkage: float
) -> np.ndarray:
    """Norm after one step: towards the participation seen, (acts + m x) / (opportunity + m), at a given rate.

    Limits: without opportunity and without prior weight the norm stays as it is. Source: Brock & Durlauf (2001) for the
    feedback; participation instead of acts per head is this model's form.
    """
    weight = opportunity + shrinkage
    seen = np.divide(acts + shrinkage * norm, weight, out=np.array(norm, np.float64), where=weight > 0)
    return (1.0 - rate) * norm + rate * seen


def _mix_on_rotation(world: World) -> None:
    """Replace part of the norm where a unit was relieved, and a little each step where posts rotate one by one."""
    units, p = world.units, world.parameters.norms
    as_unit = units.category == 0
    relieved = as_unit & (units.norm_slot >= 0) & (units.norm_slot != units.slot)
    share = np.where(
        relieved, 1.0 - p.carried_over, np.where(as_unit, 0.0, (1.0 - p.carried_over) * world.dt / units.tour_weeks)
    )
    brought = world.knobs.values("arrival_norm", 0.5 * (p.reference_participation + units.home_norm))
    brought = np.minimum(brought, 1.0)  # a share, whatever factor a policy puts on it
    units.norm[:] = (1.0 - share) * units.norm + share * brought
    units.norm_slot[:] = units.slot


def _remember_at_home(world: World) -> None:
    """Move each contributor's home norm slowly towards the norms of its units."""
    units, p = world.units, world.parameters.norms
    if not len(units):
        return
    order = world.unit_order
    present = units.n_present.astype(np.float64)
    total = np.bincount(units.contributor[order], weights=present[order])
    weighted = np.bincount(units.contributor[order], weights=(present * units.norm)[order])
    mean = np.divide(weighted, total, out=np.zeros_like(total), where=total > 0)[units.contributor]
    rate = np.where(total[units.contributor] > 0, 1.0 - np.exp(-world.dt / p.home_memory_weeks), 0.0)
    units.home_norm[:] += rate * (mean - units.home_norm)

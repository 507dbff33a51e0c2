"""Phase 8, justice: whom inquiries into units find. Oversight says into which and how well; each involved person may be found."""

from __future__ import annotations

import numpy as np

from sim.institutions.oversight import UNOversight
from sim.phases.report.incidents import held_privately, role_at
from sim.rng import Decision, uniform
from sim.world.state import Filed, World


def find(world: World, oversight: UNOversight) -> list[Filed]:
    """Reports that inquiries add: each involved person present is found with the inquiry's success."""
    return [filed for unit, success in oversight.inquiries(world) for filed in _involved_found(world, unit, success)]


def _involved_found(world: World, unit: int, success: float) -> list[Filed]:
    """Involved persons of a unit whom an inquiry finds."""
    units, billets, held = world.units, world.billets, held_privately(world)
    rows = np.arange(units.first_billet[unit], units.first_billet[unit] + units.n_present[unit])
    rows = rows[(billets.acts_slot[rows] == billets.occupant[rows]) & (billets.tour_acts[rows] > 0)]
    found = []
    for row in rows.tolist():
        if uniform(world.seed, int(Decision.INQUIRY_PERSON), world.step, int(billets.key[row])) < success:
            found.append(
                Filed(
                    billet=row,
                    occupant=int(billets.occupant[row]),
                    role=role_at(world, row, held),
                    act_step=world.step,
                    channel="inquiry",
                    cell=int(billets.visited[row]),
                    ordinal=1,
                )
            )
    return found

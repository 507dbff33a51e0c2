"""What the animated map shows of a run: values by cell of the mission area, week by week. It reads and changes nothing.

Two kinds of layer: shading (mean visits sought, persons exploited) and counts of marks (venues, raids).
"""

from __future__ import annotations

import numpy as np

from sim.model import MandateModel
from sim.scenario import Scenario
from sim.studio.pack import LAYERS
from sim.studio.wanted import IsWanted, Stopped, always
from sim.world.person_states import IN_VENUE, PRIVATE
from sim.world.state import World


class Frames:
    """Layers by week and cell, shape (n_layers, n_steps, n_cells), in simulated units."""

    def __init__(self, world: World) -> None:
        self.layers = np.zeros((len(LAYERS), world.clock.n_steps, len(world.cells)))

    def look(self, world: World) -> None:
        """Write down the step that has just ended."""
        cells, venues, people, n = world.cells, world.venues, world.people, len(world.cells)
        here = np.where(venues.is_open, venues.cell, 0)
        place, state = people.cell[: world.n_people], people.state[: world.n_people]
        exploited = place[((state == IN_VENUE) | (state == PRIVATE)) & (place >= 0)]
        self.layers[:, world.step] = (
            cells.international_sought + cells.local_sought,
            cells.international_sought,
            np.bincount(exploited, minlength=n),
            np.bincount(here, venues.is_open & ~venues.is_hidden, n),
            np.bincount(here, venues.is_open & venues.is_hidden, n),
            cells.raids,
        )


def simulate_frames(scenario: Scenario, is_wanted: IsWanted = always) -> tuple[MandateModel, Frames]:
    """Simulate a scenario, step by step as ``simulate`` does; return the finished model and its frames.

    Raises
    ------
    Stopped
        As soon as ``is_wanted``, told the share done, says no; asked once a step.
    """
    model = MandateModel(scenario)
    frames = Frames(model.world)
    n_steps = model.world.clock.n_steps
    for step in range(n_steps):
        if not is_wanted(step / n_steps):
            raise Stopped
        model.step()
        frames.look(model.world)
    return model, frames

"""The muster: personnel who are present and prone, unit by unit and side by side in memory, for the weekly decision.

It holds copies of columns and no truth of its own. Deploy notes from which post on a unit has somebody new; decide
reads it again from there. One in seven of the billets is on it, so reading it costs a small part of reading all billets.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from sim.tables import Ints, Reals, Shared, array, count

OF_UNITS = ("first_new", "n_read", "n_prone", "next_turn", "n_waiting")


@dataclass
class Muster(Shared):
    """Copies of what the decision reads, and who sought a visit in the last one.

    Unit u's persons stand at ``units.first_billet[u]`` and the ``n_prone[u] - 1`` places after it, in order of billets.
    Lists of seekers and visitors are as long as the muster; their first ``n_seekers`` and ``n_visitors`` rows count.
    """

    first_new: Ints = array(np.int64, "-", "ordinal of the first post of a unit that has somebody new, by unit")
    n_read: Ints = array(np.int64, "billets", "posts that were filled when the unit was read, by unit")
    n_prone: Ints = array(np.int64, "persons", "persons on the muster, by unit")
    next_turn: Ints = array(np.int64, "step", "earliest step in which a waiting post is due for somebody new, by unit")
    n_waiting: Ints = array(np.int64, "billets", "posts, from the first, that this step is about, by unit")
    row: Ints = array(np.int64, "row", "billet of each person")
    key: Ints = array(np.int64, "-", "its key")
    cell: Ints = array(np.int64, "row", "its cell")
    propensity: Reals = array(np.float64, "log-odds", "the person's propensity")
    involved_since: Reals = array(np.float64, "weeks", "first visit in this tour; infinite where there was none")
    seekers: Ints = array(np.int64, "row", "billets of those who sought a visit this step, in order")
    places: Ints = array(np.int64, "place", "where they stand on the muster")
    seekers_key: Ints = array(np.int64, "-", "their keys")
    seekers_home: Ints = array(np.int64, "row", "cells where they live")
    seekers_visits: Ints = array(np.int64, "visits", "visits each seeks")
    visitors: Ints = array(np.int64, "row", "billets of the seekers who made a visit")
    visitors_key: Ints = array(np.int64, "-", "their keys")
    visitors_acts: Ints = array(np.int64, "visits", "visits each made")
    n_seekers: int = count("persons", "who sought a visit")
    n_visitors: int = count("persons", "who made one")

    @classmethod
    def of_size(cls, n_units: int, n_billets: int) -> Muster:
        """An empty muster."""
        muster = cls()
        for field in dataclasses.fields(cls):
            if "dtype" in field.metadata:
                n = n_units if field.name in OF_UNITS else n_billets
                setattr(muster, field.name, np.zeros(n, field.metadata["dtype"]))
        return muster

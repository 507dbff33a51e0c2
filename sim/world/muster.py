"""The muster: personnel who are present and prone, unit by unit and side by side in memory, for the weekly decision.

It holds copies of columns and no truth of its own. Deploy notes from which post on a unit has somebody new; decide
reads it again from there. One in seven of the billets is on it, so reading it costs a small part of reading all billets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

NOBODY = np.empty(0, np.int64)


@dataclass
class Muster:
    """Copies of what the decision reads, and who sought a visit in the last one.

    Unit u's persons stand at ``units.first_billet[u]`` and the ``n_prone[u] - 1`` places after it, in order of billets.

    Attributes
    ----------
    first_new
        Ordinal of the first post of a unit that has somebody new, shape (n_units,).
    n_read
        Posts of a unit that were filled when it was read, shape (n_units,).
    n_prone
        Persons on the muster, shape (n_units,).
    next_turn, n_waiting
        Earliest step in which one of the first ``n_waiting`` posts of a unit is due for somebody new, shape (n_units,) each.
    row, key, cell, propensity
        Of each person, shape (n_billets,); see the columns of billets.
    involved_since
        Week of a person's first visit in this tour; infinite where there was none.
    seekers, places
        Rows of billets of those who sought a visit this step, in order, and their places on the muster.
    seekers_key, seekers_home, seekers_visits
        Their keys, the cells where they live and how many visits each seeks, side by side.
    visitors, visitors_key, visitors_acts
        Of the seekers' rows, those who made a visit, their keys, and how many visits each made.
    """

    first_new: np.ndarray
    n_read: np.ndarray
    n_prone: np.ndarray
    next_turn: np.ndarray
    n_waiting: np.ndarray
    row: np.ndarray
    key: np.ndarray
    cell: np.ndarray
    propensity: np.ndarray
    involved_since: np.ndarray
    seekers: np.ndarray = field(default_factory=lambda: NOBODY)
    places: np.ndarray = field(default_factory=lambda: NOBODY)
    seekers_key: np.ndarray = field(default_factory=lambda: NOBODY)
    seekers_home: np.ndarray = field(default_factory=lambda: NOBODY)
    seekers_visits: np.ndarray = field(default_factory=lambda: NOBODY)
    visitors: np.ndarray = field(default_factory=lambda: NOBODY)
    visitors_key: np.ndarray = field(default_factory=lambda: NOBODY)
    visitors_acts: np.ndarray = field(default_factory=lambda: NOBODY)

    @classmethod
    def of_size(cls, n_units: int, n_billets: int) -> Muster:
        """An empty muster."""
        whole, real = np.int64, np.float64
        return cls(
            *(np.zeros(n_units, whole) for _ in range(5)),
            *(np.zeros(n_billets, kind) for kind in (whole, whole, whole, real, real)),
        )

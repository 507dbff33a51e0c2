"""Facts worth a line of their own: what happened to venues, networks, units and organisers, never to one person.

Events are declared here; a phase may emit only declared kinds. Acts and the steps of single persons are counted by
indicators and never listed. Rules write rows of numbers into the log; words are put to them when results are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from sim.compiled import kernel
from sim.tables import Ints, Reals, Table, column, count

EVENT_COLUMNS = ("week", "date", "event", "subject", "subject_id", "cell", "contributor", "value")


class Event(IntEnum):
    """Kinds of events, numbered for rules."""

    MISSION_STARTED = 0
    UNIT_ROTATED = 1
    STRENGTH_BELOW_TENTH = 2
    NETWORK_ENTERED = 3
    NETWORK_DISSOLVED = 4
    VENUE_OPENED = 5
    VENUE_CLOSED = 6
    VENUE_RELOCATED = 7
    RAID = 8
    ORGANISER_ARRESTED = 9
    ORGANISER_TRIED = 10
    UNIT_INQUIRY = 11
    COMMANDER_REMOVED = 12
    COURT_OUTCOME = 13
    CONTRIBUTOR_SANCTIONED = 14
    UNIT_WITHDRAWN = 15
    UNIT_REPLACED = 16
    SHOCK_STARTED = 17
    POLICY_STARTED = 18


# what happened: to what kind of subject, in words
_DECLARED: dict[str, tuple[str, str]] = {
    "mission_started": ("mission", "first personnel are present; value = personnel present"),
    "unit_rotated": ("contingent", "a unit was relieved by its successor; value = personnel present"),
    "strength_below_tenth": ("mission", "personnel fell below a tenth of their peak; value = personnel present"),
    "network_entered": ("network", "a new network opened its first venue"),
    "network_dissolved": ("network", "a network ceased to exist; value = weeks it existed"),
    "venue_opened": ("venue", "a venue opened; value = 1 for a newcomer's, 2 for an expansion, 3 for a reopening"),
    "venue_closed": ("venue", "a venue closed; value = 1 by its network, 2 by police, 3 because its network dissolved"),
    "venue_relocated": ("venue", "a venue moved to another cell; value = its new cell"),
    "raid": ("venue", "police raided a venue; value = 1 if the raid was known in advance"),
    "organiser_arrested": ("network", "an organiser was arrested"),
    "organiser_tried": ("network", "a court decided; value = 0 acquitted or dropped, 1 fined, 2 prison"),
    "unit_inquiry": ("contingent", "an inquiry into a unit; value = persons found"),
    "commander_removed": ("contingent", "the commander of a unit was removed"),
    "court_outcome": ("contingent", "a court decided on a person of the mission; value = 1 if convicted"),
    "contributor_sanctioned": (
        "contributor",
        "a step against a contributor; value = 1 warning, 2 a unit suspended, 3 all units",
    ),
    "unit_withdrawn": ("contingent", "a contributor withdrew a unit; value = personnel planned"),
    "unit_replaced": ("contingent", "another contributor filled a vacant post; value = personnel planned"),
    "shock_started": ("shock", "a shock set in; value = size"),
    "policy_started": ("policy", "a policy set in; value = dose"),
}
EVENTS: dict[str, str] = {name: about for name, (_, about) in _DECLARED.items()}
SUBJECTS: dict[str, str] = {name: subject for name, (subject, _) in _DECLARED.items()}
_NAMES = tuple(EVENTS)


@dataclass
class EventLog(Table):
    """Events of a run in order of occurrence; ``n`` of its rows are used."""

    step: Ints = column(np.int64, "any", "step", "step in which it happened")
    event: Ints = column(np.int64, "any", "-", "number of the kind of event")
    subject_id: Ints = column(np.int64, "any", "-", "number of the subject")
    cell: Ints = column(np.int64, "any", "row", "cell; -1 none")
    contributor: Ints = column(np.int64, "any", "-", "contributor; -1 none")
    value: Reals = column(np.float64, "any", "-", "see the event")
    n: int = count("events", "rows used")

    def emit(
        self,
        step: int,
        event: str,
        subject_id: int,
        cell: int = -1,
        contributor: int = -1,
        value: float = 1.0,
    ) -> None:
        """Append one event from Python; ``event`` must be declared."""
        if event not in EVENTS:
            raise KeyError(f"event {event!r} is not declared in sim/events.py")
        self.grow(self.n + 1)
        append(self, step, Event[event.upper()], subject_id, cell, contributor, value)

    def has(self, event: str) -> bool:
        """Whether an event of this kind has happened."""
        return bool((self.event[: self.n] == Event[event.upper()]).any())

    @property
    def rows(self) -> list[tuple[int, str, str, int, int, int, float]]:
        """Events as tuples: step, event, kind of subject, subject, cell, contributor, value."""
        columns = (
            c[: self.n].tolist()
            for c in (self.step, self.event, self.subject_id, self.cell, self.contributor, self.value)
        )
        return [(step, _NAMES[e], SUBJECTS[_NAMES[e]], *rest) for step, e, *rest in zip(*columns, strict=True)]

    def columns(self, weeks: Reals, dates: np.ndarray) -> dict[str, np.ndarray]:
        """Columns of a tidy table of events, given week and date of each step; a cell or contributor of -1 means none."""
        n, names = self.n, np.array(_NAMES, object)
        step, event = self.step[:n], self.event[:n]
        columns = (
            weeks[step],
            dates[step],
            names[event],
            np.array([SUBJECTS[name] for name in _NAMES], object)[event],
            *(column[:n].copy() for column in (self.subject_id, self.cell, self.contributor, self.value)),
        )
        return dict(zip(EVENT_COLUMNS, columns, strict=True))


@kernel
def append(log: EventLog, step: int, event: int, subject_id: int, cell: int, contributor: int, value: float) -> None:
    """Write a row; there must be room for it."""
    n = log.n
    log.step[n], log.event[n], log.subject_id[n] = step, event, subject_id
    log.cell[n], log.contributor[n], log.value[n] = cell, contributor, value
    log.n = n + 1

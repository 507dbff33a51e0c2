"""Facts worth a line of their own: what happened to venues, networks, units and organisers, never to one person.

Events are declared here; a phase may emit only declared kinds. Acts and the steps of single persons are counted by
indicators and never listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

EVENT_COLUMNS = ("week", "date", "event", "subject", "subject_id", "cell", "contributor", "value")

EVENTS: dict[str, str] = {
    "mission_started": "first personnel are present; value = personnel present",
    "unit_rotated": "a unit was relieved by its successor; value = personnel present",
    "strength_below_tenth": "personnel fell below a tenth of their peak; value = personnel present",
    "network_entered": "a new network opened its first venue",
    "network_dissolved": "a network ceased to exist; value = weeks it existed",
    "venue_opened": "a venue opened; value = 1 for a newcomer's, 2 for an expansion, 3 for a reopening",
    "venue_closed": "a venue closed; value = 1 by its network, 2 by police, 3 because its network dissolved",
    "venue_relocated": "a venue moved to another cell; value = its new cell",
    "raid": "police raided a venue; value = 1 if the raid was known in advance",
    "organiser_arrested": "an organiser was arrested",
    "organiser_tried": "a court decided; value = 0 acquitted or dropped, 1 fined, 2 prison",
    "unit_inquiry": "an inquiry into a unit; value = persons found",
    "commander_removed": "the commander of a unit was removed",
    "court_outcome": "a court decided on a person of the mission; value = 1 if convicted",
    "contributor_sanctioned": "a step against a contributor; value = 1 warning, 2 a unit suspended, 3 all units",
    "unit_withdrawn": "a contributor withdrew a unit; value = personnel planned",
    "unit_replaced": "another contributor filled a vacant post; value = personnel planned",
    "shock_started": "a shock set in; value = size",
    "policy_started": "a policy set in; value = dose",
}


@dataclass
class EventLog:
    """Collects events of a run in order of occurrence."""

    rows: list[tuple[int, str, str, int, int, int, float]] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)  # kinds of events that have happened

    def emit(
        self,
        step: int,
        event: str,
        subject: str,
        subject_id: int,
        cell: int = -1,
        contributor: int = -1,
        value: float = 1.0,
    ) -> None:
        """Append one event; ``event`` must be declared in ``EVENTS``."""
        if event not in EVENTS:
            raise KeyError(f"event {event!r} is not declared in sim/events.py")
        self.kinds.add(event)
        self.rows.append((step, event, subject, int(subject_id), int(cell), int(contributor), float(value)))

    def has(self, event: str) -> bool:
        """Whether an event of this kind has happened."""
        return event in self.kinds

    def frame(self, dates: list[str], weeks: list[float]) -> pd.DataFrame:
        """Tidy table of events; a cell or contributor of -1 means none."""
        rows = [(weeks[r[0]], dates[r[0]], *r[1:]) for r in self.rows]
        return pd.DataFrame(rows, columns=list(EVENT_COLUMNS))

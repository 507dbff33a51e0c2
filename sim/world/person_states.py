"""Where a trafficked person is in the process: one number for each state, shared by rules, records and views."""

from __future__ import annotations

STATES = (
    "recruited",
    "in_transit",
    "exploited_venue",
    "exploited_private",
    "moved",
    "escaped",
    "identified",
    "released",
    "assisted",
    "unassisted",
    "returned",
    "resettled",
    "stayed",
)
(
    RECRUITED,
    IN_TRANSIT,
    IN_VENUE,
    PRIVATE,
    MOVED,
    ESCAPED,
    IDENTIFIED,
    RELEASED,
    ASSISTED,
    UNASSISTED,
    RETURNED,
    RESETTLED,
    STAYED,
) = range(len(STATES))
KEYS_PER_ORIGIN = 65536  # ordinals of persons recruited in one place and step

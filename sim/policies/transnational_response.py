"""Governments, NGOs and international bodies work together on networks (M5, M6)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy, at_dose


@dataclass
class TransnationalResponse(Policy):
    """Networks lose members, raids leak less, more persons are stopped on the way, identified and assisted.

    Mechanism: capacity is taken from networks and added to identification and assistance. Evidence: Kelley (2022) calls
    a transnational response the only effective measure, without numbers; raids leak (B14, B17, P06); identification and
    assistance are limited by capacity (K14 to K17, P07). All sizes are assumed.
    Counter-effect: networks move to other places and other trades, and regrow; fewer venues may raise prices.
    Limits: belongs to no authority; interception concerns persons from abroad, since nobody else crosses a border.
    """

    loss_per_week: float = number(0.004, "probability/week", 0.0, 0.05, "loss of a network's members", "assumed")
    leak: float = number(0.3, "log-odds", 0.0, 2.0, "fall of raids known in advance", "assumed; B17, P06")
    interception: float = number(0.05, "probability", 0.0, 0.3, "persons stopped on the way who were not", "assumed")
    identification: float = number(1.2, "ratio", 1.0, 3.0, "outreach and contact with police", "assumed; K17, P07")
    places: float = number(1.2, "ratio", 1.0, 3.0, "new persons that can be assisted", "assumed; K17, P07")

    def effects(self) -> list[Effect]:
        return [
            ("network_loss", at_dose(self.loss_per_week, self.dose), ()),
            ("p_leak", -self.leak * self.dose, ()),
            ("interception", at_dose(self.interception, self.dose), ("abroad",)),
            ("identification", self.identification**self.dose, ()),
            ("assistance_places", self.places**self.dose, ()),
        ]

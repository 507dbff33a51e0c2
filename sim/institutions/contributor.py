"""A contributor of troops or police as a Mesa agent: it answers referrals or stays silent, and may leave.

Contributors appear by anonymous number. What they do depends on cited indices of institutions, on policies and on luck;
whether and when units leave is decided in ``politics`` for all contributors together.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.above import Explained
from sim.institutions.case import PersonnelCase
from sim.numerics import logistic
from sim.rng import Decision
from sim.world.columns import ROLES
from sim.world.state import World


class TroopContributingCountry(Explained, mesa.Agent):
    """One contributor, by number (row in ``world.contributors``)."""

    def __init__(self, model: Any, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.asked = self.answered = 0

    def reply_log_odds(self, world: World, visibility: float) -> float:
        """Log-odds of a substantive reply: rule of law, publicity, withheld pay, domestic cost; no trait of its people."""
        p, c, number = world.parameters.prosecution, world.contributors, self.number
        return (
            p.reply_base
            + p.reply_rule_of_law * float(c.rule_of_law[number])
            + p.reply_publicity * (visibility - p.p_visible)
            + p.reply_withheld_pay * float(c.pay_withheld[number])
            - p.reply_domestic_cost
        )

    def reply_chance(self, world: World, authority: int, visibility: float) -> float:
        """Chance of a substantive reply to a referral by an authority, policies included."""
        base = logistic(self.reply_log_odds(world, visibility))
        return world.knobs.of("substantive_reply", base, authority)

    def charge_chance(self, world: World, case: PersonnelCase) -> float:
        """Chance that an answered case is charged; 0 for clients where paying for sex is no offence."""
        p = world.parameters.prosecution
        if ROLES[case.role] != "client":
            return p.p_charge
        return p.p_charge_client * float(world.purchase_offence[self.number, world.step])

    def answers(self, world: World, case: PersonnelCase, visibility: float) -> bool:
        """Whether this contributor will answer a referral in substance."""
        self.asked += 1
        will = case.draw(world.seed, Decision.REPLY) < self.reply_chance(world, case.authority, visibility)
        self.answered += will
        return will

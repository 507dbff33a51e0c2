"""A contributor of troops or police as a Mesa agent: it answers referrals or stays silent, and may leave.

Contributors appear by anonymous number. What they do depends on cited indices of institutions, on policies and on luck;
whether and when units leave is decided in ``politics`` for all contributors together.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.institutions import otherwise
from sim.institutions.case import PersonnelCase
from sim.institutions.court import TCCCourt
from sim.numerics import exp, logistic
from sim.phases.politics.sanctions import dependence, readiness_by_contributor, scores, thresholds
from sim.rng import Decision
from sim.world.columns import ROLES
from sim.world.state import World


class TroopContributingCountry(mesa.Agent):
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

    @property
    def court(self) -> TCCCourt | None:
        """Its courts, once they have had a case."""
        return self.model.world.courts.get(self.number)

    def explain(self) -> str:
        """Record, standing and stance in words."""
        world, n = self.model.world, self.number
        c = world.contributors
        own = world.units.contributor == n
        vacant = int((own & (world.units.filled_share <= 0.0)).sum())
        parts = [
            f"Contributor {n:02d}: {int(world.units.n_present[own].sum()):,} persons present; {int(own.sum())} posts of "
            f"contingents, {vacant} of them vacant after a suspension or withdrawal; rule-of-law index {c.rule_of_law[n]:+.2f} "
            f"standard deviations; {self.asked} referrals received, {self.answered} answered in substance.",
            standing_in_words(world, n),
            f"Sanctions felt {c.sanctioned[n]:.2f}, {int(c.withdrawals[n])} units withdrawn, reimbursement withheld "
            f"{100.0 * c.pay_withheld[n]:.0f} %; {self._jurisdiction(world)}.",
            f"After a finding its people expect removal with a chance of {c.q_removed[n]:.2f}, prosecution "
            f"{c.q_prosecuted[n]:.2f}, conviction {c.q_convicted[n]:.2f}.",
            otherwise.of_contributor(world, self),
        ]
        return " ".join(parts)

    def _jurisdiction(self, world: World) -> str:
        """Who may try its people, in words."""
        c, n = world.contributors, self.number
        accepted = "has accepted" if c.ratification[n] > c.ratification_draw[n] else "has not accepted"
        return f"{'consents' if c.has_consented[n] else 'does not consent'} to trials on site, {accepted} host jurisdiction"


def standing_in_words(world: World, number: int) -> str:
    """A contributor's score against the threshold at which it would be sanctioned, and how dependence moves that."""
    p, (score, mean) = world.parameters.dependence, scores(world)
    depends = float(dependence(world)[number])
    ready = readiness_by_contributor(world)
    record = (
        f"Record: {world.contributors.record[number]:.1f} recent substantiated cases, a score of {score[number]:.2f} per "
        f"thousand person-months where the mission's mean is {mean:.2f}."
    )
    needed = (
        f"Its absence would cost {depends:.2f} times the shortfall the mission tolerates, which raises the threshold by a "
        f"factor of {exp(p.psi * depends):.2f}"
    )
    if not (world.units.n_present[world.units.contributor == number] > 0).any():
        return f"{record} {needed}; but none of its people are present, so none applies."
    if not world.parameters.switches.sanctions or ready[number] <= 0.0 or mean <= 0.0:
        why = (
            "there is no case yet" if ready[number] > 0.0 else "no authority its people answer to is ready to sanction"
        )
        return f"{record} {needed}; but {why}, so none applies."
    threshold = float(thresholds(world, ready, mean)[number])
    side = "above" if score[number] > threshold else "not above"
    return f"{record} {needed}, to {threshold:.2f}: its score is {side} it."

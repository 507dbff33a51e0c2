"""Who fills a unit's posts: suspension, withdrawal, return and replacement (phase politics)."""

from __future__ import annotations

import math

from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.agents.row import Row
from experiments.oracle.agents.tcc import BARS_REPLACING
from sim.parameters import CATEGORIES
from sim.rng import Decision

MILITARY = CATEGORIES.index("military")


class Posting(Row):
    """A unit's posts as far as its contributor, or another, provides people for them."""

    authority: int
    category: int
    contributor: int
    filled_share: float
    key: int
    n_present: int
    record: float
    returns_share: float
    returns_week: float
    substantiated: int
    vacant_since: float
    visibility: float
    waiver: float

    @property
    def is_there(self) -> bool:
        """Whether people are present, and were not suspended a moment ago."""
        return self.n_present > 0 and self.filled_share > 0.0

    @property
    def planned(self) -> float:
        """Strength planned for these posts now, full scale."""
        return float(self.model.inputs.planned_strength[self.row, self.model.now])

    @property
    def strength(self) -> float:
        """Strength here now, full scale: as planned, before rounding to whole posts, less the part that is missing."""
        planned = int(self.model.inputs.planned_present[self.row, self.model.now])
        return self.planned * self.n_present / planned if planned > 0 else self.planned

    def keep_record(self) -> None:
        """Let the record fade and add this step's substantiated cases, full scale."""
        kept = 0.5 ** (self.model.dt / self.model.parameters.dependence.score_weeks)
        self.record = kept * self.record + self.substantiated / self.model.scale

    def suspend(self) -> None:
        """Send the unit home for some time."""
        self.returns_share, self.returns_week = (
            self.filled_share,
            self.model.week + self.model.parameters.dependence.suspension_weeks,
        )
        self.filled_share, self.vacant_since = 0.0, self.model.week

    def withdraw(self) -> None:
        """Leave for good."""
        self.filled_share, self.vacant_since, self.returns_week = 0.0, self.model.week, -1.0
        self.model.emit("unit_withdrawn", "contingent", self.key, contributor=self.contributor, value=self.planned)

    def fill(self) -> None:
        """Return when a suspension ends; else others fill an empty unit after a delay, while the pool lasts."""
        p, model = self.model.parameters.contributor_response, self.model
        if 0.0 <= self.returns_week <= model.week:
            self.filled_share, self.vacant_since, self.returns_week = self.returns_share, -1.0, -1.0
            return
        if self.filled_share > 0.0 or model.week - self.vacant_since < p.replacement_weeks:
            return
        most = max(self.planned, float(max(model.inputs.authorised[self.row, model.now :])))
        share = min(p.replacement_share, self._pool() / most) if most > 0.0 else 0.0
        other = self._replacement() if share > 0.0 else None
        if other is not None:
            self.filled_share, self.returns_week, self.contributor = share, -1.0, other.row
            other.replaces += share * most
            model.emit("unit_replaced", "contingent", self.key, contributor=other.row, value=share * self.planned)

    def _pool(self) -> float:
        """Persons still available as replacements, full scale: a share of the largest military strength authorised."""
        military = [unit.row for unit in self.model.units if unit.category == MILITARY]
        authorised = self.model.inputs.authorised
        peak = float(authorised[military].sum(axis=0).max()) if military else 0.0
        given = sum(other.replaces for other in self.model.contributors)
        return max(self.model.parameters.contributor_response.pool_share * peak - given, 0.0)

    def _replacement(self) -> Contributor | None:
        """The state that is first to come: present in the category, not just sanctioned; the stronger the sooner."""
        model, waits = self.model, []
        for other in model.contributors:
            strength = sum(unit.n_present for unit in other.contingents if unit.category == self.category)
            is_able = other.is_state and other.row != self.contributor and other.sanctioned < BARS_REPLACING
            if strength > 0 and is_able:
                u = model.draw(Decision.REPLACEMENT, model.now, self.key, other.row)
                waits.append((-math.log(u) / strength, other.row))
        waits.sort()
        if len(waits) > 1:
            model.note(self, Decision.REPLACEMENT, waits[0][0], waits[1][0])
        return model.contributors[waits[0][1]] if waits else None

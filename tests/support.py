"""What the tests of the model share: small scenarios, policies made for a test, and exact comparisons of runs."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.config import load_scenario
from sim.knobs import KNOBS, Combine
from sim.policies import InstitutionSpec, Policy
from sim.runs.simulate import simulate
from sim.scenario import Scenario
from sim.world.columns import TABLES
from sim.world.state import World

TESTS = Path(__file__).resolve().parent

# Everything happens often: many venues, quick tours, quick courts, persons who move soon, reports that are heard.
LIVELY = {
    "mission.initial_venues": 400.0, "parameters.local_demand.acts_per_1000_per_week": 4.0,
    "mission.trapezoid.peak": 20000.0, "mission.trapezoid.build_up_weeks": 4.0,
    "mission.trapezoid.plateau_weeks": 16.0, "mission.trapezoid.drawdown_weeks": 8.0,
    "parameters.involvement.p_prone": 0.5, "parameters.involvement.propensity_mean": 1.0,
    "parameters.involvement.owner_hazard_per_week": 0.01, "parameters.involvement.facilitator_hazard_per_week": 0.01,
    "parameters.involvement.tour_weeks_military": 8.0, "parameters.involvement.tour_weeks_individual": 8.0,
    "parameters.venues.initial_persons": 8.0, "parameters.venues.initial_trafficked_share": 0.6,
    "parameters.entry.base_entries_per_week": 6.0, "parameters.entry.entries_per_venue_week": 0.05,
    "parameters.entry.relocation_rate_per_week": 0.1, "parameters.entry.dormancy_weeks": 4.0,
    "parameters.entry.exit_rate_per_week": 0.3, "parameters.entry.reopening_per_week": 0.5,
    "parameters.recruitment.orders_per_place_week": 1.0, "parameters.recruitment.local_intercept": 0.0,
    "parameters.recruitment.preparation_weeks": 0.3, "parameters.recruitment.transit_weeks": 0.3,
    "parameters.recruitment.transit_km_per_week": 5000.0, "parameters.recruitment.at_risk_share": 0.05,
    "parameters.persons.escape_per_week": 0.05, "parameters.persons.identification_per_week": 0.1,
    "parameters.persons.move_per_week": 0.05, "parameters.persons.abroad_exit_per_week": 0.5,
    "parameters.persons.decision_weeks": 0.3, "parameters.persons.assistance_weeks": 2.0,
    "parameters.persons.unassisted_weeks": 2.0, "parameters.persons.resettled_share": 0.2,
    "parameters.persons.retrafficking_per_week": 0.05, "parameters.networks.hide_rate_per_week": 0.3,
    "parameters.host_justice.venues_at_half_capacity": 1.0, "parameters.host_justice.p_leak": 0.2,
    "parameters.host_justice.trial_weeks": 3.0, "parameters.host_justice.p_charge": 1.0,
    "parameters.host_justice.p_conviction": 0.4, "parameters.host_justice.p_prison": 0.5,
    "parameters.host_justice.testimony_effect": 4.0, "parameters.testimony.intercept": -4.0,
    "parameters.testimony.protection_weight": 4.0, "parameters.testimony.trust_weight": 0.0,
    "parameters.observation.listing_visible_per_week": 0.5,
    "parameters.sanctions.reputation_loss": 0.3, "parameters.sanctions.prosecution_loss": 0.3,
    "parameters.sanctions.conviction_loss": 0.3, "parameters.norms.leadership_weight": 0.2,
    "parameters.reporting.reportable_share": 0.1, "parameters.reporting.reportable_share_trade": 0.6,
    "parameters.reporting.know_share": 0.5, "parameters.reporting.will_per_year": 5.0,
    "parameters.reporting.peer_base": -3.5, "parameters.reporting.police_share": 0.7,
    "parameters.reporting.memory_years": 0.5, "parameters.leadership.p_removed": 0.3,
    "parameters.oversight.fact_finding_free_weeks": 1.0, "parameters.oversight.fact_finding_capacity": 100.0,
    "parameters.oversight.investigation_free_weeks": 4.0, "parameters.oversight.investigation_capacity": 100.0,
    "parameters.oversight.smallest_strength": 50000.0, "parameters.oversight.p_inquiry": 0.5,
    "parameters.prosecution.reply_base": 0.0, "parameters.prosecution.reply_weeks": 2.0,
    "parameters.prosecution.request_weeks": 4.0, "parameters.prosecution.p_investigator_named": 0.5,
    "parameters.prosecution.p_charge": 0.8, "parameters.prosecution.p_charge_client": 0.8,
    "parameters.prosecution.in_country_charge": 0.8, "parameters.prosecution.in_country_trial_weeks": 1.0,
    "parameters.prosecution.host_charge": 0.8, "parameters.prosecution.special_charge": 0.8,
    "parameters.prosecution.home_trial_weeks": 2.0, "parameters.prosecution.home_court_capacity": 1000.0,
    "parameters.prosecution.host_trial_weeks": 2.0, "parameters.prosecution.special_trial_weeks": 2.0,
    "parameters.dependence.sanction_multiple": 1.0, "parameters.dependence.psi": 0.0,
    "parameters.dependence.fewest_cases": 0.0, "parameters.dependence.shrinkage": 0.1,
    "parameters.dependence.pause_weeks": 1.0, "parameters.dependence.suspension_weeks": 4.0,
    "parameters.contributor_response.exit_per_year": 0.5, "parameters.contributor_response.highest_exit_per_year": 5.0,
    "parameters.contributor_response.replacement_weeks": 1.0, "parameters.contributor_response.pool_share": 0.5,
}  # fmt: skip
PLENTY = (("raid_capacity", 20.0), ("assistance_places", 30.0), ("prevention", 0.2), ("entries", 3.0), ("training", -0.3),
          ("off_limits", 0.2), ("visibility", 0.4), ("waiver", 0.2), ("in_country_consent", 0.2), ("ratification", 0.5),
          ("sanction_readiness", 1.0))  # fmt: skip

NO_PERSONNEL = {"mission.trapezoid.start_week": 2000.0}
"""Nobody is deployed or authorised within the horizon."""

# Nothing changes the number of persons or of venues.
FROZEN_SUPPLY = {
    "parameters.entry.base_entries_per_week": 0.0, "parameters.entry.entries_per_venue_week": 0.0,
    "parameters.entry.exit_rate_per_week": 0.0, "parameters.recruitment.orders_per_place_week": 0.0,
    "parameters.persons.identification_per_week": 0.0, "parameters.persons.escape_per_week": 0.0,
    "parameters.persons.release_per_week": 0.0, "parameters.persons.move_per_week": 0.0,
    "parameters.involvement.owner_hazard_per_week": 0.0, "parameters.switches.raids": False,
    "parameters.switches.sellers": False, "parameters.switches.relocation": False,
    "parameters.switches.hiding": False, "parameters.switches.retrafficking": False,
}  # fmt: skip


@dataclasses.dataclass
class Lever(Policy):
    """A policy of a test: one knob, one value."""

    knob: str = "strength"
    value: float = 1.0
    only: tuple[str, ...] = ()

    def effects(self) -> list[tuple[str, float, tuple[str, ...]]]:
        return [(self.knob, self.value, self.only)]


@dataclasses.dataclass
class OpenedCourt(Policy):
    """A policy of a test: a special court from its start week on."""

    def opens(self) -> list[InstitutionSpec]:
        return [InstitutionSpec("special_court", self.start_week, 500.0)]


# A value that changes nothing, and one that certainly does, by the knob's rule.
NOTHING = {Combine.PRODUCT: 1.0, Combine.SUM: 0.0, Combine.PROBABILITY: 0.0, Combine.ODDS: 0.0, Combine.MINIMUM: 1.0}
SOMETHING = {Combine.PRODUCT: 0.4, Combine.SUM: 0.2, Combine.PROBABILITY: 0.4, Combine.ODDS: 1.5, Combine.MINIMUM: 0.3}


def idle_lever(knob: str, start_week: float = 0.0) -> Lever:
    """A policy on a knob without any strength."""
    return Lever(start_week=start_week, knob=knob, value=NOTHING[KNOBS[knob].combine])


def strong_lever(knob: str, start_week: float = 0.0) -> Lever:
    """A policy on a knob that bites hard."""
    return Lever(start_week=start_week, knob=knob, value=SOMETHING[KNOBS[knob].combine])


@cache
def _base(mission: str, extra: tuple[str, ...]) -> Scenario:
    return load_scenario(f"mission={mission}", *extra)


def generic(changes: Mapping[str, Any] | None = None, *, weeks: int = 26, scale: float = 0.05, seed: int = 1,
            extra: tuple[str, ...] = ()) -> Scenario:
    """A short, small run of the invented mission."""
    given = {"mission.horizon_weeks": weeks, "scale": scale, "seed": seed, **(changes or {})}
    return _base("generic", extra).with_(given)


def lively(changes: Mapping[str, Any] | None = None, *, weeks: int = 40, scale: float = 0.05, seed: int = 1) -> Scenario:
    """A run in which every kind of thing happens within some 40 weeks."""
    scenario = generic({**LIVELY, **(changes or {})}, weeks=weeks, scale=scale, seed=seed)
    plenty = {f"plenty_{knob}": Lever(start_week=0.0, knob=knob, value=value) for knob, value in PLENTY}
    return with_policies(scenario, {**plenty, "plenty_court": OpenedCourt(start_week=20.0)})


def with_policies(scenario: Scenario, policies: Mapping[str, Policy]) -> Scenario:
    """A copy of a scenario with more policies, in the order given."""
    copy = scenario.with_({})
    copy.policy = {**copy.policy, **policies}
    return copy


def series_of(scenario: Scenario, seed: int | None = None, world_seed: int | None = None) -> pd.DataFrame:
    """The indicators of a run."""
    return simulate(scenario, seed, world_seed).series


def assert_identical(a: pd.DataFrame, b: pd.DataFrame, but: Iterable[str] = ()) -> None:
    """Two tables agree bit for bit, columns in ``but`` apart."""
    but = list(but)
    pd.testing.assert_frame_equal(a.drop(columns=but), b.drop(columns=but), check_exact=True)


def differing(a: pd.DataFrame, b: pd.DataFrame) -> set[str]:
    """Names of the columns in which two tables differ."""
    return {name for name in a.columns if not a[name].equals(b[name])}


def fingerprint(scenario: Scenario) -> str:
    """Hash of all a run reports, bit by bit; a function of the module, so that other processes can call it."""
    run = simulate(scenario)
    digest = hashlib.sha256()
    for table in (run.series, run.events, run.states, run.origins, run.cells, run.cases):
        for name in table.columns:
            values = table[name].to_numpy()
            digest.update(name.encode())
            digest.update(repr(values.tolist()).encode() if values.dtype == object else values.tobytes())
    return digest.hexdigest()


def python(code: str, **environment: str) -> str:
    """Output of a new interpreter that runs some code with this folder on its path."""
    path = os.pathsep.join([str(TESTS), str(TESTS.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": path, **environment})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def columns_of(world: World) -> dict[str, np.ndarray]:
    """Copies of all columns of a world by ``table.column``."""
    return {f"{name}.{field.name}": getattr(getattr(world, name), field.name).copy()
            for name, table in TABLES.items() for field in dataclasses.fields(table)}


def heed_interrupts() -> None:
    """A shell starts commands in the background with interrupts ignored; the command under test must hear them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)

"""What the limit tests of the accountability chain share: runs with many cases, frozen behaviour, and steps by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support import Lever, generic, with_policies

from sim.model import MandateModel
from sim.runs.results import Run
from sim.scenario import Scenario

# Many acts, many reports, short stages: every stage of the chain is reached within a year.
BUSY = {
    "mission.initial_venues": 400.0, "mission.trapezoid.build_up_weeks": 2.0,
    "parameters.involvement.p_prone": 0.5, "parameters.involvement.propensity_mean": 1.0,
    "parameters.involvement.owner_hazard_per_week": 0.01, "parameters.involvement.facilitator_hazard_per_week": 0.01,
    "parameters.venues.initial_persons": 8.0, "parameters.venues.initial_trafficked_share": 0.6,
    "parameters.reporting.reportable_share": 0.02, "parameters.reporting.know_share": 0.5,
    "parameters.reporting.will_per_year": 2.0, "parameters.reporting.peer_base": -6.0,
    "parameters.reporting.police_share": 1.0, "parameters.host_justice.p_leak": 0.2,
    "parameters.reporting.p_screened_in": 0.9, "parameters.reporting.p_identified": 0.9,
    "parameters.oversight.fact_finding_free_weeks": 2.0, "parameters.oversight.investigation_free_weeks": 5.0,
    "parameters.oversight.fact_finding_capacity": 30.0, "parameters.oversight.investigation_capacity": 30.0,
    "parameters.oversight.p_inquiry": 0.3, "parameters.prosecution.reply_base": 1.0,
    "parameters.prosecution.reply_weeks": 3.0, "parameters.prosecution.request_weeks": 12.0,
    "parameters.prosecution.p_charge": 0.8, "parameters.prosecution.p_charge_client": 0.8,
    "parameters.prosecution.p_conviction": 0.7, "parameters.prosecution.home_trial_weeks": 4.0,
    "parameters.prosecution.home_court_capacity": 1000.0,
}  # fmt: skip
CHANNELS = ("victim_reports", "peer_reports", "police_reports", "inquiries")
CHANNELS_OFF = {f"parameters.switches.{name}": False for name in CHANNELS}
# Nothing that follows from a report reaches anybody's conduct.
FROZEN_CONDUCT = {
    "parameters.oversight.removal_share": 0.0, "parameters.switches.deterrence": False,
    "parameters.switches.attention": False,
}  # fmt: skip
NO_LOSS = {f"parameters.sanctions.{name}_loss": 0.0 for name in ("reputation", "pay", "prosecution", "conviction")}
UNLIMITED = 1e6


def busy(changes: Mapping[str, Any] | None = None, *, weeks: int = 60, scale: float = 0.1, seed: int = 1) -> Scenario:
    """A run of the invented mission with many cases."""
    return generic({**BUSY, **(changes or {})}, weeks=weeks, scale=scale, seed=seed)


def levers(scenario: Scenario, start_week: float = 0.0, **values: float) -> Scenario:
    """A scenario with one lever a knob, from a week on."""
    return with_policies(scenario, {f"lever_{knob}": Lever(start_week=start_week, knob=knob, value=value)
                                    for knob, value in values.items()})


def unlimited_capacity(scenario: Scenario) -> Scenario:
    """A scenario whose oversight never has to wait."""
    return levers(scenario, fact_finding_capacity=UNLIMITED, investigation_capacity=UNLIMITED)


def stepped(scenario: Scenario, weeks: int) -> MandateModel:
    """A model after some steps."""
    model = MandateModel(scenario)
    for _ in range(weeks):
        model.step()
    return model


def funnel(run: Run) -> dict[str, float]:
    """True persons by stage."""
    return dict(zip(run.funnel["stage"], run.funnel["true"], strict=True))

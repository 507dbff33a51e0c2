"""Counter-effects of policies on contributors, courts and networks: each can appear, and vanishes with its mechanism."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import assert_identical, differing, generic, with_policies

from limits.chain_support import FROZEN_CONDUCT, busy, stepped, unlimited_capacity
from sim.config import load_scenario
from sim.model import MandateModel
from sim.phases.politics.responses import coverage, excess_exit_hazard
from sim.policies import POLICIES
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

START = 10
SWITCH, D, R, N = "parameters.switches.", "parameters.dependence.", "parameters.contributor_response.", "parameters.networks."
READY = {f"{D}sanction_multiple": 1.0, f"{D}pause_weeks": 4.0, f"{D}fewest_cases": 0.0, f"{D}shrinkage": 0.1, f"{D}psi": 0.0}
SENSITIVE = {f"{R}exit_per_year": 0.5, f"{R}highest_exit_per_year": 5.0, f"{R}replacement_share": 0.0}
NOBODY_LEAVES = {f"{SWITCH}contributor_response": False}


def under(base: Scenario, name: str, **doses: Any) -> Scenario:
    return with_policies(base, {name: POLICIES[name](start_week=float(START), **doses)})


def events(run: Run, kind: str) -> pd.DataFrame:
    return run.events[run.events["event"] == kind]


# suspend_contributions: shortfall, violence, vulnerability; others leave


@cache
def suspension(security: bool, suspended: bool) -> Run:
    base = busy({**READY, **NOBODY_LEAVES, f"{SWITCH}security": security, f"{R}replacement_share": 0.0}, weeks=70)
    return simulate(under(base, "suspend_contributions", dose=3.0) if suspended else base)


def test_suspension_leads_to_shortfall_violence_and_vulnerability() -> None:
    """Fewer troops, more violence than 1, more vulnerable people at home and none abroad; none of it without the policy."""
    plain, suspended = (suspension(True, s) for s in (False, True))
    assert len(events(suspended, "contributor_sanctioned")) > 2
    assert suspended.summary["largest_troop_shortfall"] > 0.1 and plain.summary["largest_troop_shortfall"] == 0.0
    assert suspended.summary["mean_violence"] > 1.0 and (plain.series["violence_index"] == 1.0).all()
    before, now = (run.model.world.origins for run in (plain, suspended))
    local = before.is_local
    assert (now.vulnerability[local] >= before.vulnerability[local]).all()
    assert now.vulnerability[local].max() > before.vulnerability[local].max()
    np.testing.assert_array_equal(now.vulnerability[~local], before.vulnerability[~local])


def test_without_the_security_mechanism_a_shortfall_harms_nobody_that_way() -> None:
    """Security off: the same shortfall, violence 1 throughout, vulnerability as it was; so in world security_neutral."""
    plain, suspended = (suspension(False, s) for s in (False, True))
    assert suspended.summary["largest_troop_shortfall"] > 0.1
    assert (suspended.series["violence_index"] == 1.0).all()
    np.testing.assert_array_equal(*(run.model.world.origins.vulnerability for run in (plain, suspended)))
    assert load_scenario("mission=generic", "world=security_neutral").parameters.security.violence_exponent == 0.0


def test_suspension_lowers_international_demand_while_units_are_away() -> None:
    """The intended effect beside it: fewer visits sought while posts are empty."""
    plain, suspended = (suspension(True, s) for s in (False, True))
    away = suspended.series["troop_shortfall"] > 0.1
    sought = [run.series.loc[away, "international_demand"].sum() for run in (plain, suspended)]
    assert sought[1] < 0.95 * sought[0]


@pytest.mark.parametrize("solidarity", [0.0, 1.0])
def test_bloc_members_leave_only_in_solidarity(solidarity: float) -> None:
    """Who withdraws without having been sanctioned: nobody at solidarity 0, members of a bloc at 1."""
    changes = {**READY, **SENSITIVE, f"{R}sanction_weight": 4.0, f"{R}solidarity": solidarity, f"{R}n_blocs": 1.0}
    run = simulate(under(busy(changes, weeks=80), "suspend_contributions", dose=3.0))
    sanctioned = events(run, "contributor_sanctioned").groupby("contributor")["week"].min()
    left = events(run, "unit_withdrawn")
    assert len(left) > 0
    unprovoked = [row.contributor not in sanctioned.index or row.week < sanctioned[row.contributor] for row in left.itertuples()]
    assert any(unprovoked) == (solidarity > 0.0)


# waive_immunity: sovereignty exit; host capacity


@pytest.mark.parametrize("weight", [0.0, 5.0])
def test_waived_immunity_drives_contributors_away_by_their_sovereignty(weight: float) -> None:
    """Units are withdrawn where soldiers are covered and contributors mind; nobody leaves at weight 0 or without waivers."""
    base = busy({**SENSITIVE, f"{R}waiver_weight": weight}, weeks=60)
    run = simulate(under(base, "waive_immunity", coverage=1.0, include_soldiers=True))
    assert (len(events(run, "unit_withdrawn")) > 0) == (weight > 0.0)
    assert (run.summary["largest_troop_shortfall"] > 0.0) == (weight > 0.0)
    assert len(events(simulate(base), "unit_withdrawn")) == 0


def test_excess_hazard_rises_with_coverage_of_own_people_and_with_sovereignty() -> None:
    """Coverage counts a contributor's own people: police alone less than police and soldiers; order by sovereignty."""
    hazards = []
    for soldiers in (False, True):
        world = stepped(under(busy(SENSITIVE), "waive_immunity", coverage=1.0, include_soldiers=soldiers), START + 2).world
        c = world.contributors
        own = coverage(world)
        assert (own[c.is_state] == 1.0).all() if soldiers else 0.0 < own[c.is_state].max() < 0.9
        c.income_usd[:] = 1e9  # reimbursement holds nobody
        hazards.append(excess_exit_hazard(world)[c.is_state])
    assert (hazards[1] >= hazards[0]).all() and (hazards[1] > hazards[0]).any()
    order = np.argsort(c.sovereignty[c.is_state])
    assert (np.diff(hazards[1][order]) >= 0.0).all()


def test_who_accepted_host_jurisdiction_does_not_leave_over_it() -> None:
    """The mechanism the other way: coverage is 0 for those that ratified."""
    world = stepped(under(busy(SENSITIVE), "waive_immunity", coverage=1.0, include_soldiers=True), START + 2).world
    world.contributors.ratification[:] = world.contributors.ratification_draw + 1.0
    assert (coverage(world)[world.contributors.is_state] == 0.0).all()
    assert (excess_exit_hazard(world) == 0.0).all()


@pytest.mark.parametrize("court", ["host", "special"])
@pytest.mark.parametrize("capacity", [0.06, 0.3, 0.6])
def test_host_courts_charge_by_the_capacity_of_the_country_a_special_court_does_not(court: str, capacity: float) -> None:
    """Charged share: 0.3 x capacity / 0.3 in host courts (0.06, 0.3, 0.6), one half in a special court; four errors."""
    changes = {**FROZEN_CONDUCT, **NOBODY_LEAVES, f"{SWITCH}host_capacity": False,
               "parameters.host_capacity.initial": capacity, f"{SWITCH}police_reports": False}
    base = unlimited_capacity(busy(changes, weeks=50, scale=0.3))
    run = simulate(under(base, "waive_immunity", coverage=1.0, include_soldiers=True, court=court))
    tried = run.cases[(run.cases["kind"] == "personnel") & (run.cases["forum"] == court)]
    expected = capacity if court == "host" else 0.5
    assert len(tried) > 40
    error = np.sqrt(expected * (1.0 - expected) / len(tried))
    assert abs(tried["charge_week"].notna().mean() - expected) < 4.0 * error


# in_country_courts: consent rarely given; host_jurisdiction_convention: slow and partial


@cache
def contributors_of_seeds() -> tuple[np.ndarray, np.ndarray]:
    """Draws of consent and of ratification of all states in 60 worlds."""
    scenario, consent, ratification = generic(weeks=1), [], []
    for world_seed in range(60):
        c = MandateModel(scenario, 1, world_seed).world.contributors
        consent.append(c.consent_draw[c.is_state])
        ratification.append(c.ratification_draw[c.is_state])
    return np.concatenate(consent), np.concatenate(ratification)


def test_consent_to_trials_on_site_is_rare_and_that_of_single_contributors() -> None:
    """At the documented dose a fifth consents, within four errors; those tried on site are theirs and nobody else's."""
    share = POLICIES["in_country_courts"]().consent
    draws = contributors_of_seeds()[0]
    assert abs((draws < share).mean() - share) < 4.0 * np.sqrt(share * (1 - share) / len(draws))
    run = simulate(under(busy(weeks=60, scale=0.3), "in_country_courts", consent=0.5))
    c = run.model.world.contributors
    on_site = run.cases[run.cases["forum"] == "in_country"]
    assert len(on_site) > 3 and c.has_consented[on_site["contributor"]].all()
    assert 0 < c.has_consented.sum() < c.is_state.sum()


def test_without_anybodys_consent_courts_on_site_change_nothing() -> None:
    """Bitwise, where the share that consents lies below every contributor's own threshold."""
    base = busy(weeks=60)
    lowest = float(MandateModel(base).world.contributors.consent_draw[1:].min())
    runs = simulate(base), simulate(under(base, "in_country_courts", consent=0.9 * lowest))
    assert_identical(runs[0].series, runs[1].series)
    assert_identical(runs[0].cases, runs[1].cases)


def test_courts_on_site_are_quick_and_may_cost_the_contributor() -> None:
    """Charge to verdict takes seven weeks there (A24), within four errors; those who consented may leave, nobody else."""
    base = unlimited_capacity(busy(NOBODY_LEAVES, weeks=120))
    run = simulate(under(base, "in_country_courts", consent=0.6))
    on_site = run.cases[(run.cases["forum"] == "in_country") & (run.cases["charge_week"] < 50)]
    lasted = on_site["outcome_week"] - on_site["charge_week"]
    assert len(on_site) > 30 and lasted.notna().all()
    assert abs(lasted.mean() - 7.0) < 4.0 * lasted.std() / np.sqrt(len(lasted)) + 0.5, "whole weeks, at least one"
    pressed = busy({f"{R}in_country_weight": 5.0, **SENSITIVE}, weeks=90)
    run = simulate(under(pressed, "in_country_courts", consent=0.6))
    left = set(events(run, "unit_withdrawn")["contributor"])
    assert left and left <= set(np.flatnonzero(run.model.world.contributors.has_consented))


def test_ratification_is_slow_and_partial() -> None:
    """At 5 % a year 1 - exp(-0.05 t) have accepted after t years: a tenth after two, two fifths after ten; only states."""
    rate = POLICIES["host_jurisdiction_convention"]().rate
    model = stepped(under(generic(weeks=START + 104), "host_jurisdiction_convention"), START + 104)
    c = model.world.contributors
    np.testing.assert_allclose(c.ratification, rate * 104 * 7 / 365.25, rtol=2e-3)
    draws = contributors_of_seeds()[1]
    for years in (2.0, 10.0):
        expected = 1.0 - np.exp(-rate * years)
        assert abs((draws < rate * years).mean() - expected) < 4.0 * np.sqrt(expected * (1 - expected) / len(draws))
        assert expected < 0.5


def test_only_those_that_ratified_are_tried_by_the_host() -> None:
    """Some accept within the run, some do not: host courts see the people of the first, contributors answer for the rest."""
    run = simulate(under(busy(weeks=110, scale=0.3), "host_jurisdiction_convention", rate=0.15, dose=3.0))
    c = run.model.world.contributors
    accepted = c.is_state & (c.ratification > c.ratification_draw)
    tried = run.cases[(run.cases["kind"] == "personnel") & (run.cases["referral_week"] > START)]
    host, home = (set(tried.loc[tried["forum"] == forum, "contributor"]) for forum in ("host", "home"))
    assert host and home and accepted[list(host)].all()
    assert not accepted[list(home)].all()
    assert events(run, "unit_withdrawn").empty


# transnational_response: other networks, other trades; upstream_prevention: limited reach

SLUGGISH = {"parameters.entry.base_entries_per_week": 0.0, "parameters.entry.entries_per_venue_week": 0.0,
            "parameters.prices.adjustment_per_week": 0.01, f"{N}diversification_memory_weeks": 4.0,
            f"{N}diversification_scale_usd": 100.0, "mission.initial_venues": 200.0}  # fmt: skip


def late_means(base: Scenario, name: str, **doses: Any) -> tuple[pd.Series, pd.Series]:
    """Means of all indicators half a year after the start and later, without and with a policy, over three seeds."""
    without, with_it = [], []
    for seed in (1, 2, 3):
        scenario = base.with_({"seed": seed})
        for given, means in ((scenario, without), (under(scenario, name, **doses), with_it)):
            series = simulate(given).series
            means.append(series[series["week"] >= START + 26].mean(numeric_only=True))
    return sum(without) / 3.0, sum(with_it) / 3.0


@pytest.mark.slow
def test_pressed_networks_turn_to_other_trades_where_scarcity_does_not_pay() -> None:
    """Prices that hardly move, no newcomers: effort elsewhere rises; with diversification off nobody has another trade."""
    base = generic(SLUGGISH, weeks=80, scale=1.0)
    without, with_it = late_means(base, "transnational_response", dose=3.0)
    assert with_it["diversified_share"] > without["diversified_share"]
    off = base.with_({f"{SWITCH}diversification": False})
    assert all(means["diversified_share"] == 0.0 for means in late_means(off, "transnational_response", dose=3.0))


@pytest.mark.slow
def test_where_networks_are_weakened_others_enter() -> None:
    """Exploited persons fall while more networks run venues than without the policy; with entry off no more do."""
    base = generic({"mission.initial_venues": 100.0}, weeks=100, scale=1.0)
    without, with_it = late_means(base, "transnational_response", dose=3.0)
    assert with_it["networks_active"] > without["networks_active"]
    assert with_it["true_exploited_persons"] < without["true_exploited_persons"]
    closed = base.with_({"parameters.entry.base_entries_per_week": 0.0, "parameters.entry.entries_per_venue_week": 0.0})
    without, with_it = late_means(closed, "transnational_response", dose=3.0)
    assert with_it["networks_active"] <= without["networks_active"]


@pytest.mark.slow
def test_prevention_abroad_does_not_reach_people_of_the_mission_area() -> None:
    """The share of local people among the exploited rises, and persons exploited fall by less than attempts that fail."""
    base = generic({"parameters.recruitment.local_intercept": 0.5, "mission.initial_venues": 100.0}, weeks=90, scale=1.0)
    without, with_it = late_means(base, "upstream_prevention", prevented=0.4, vulnerability=1.0)
    assert with_it["exploited_local_share"] > without["exploited_local_share"]
    assert 0.0 < 1.0 - with_it["true_exploited_persons"] / without["true_exploited_persons"] < 0.4


def test_prevention_abroad_does_nothing_where_nobody_comes_from_abroad() -> None:
    """Nobody at risk abroad: failing attempts there change nothing, bitwise."""
    base = generic({"mission.initial_venues": 100.0}, weeks=50, scale=0.3)
    series = []
    for scenario in (base, under(base, "upstream_prevention", prevented=0.6, vulnerability=1.0)):
        model = MandateModel(scenario)
        origins = model.world.origins
        origins.at_risk[~origins.is_local] = 0
        for _ in range(50):
            model.step()
        series.append([dict(row) for row in model.world.recorder.rows])
        assert sum(row.get("new_recruitments", 0.0) for row in series[-1]) > 10
    assert series[0] == series[1]
    runs = simulate(base), simulate(under(base, "upstream_prevention", prevented=0.6, vulnerability=1.0))
    assert "new_recruitments" in differing(runs[0].series, runs[1].series)

"""Limit tests 17 and 18: oversight under dependence on contributors, and contributors that leave and are replaced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import Lever, assert_identical, differing, generic, series_of, with_policies

from limits.chain_support import busy, levers, stepped
from sim.institutions.bodies import bodies
from sim.model import MandateModel
from sim.phases.politics import responses, sanctions
from sim.phases.politics.responses import excess_exit_hazard, pool_left
from sim.policies import POLICIES
from sim.runs.results import make_run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

R, D = "parameters.contributor_response.", "parameters.dependence."
# Authorities as ready as a policy can make them, with nothing that delays a step against a contributor.
READY = {f"{D}sanction_multiple": 1.0, f"{D}pause_weeks": 4.0, f"{D}fewest_cases": 0.0, f"{D}shrinkage": 0.1}
SENSITIVE = {f"{R}exit_per_year": 0.5, f"{R}highest_exit_per_year": 5.0, f"{R}sanction_weight": 4.0,
             f"{R}waiver_weight": 5.0, f"{R}in_country_weight": 5.0}  # fmt: skip
NO_WEIGHTS = {f"{R}{name}_weight": 0.0 for name in ("sanction", "waiver", "in_country")}


def suspending(scenario: Scenario, dose: float = 3.0) -> Scenario:
    return with_policies(scenario, {"suspend_contributions": POLICIES["suspend_contributions"](dose=dose, start_week=8.0)})


def pressing(scenario: Scenario) -> Scenario:
    """Everything that contributors may respond to, at full strength."""
    return levers(suspending(scenario), start_week=5.0, waiver=1.0, in_country_consent=1.0, pay_withheld=1.0)


def standing(**dependence: float) -> MandateModel:
    """A model at a record given by hand: every contributor has twice as many cases as the number before."""
    changes = {f"{D}{name}": value for name, value in dependence.items()}
    model = stepped(generic(changes, scale=1.0), 20)
    c = model.world.contributors
    c.record[:], c.person_months[:] = 2.0 ** np.arange(len(c)), 10.0
    return model


def set_parameter(model: MandateModel, group: str, **values: float) -> None:
    """Change parameters in the middle of a run, for rules too."""
    for name, value in values.items():
        setattr(getattr(model.scenario.parameters, group), name, value)
    model.world.parameters = model.scenario.parameters


def thresholds(model: MandateModel, ready: float = 1.0) -> np.ndarray:
    score, mean = sanctions.scores(model.world)
    return sanctions.thresholds(model.world, np.full(len(score), ready), mean) / mean


# Test 17


def test_17_an_independent_authority_treats_all_contributors_alike() -> None:
    """17. psi = 0: one threshold for all, the multiple over the readiness, whatever a contributor's share."""
    model = standing(psi=0.0, sanction_multiple=3.0)
    np.testing.assert_allclose(thresholds(model), 3.0, rtol=1e-12)
    np.testing.assert_allclose(thresholds(model, 2.0), 1.5, rtol=1e-12)
    assert np.isinf(thresholds(model, 0.0)).all()


def test_17_under_dependence_the_threshold_rises_with_a_contributors_share() -> None:
    """17. ln(threshold / multiple) = psi x share x (1 - R) / slack: at psi = 2, R = 0.7, slack = 0.05, 12 times the share."""
    model = standing(psi=2.0, sanction_multiple=3.0, tolerated_shortfall=0.05)
    world = model.world
    authorised = world.authorised[:, world.step]
    share = np.array([authorised[world.units.contributor == n].sum() for n in range(len(world.contributors))])
    np.testing.assert_allclose(np.log(thresholds(model) / 3.0), 12.0 * share / share.sum(), rtol=1e-9, atol=1e-9)
    assert share.max() / share.sum() > 0.2


def test_17_with_full_replacement_nobody_is_indispensable() -> None:
    """17. Replacement share 1: at any psi the same threshold for all, the independent one; at share 0 they differ most."""
    free = standing(psi=5.0)
    set_parameter(free, "contributor_response", replacement_share=1.0)
    np.testing.assert_allclose(thresholds(free), 3.0, rtol=1e-12)
    assert (sanctions.dependence(free.world) == 0.0).all()
    spread = []
    for share in (0.0, 0.5, 0.9):
        set_parameter(free, "contributor_response", replacement_share=share)
        spread.append(np.ptp(thresholds(free)))
    assert spread[0] > spread[1] > spread[2] > 0.0


def test_17_full_replacement_equals_independence_in_whole_runs() -> None:
    """17. Sanctions of the first weeks, before anybody is replaced, are those of psi = 0, to the week and contributor."""
    late = {f"{R}replacement_weeks": 260.0}
    steps = []
    for changes in ({f"{D}psi": 0.0}, {f"{D}psi": 5.0, f"{R}replacement_share": 1.0}, {f"{D}psi": 5.0}):
        events = simulate(suspending(busy({**READY, **late, **changes}, weeks=60))).events
        own = events[events["event"] == "contributor_sanctioned"]
        steps.append(own[["week", "contributor", "value"]].to_numpy().tolist())
    assert steps[0] == steps[1] and len(steps[0]) > 3
    assert len(steps[2]) < len(steps[0])


def sole_contributor(psi: float, weeks: int = 60) -> MandateModel:
    """A mission of one contributor that authorities would sanction at a third of the mean, were it not for dependence."""
    model = MandateModel(suspending(busy({**READY, f"{D}psi": psi}, weeks=weeks)))
    c, units = model.world.contributors, model.world.units
    units.contributor[:] = 1
    c.is_state[1] = True
    for _ in range(weeks):
        model.step()
    return model


def test_17_a_sole_contributor_is_never_sanctioned_by_an_authority_that_depends_on_it() -> None:
    """17. psi large: nothing happens to it whatever its record; psi = 0: it is sanctioned like any other."""
    spared, judged = sole_contributor(5.0), sole_contributor(0.0)
    assert spared.world.contributors.record[1] > 3.0
    assert not spared.world.events.has("contributor_sanctioned")
    assert (spared.world.units.filled_share == 1.0).all()
    assert judged.world.events.has("contributor_sanctioned")


def test_17_without_readiness_nobody_is_ever_sanctioned() -> None:
    """17. The status quo: no sanction at any record; nor with the switch off, nor with a sanction share of 0."""
    assert "contributor_sanctioned" not in set(simulate(busy(READY)).events["event"])
    for off in ({"parameters.switches.sanctions": False}, {"parameters.oversight.sanction_share": 0.0}):
        base = busy({**READY, **off})
        assert_identical(series_of(base), series_of(suspending(base)))


def test_17_first_a_warning_then_a_unit_far_above_all_units() -> None:
    """17. At most one step a pause; the first is a warning; value 1, 2, 3 = warning, worst unit, all units."""
    run = simulate(suspending(busy({**READY, f"{D}psi": 0.0}, weeks=100, scale=0.3)))
    own = run.events[run.events["event"] == "contributor_sanctioned"]
    assert set(own["value"]) == {1.0, 2.0, 3.0} or set(own["value"]) == {1.0, 2.0}
    for _, steps in own.groupby("contributor"):
        assert steps["value"].iloc[0] == 1.0
        assert (steps["week"].diff().dropna() >= 4.0).all()


# Test 18


def test_18_no_excess_hazard_without_pressure_or_sensitivity() -> None:
    """18. Exactly 0 where nothing is imposed, and exactly 0 at zero weights under everything that can be."""
    quiet = stepped(busy(SENSITIVE), 30)
    assert (excess_exit_hazard(quiet.world) == 0.0).all()
    insensitive = stepped(pressing(busy({**READY, **NO_WEIGHTS})), 30)
    assert insensitive.world.contributors.sanctioned.any() and insensitive.world.contributors.has_consented.any()
    assert (excess_exit_hazard(insensitive.world) == 0.0).all()
    assert (excess_exit_hazard(stepped(pressing(busy({**READY, **SENSITIVE})), 30).world) > 0.0).any()


@pytest.mark.parametrize("changes", [NO_WEIGHTS, {f"{R}exit_per_year": 0.0}, {f"{R}highest_exit_per_year": 0.0},
                                     {"parameters.switches.contributor_response": False}], ids=str)  # fmt: skip
def test_18_without_sensitivity_nobody_withdraws(changes: dict[str, Any]) -> None:
    """18. Under sanctions, waivers, courts on site and withheld pay at full strength no unit is withdrawn."""
    run = simulate(pressing(busy({**SENSITIVE, **changes}, weeks=80)))
    assert "unit_withdrawn" not in set(run.events["event"])


def test_18_with_sensitivity_units_withdraw_and_strength_falls_short() -> None:
    """18. The counterpart: the same pressure on sensitive contributors empties posts."""
    run = simulate(pressing(busy(SENSITIVE, weeks=80)))
    assert (run.events["event"] == "unit_withdrawn").sum() > 3
    assert run.series["troop_shortfall"].max() > 0.2


def test_18_the_hazard_is_capped_and_falls_with_reimbursement() -> None:
    """18. Never above the cap; with all reimbursement withheld it loses its restraint; a poor contributor is held more."""
    model = stepped(pressing(busy({**SENSITIVE, f"{R}highest_exit_per_year": 0.7})), 20)
    c = model.world.contributors
    assert excess_exit_hazard(model.world).max() == 0.7
    set_parameter(model, "contributor_response", highest_exit_per_year=1e9, reimbursement_weight=3.0)
    c.sanctioned[:], c.sovereignty[:] = 0.0, 1.0
    c.pay_withheld[:], c.income_usd[:] = 0.0, np.linspace(100.0, 40_000.0, len(c))
    paid = excess_exit_hazard(model.world)[c.is_state]
    assert (np.diff(paid) > 0).all()
    c.pay_withheld[:] = 1.0
    unpaid = excess_exit_hazard(model.world)[c.is_state]
    assert (unpaid > paid).all() and np.ptp(unpaid) < 1e-9 * unpaid.max()


def by_hand(scenario: Scenario, week: int, units: Any, share: float, returns: float = -1.0) -> MandateModel:
    """A run in which posts of some units are emptied to a share after a week, as politics does."""
    model = MandateModel(scenario)
    for step in range(model.world.clock.n_steps):
        if step == week:
            own = model.world.units
            own.filled_share[units], own.vacant_since[units], own.returns_week[units] = share, float(week), returns
        model.step()
    return model


NO_RELIEF = {f"{R}replacement_share": 0.0, "parameters.switches.security": False}


def test_18_suspending_nobody_is_a_no_op() -> None:
    """18. Bitwise: no unit emptied; units emptied that nobody fills; units left at full share."""
    scenario = busy({**NO_RELIEF, "mission.trapezoid.plateau_weeks": 20.0, "mission.trapezoid.drawdown_weeks": 0.0}, weeks=60)
    plain = make_run(stepped(scenario, 60)).series
    assert plain["personnel_present"].iloc[40] == 0
    everyone = slice(None)
    for week, units, share in ((10, [], 0.0), (40, everyone, 0.0), (10, everyone, 1.0)):
        assert_identical(plain, make_run(by_hand(scenario, week, units, share)).series)


def test_18_suspending_all_military_with_nobody_else_leaves_no_international_demand() -> None:
    """18. From then on as in test 2: nobody present, no visit sought; bitwise the market of a mission that left that week."""
    alone = busy({**NO_RELIEF, "parameters.switches.host_capacity": False}, weeks=60)
    others = {f"no_{c}": Lever(start_week=0.0, knob="strength", value=0.0, only=(f"category:{c}",))
              for c in ("police", "civilian", "contractor")}
    alone = with_policies(alone, others)
    suspended = make_run(by_hand(alone, 20, slice(None), 0.0)).series
    left = series_of(with_policies(alone, {"gone": Lever(start_week=20.0, knob="strength", value=0.0)}))
    after = suspended["week"] >= 20
    assert suspended.loc[~after, "true_acts"].sum() > 0
    for name in ("troops_present", "personnel_present", "international_demand", "true_acts", "newly_involved"):
        assert (suspended.loc[after, name] == 0).all(), name
    assert differing(suspended, left) <= {"troop_shortfall"}
    assert (suspended.loc[after, "troop_shortfall"] == 1.0).all()


@pytest.mark.parametrize("pool", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("early", [True, False])
def test_18_replacements_never_exceed_the_pool(pool: float, early: bool) -> None:
    """18. However many leave and whenever, persons present in place of others stay within the pool, at every step.

    Whole persons: the plan of a unit may be rounded up by one, and the part of it that is filled by half a person.
    """
    build_up = {"mission.trapezoid.build_up_weeks": 30.0 if early else 0.0}
    changes = {**SENSITIVE, **build_up, f"{R}pool_share": pool, f"{R}replacement_weeks": 2.0, f"{R}replacement_share": 1.0}
    scenario = levers(busy({**changes, "mission.trapezoid.plateau_weeks": 200.0}, weeks=80), in_country_consent=1.0)
    model = MandateModel(scenario)
    world, first = model.world, model.world.units.contributor.copy()
    replaced = 0
    for _ in range(80):
        model.step()
        moved = world.units.contributor != first
        replaced = max(replaced, int(moved.sum()))
        limit = pool * world.peak_military + 1.5 * moved.sum() / world.scale
        assert world.units.n_present[moved].sum() / world.scale <= limit
        assert world.contributors.replaces.sum() <= pool * world.peak_military * (1 + 1e-9)
        assert pool_left(world) >= 0.0
    assert (replaced > 0) == (pool > 0)


def test_18_posts_are_conserved() -> None:
    """18. However politics empties and fills them: no post made or lost, none filled twice, plan never exceeded."""
    changes = {**READY, **SENSITIVE, f"{D}psi": 0.0, f"{D}suspension_weeks": 6.0, f"{R}replacement_weeks": 3.0}
    model = MandateModel(pressing(busy(changes, weeks=80)))
    world = model.world
    keys, unit = world.billets.key.copy(), world.billets.unit.copy()
    for _ in range(80):
        model.step()
        planned = world.planned_present[:, world.step]
        assert (world.units.n_present >= 0).all() and (world.units.n_present <= planned).all()
        assert ((world.units.filled_share >= 0) & (world.units.filled_share <= 1)).all()
        assert world.cells.personnel.sum() == world.units.n_present.sum()
    assert np.array_equal(keys, world.billets.key) and np.array_equal(unit, world.billets.unit)
    kinds = set(make_run(model).events["event"])
    assert {"contributor_sanctioned", "unit_withdrawn", "unit_replaced"} <= kinds


@pytest.mark.parametrize("weeks", [6.0, 40.0])
def test_18_a_suspension_ends(weeks: float) -> None:
    """18. Units suspended come back in full after the suspension's length where nobody replaces them, whatever it is."""
    changes = {**READY, f"{D}psi": 0.0, f"{D}suspension_weeks": weeks, f"{D}pause_weeks": 26.0, f"{R}replacement_share": 0.0,
               "parameters.switches.contributor_response": False, "mission.trapezoid.plateau_weeks": 300.0}
    model = MandateModel(suspending(busy(changes, weeks=200)))
    units, since, away = model.world.units, {}, []
    for step in range(200):
        model.step()
        for unit in range(len(units)):
            if units.n_present[unit] == 0 and model.world.planned_present[unit, step] > 0:
                since.setdefault(unit, step)
            elif unit in since:
                away.append(step - since.pop(unit))
    assert away, "nobody was suspended, or nobody came back"
    assert set(away) == {int(weeks)}


def test_18_a_replacement_that_was_suspended_returns_as_it_was() -> None:
    """18. A post refilled in part comes back in part: a suspension gives nobody more persons than it took."""
    model = MandateModel(busy({f"{R}replacement_share": 0.0}, weeks=30))
    units = model.world.units
    for step in range(30):
        if step == 10:
            units.filled_share[0] = 0.5
        model.step()
        if step == 11:
            half = int(units.n_present[0])
            set_parameter(model, "switches", contributor_response=False)
            sanctions._sanction(model.world, int(units.contributor[0]), np.ones(len(units), bool), True)
            model.world.contributors.last_sanction_week[:] = model.world.week - 1.0
            sanctions._sanction(model.world, int(units.contributor[0]), np.ones(len(units), bool), True)
            units.returns_week[units.filled_share == 0.0] = 20.0
    assert half > 0 and units.n_present[0] == half


def test_18_a_contributor_does_not_withdraw_what_was_suspended_a_moment_ago() -> None:
    """18. The largest unit still there leaves; one just suspended keeps the date of its return."""
    model = stepped(busy({**SENSITIVE, f"{R}replacement_share": 0.0}), 12)
    world, units = model.world, model.world.units
    number = int(np.bincount(units.contributor[units.category == 0]).argmax())
    own = np.flatnonzero((units.contributor == number) & (units.category == 0))
    own = own[np.argsort(-units.n_present[own], kind="stable")]
    units.filled_share[own[0]], units.vacant_since[own[0]], units.returns_week[own[0]] = 0.0, world.week, world.week + 50.0
    world.contributors.sanctioned[number], world.contributors.exit_hazard[number] = 1.0, 1e6
    assert responses.press(world)
    responses.decide(world)
    assert units.returns_week[own[0]] > world.week
    assert units.filled_share[own[1]] == 0.0 and units.returns_week[own[1]] == -1.0


def test_18_a_report_about_former_people_of_a_post_concerns_their_contributor() -> None:
    """18. After others have taken over a post, late reports about those before them are no case of the newcomers'."""
    model = MandateModel(busy({"parameters.switches.inquiries": False, **NO_RELIEF}, weeks=60, scale=0.3))
    units, of_week = model.world.units, []
    for step in range(60):
        if step == 30:
            units.contributor[:] = units.contributor % units.contributor.max() + 1
        model.step()
        of_week.append(units.contributor.copy())
    cases = [case for body in bodies(model.world).oversight for case in body.cases]
    late = [case for case in cases if case.report_step >= 30 > case.act_step]
    assert len(late) > 20
    assert all(case.contributor == of_week[case.act_step][case.unit] for case in cases)


def test_18_who_withdraws_for_good_does_not_come_back() -> None:
    """18. Without replacements a post once withdrawn stays empty to the end."""
    scenario = pressing(busy({**SENSITIVE, f"{R}replacement_share": 0.0, "parameters.switches.sanctions": False}, weeks=80))
    model = MandateModel(scenario)
    gone = np.zeros(len(model.world.units), bool)
    for _ in range(80):
        model.step()
        assert (model.world.units.n_present[gone] == 0).all()
        gone |= (model.world.units.filled_share == 0.0) & (model.world.units.returns_week < 0)
    assert gone.sum() > 2

"""Counter-effects of policies: each can appear, with the right sign, and vanishes with the mechanism that carries it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import assert_identical, differing, generic, with_policies

from limits.chain_support import CHANNELS_OFF, busy, stepped
from sim.config import load_scenario
from sim.model import MandateModel
from sim.phases.decide.weighing import compliance, free_time, inclination_terms, weeks_into_tour
from sim.phases.perceive.beliefs import leadership_now
from sim.phases.politics import responses, sanctions
from sim.phases.report.colleagues import pass_probability, peer_report_chances
from sim.policies import POLICIES
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

START = 10
SWITCH, L, R = "parameters.switches.", "parameters.leadership.", "parameters.contributor_response."
NO_OVERSIGHT = {"parameters.oversight.fact_finding_capacity": 0.0, "parameters.oversight.investigation_capacity": 0.0}


def under(base: Scenario, name: str, start: float = START, **doses: Any) -> Scenario:
    """A scenario with one policy, adopted by all authorities."""
    policy = POLICIES[name](start_week=float(start), authorities=["un", "nato", "employer"], **doses)
    return with_policies(base, {name: policy})


def pair(base: Scenario, name: str, **doses: Any) -> tuple[Run, Run]:
    """A run without and with a policy, on the same luck."""
    return simulate(base), simulate(under(base, name, **doses))


def after(run: Run, name: str) -> float:
    """Sum of an indicator from the policy's start on."""
    return float(run.series.loc[run.series["week"] >= START, name].sum())


# zero_tolerance: little without enforcement


def test_zero_tolerance_without_enforcement_raises_reports_and_nothing_else() -> None:
    """Without investigators more colleagues report; bitwise nobody behaves differently. With them more are removed."""
    idle = pair(busy({**NO_OVERSIGHT, f"{SWITCH}attention": False}, scale=0.3), "zero_tolerance", odds=2.5)
    assert after(idle[1], "reports") > after(idle[0], "reports")
    assert differing(idle[0].series, idle[1].series) <= {"reports", "reports_held_back", "observed_allegations", "screened_in",
                                                         "cases_recorded", "investigations_open"}
    enforced = pair(busy(scale=0.3), "zero_tolerance", odds=2.5)
    assert after(enforced[1], "repatriated") > after(enforced[0], "repatriated")


def test_zero_tolerance_adds_nothing_to_anybodys_inclination() -> None:
    """Bitwise the same terms in the week it sets in, while the odds of a peer report rise by the factor."""
    plain, with_it = (stepped(s, START + 1).world for s in (busy(), under(busy(), "zero_tolerance", odds=2.0)))
    for name, term in inclination_terms(plain).items():
        np.testing.assert_array_equal(term, inclination_terms(with_it)[name], err_msg=name)
    odds = [p / (1 - p) for p in (peer_report_chances(plain)[0], peer_report_chances(with_it)[0])]
    np.testing.assert_allclose(odds[1] / odds[0], 2.0, rtol=1e-9)


# training: decays with rotation, depends on commanders


def test_training_fades_within_the_tour_and_returns_with_the_next() -> None:
    """The restraint is dose x compliance x 2^(-weeks in tour / half-life): it jumps back up where a unit has just arrived."""
    model, seen = MandateModel(under(generic(weeks=60), "training", start=0, restraint=0.5)), []
    for _ in range(60):
        model.step()
        world = model.world
        expected = -0.5 * compliance(world) * 2.0 ** (-weeks_into_tour(world) / 26.0)
        np.testing.assert_allclose(inclination_terms(world)["training"], expected, rtol=1e-9)
        seen.append(-inclination_terms(world)["training"][0] / compliance(world)[0])
    up = np.diff(seen) > 0
    assert 2 <= up.sum() <= 3, "two or three rotations in 60 weeks"
    assert np.diff(seen)[up].min() > 0.2 and (np.diff(seen)[~up] < 0).all()


def test_training_of_norms_is_worn_down_by_what_units_see() -> None:
    """The norm newcomers bring is lower at once after a rotation, and less so twelve weeks later, in the same tour."""
    steady = busy({**CHANNELS_OFF, "parameters.norms.norm_weight": 0.0, "parameters.norms.relaxation_weeks": 4.0}, weeks=60)
    models, gaps, slots = [MandateModel(s) for s in (steady, under(steady, "training", norm=0.3, restraint=0.0))], [], []
    for _ in range(60):
        for model in models:
            model.step()
        gaps.append(models[0].world.units.norm - models[1].world.units.norm)
        slots.append(models[0].world.units.slot.copy())
    military = models[0].world.units.category == 0
    faded = [gaps[w + 12][u] / gaps[w][u] for w in range(START, 47) for u in np.flatnonzero(military)
             if slots[w][u] != slots[w - 1][u] == slots[w - 2][u] and slots[w + 12][u] == slots[w][u]]
    assert len(faded) > 5
    assert max(faded) < 0.2 and min(gaps[-1][military]) >= 0.0


def test_training_does_nothing_under_commanders_who_do_not_care_or_where_norms_do_not_count() -> None:
    """Restraint needs compliance, and the norm needs a norm that weighs: without them bitwise no act changes."""
    careless = busy({**CHANNELS_OFF, f"{L}compliance": 0.0, f"{L}compliance_leadership": 0.0}, weeks=40)
    runs = pair(careless, "training", norm=1.0, restraint=0.5)
    assert after(runs[1], "true_acts") == pytest.approx(after(runs[0], "true_acts"), rel=1e-9)
    no_norms = pair(busy({**CHANNELS_OFF, f"{SWITCH}norms": False}, weeks=40), "training", norm=0.3, restraint=0.0)
    assert differing(no_norms[0].series, no_norms[1].series) == {"norm_mean"}
    both = pair(busy(CHANNELS_OFF, weeks=40), "training", norm=0.3, restraint=0.5)
    assert after(both[1], "true_acts") < after(both[0], "true_acts")


# leadership_accountability: suppression of reports


def at_risk(suppression: float) -> MandateModel:
    """A model whose commanders have seen half of their peers removed."""
    model = stepped(busy({f"{L}suppression_per_risk": suppression}), 5)
    model.world.units.command_a[:] = model.world.units.command_b[:] = 10.0
    return model


def test_commanders_at_risk_hold_reports_back_only_where_suppression_is_assumed() -> None:
    """ln odds of passing on fall by suppression x (risk - prior); a negative value raises them; 0 leaves them alone."""
    odds = []
    for suppression in (-6.0, 0.0, 6.0):
        passed = pass_probability(at_risk(suppression).world)
        odds.append(np.log(passed / (1 - passed)))
    np.testing.assert_allclose(odds[0] - odds[1], 6.0 * (0.5 - 0.05), rtol=1e-9)
    np.testing.assert_allclose(odds[1] - odds[2], 6.0 * (0.5 - 0.05), rtol=1e-9)
    world = load_scenario("mission=generic", "world=commanders_suppress").parameters.leadership
    assert world.suppression_per_risk > 0.0


@pytest.mark.parametrize("suppression", [0.0, 20.0])
def test_leadership_accountability_suppresses_reports_in_that_world_alone(suppression: float) -> None:
    """Share of colleagues' reports held back: higher with the policy where commanders suppress, else much the same."""
    base = busy({f"{L}suppression_per_risk": suppression, f"{L}effort_per_risk": 0.0, "parameters.reporting.peer_base": -5.0,
                 f"{SWITCH}victim_reports": False, f"{SWITCH}police_reports": False, f"{SWITCH}inquiries": False}, scale=0.3)
    counts = [[after(run, n) * 0.3 for n in ("reports_held_back", "reports")] for run in pair(
        base, "leadership_accountability", removed=1.0)]
    shares = [held / n for held, n in counts]
    error = np.sqrt(sum(share * (1 - share) / n for share, (_, n) in zip(shares, counts)))
    assert (shares[1] - shares[0] > 4.0 * error) == (suppression > 0.0)
    assert abs(shares[1] - shares[0]) < 4.0 * error or suppression > 0.0


def test_leadership_works_through_commanders_own_risk_and_nothing_else() -> None:
    """Commanders exert themselves by what they learned; with effort and suppression 0 no conduct changes, bitwise."""
    model = at_risk(0.0)
    gain = leadership_now(model.world) - model.world.units.leadership
    np.testing.assert_allclose(gain, model.scenario.parameters.leadership.effort_per_risk * 0.45, rtol=1e-9)
    base = busy({f"{L}effort_per_risk": 0.0, f"{L}pass_leadership": 0.0, "parameters.norms.leadership_weight": 0.0,
                 f"{L}compliance_leadership": 0.0, "parameters.reporting.peer_leadership": 0.0}, scale=0.3)
    runs = pair(base, "leadership_accountability", removed=1.0)
    assert_identical(runs[0].series, runs[1].series)
    commanders = [(run.events["event"] == "commander_removed").sum() for run in runs]
    assert commanders[1] > 2 * commanders[0]


# off_limits: moves acts to private premises, less visible


def test_off_limits_moves_part_of_the_hours_out_of_sight() -> None:
    """Hours kept are 1 - taken (1 - displaced); of these a share displaced is private; none where nothing is displaced."""
    for displaced in (0.0, 0.4, 1.0):
        scenario = generic({f"{L}displaced_share": displaced}, weeks=20)
        plain, ruled = (stepped(s, 15).world for s in (scenario, under(scenario, "off_limits", hours=0.5)))
        (before, none), (kept, private) = free_time(plain), free_time(ruled)
        taken = 0.5 * compliance(ruled)
        assert (none == 0.0).all()
        np.testing.assert_allclose(kept / before, 1.0 - taken * (1.0 - displaced), rtol=1e-9)
        np.testing.assert_allclose(private * kept / before, taken * displaced, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("displaced", [0.0, 1.0])
def test_off_limits_lowers_reports_per_act_only_where_acts_are_displaced(displaced: float) -> None:
    """All displaced: as many visits are sought, fewer seen. None displaced: fewer visits, each as visible as before."""
    base = busy({f"{L}displaced_share": displaced, f"{L}private_visibility": 0.0, f"{L}compliance": 1.0, **NO_OVERSIGHT,
                 "parameters.reporting.reportable_share": 0.3, f"{SWITCH}police_reports": False,
                 f"{SWITCH}inquiries": False, f"{SWITCH}attention": False}, scale=0.5)  # fmt: skip
    runs = pair(base, "off_limits", hours=0.8)
    sought = after(runs[1], "international_demand") / after(runs[0], "international_demand")
    per_act = [after(run, "reports") / after(run, "true_acts") for run in runs]
    if displaced:
        assert sought == pytest.approx(1.0, abs=1e-3) and per_act[1] < 0.7 * per_act[0]
    else:
        assert sought < 0.5 and per_act[1] > 0.9 * per_act[0]


# women_share: small, of either sign


def test_women_share_is_small_and_of_either_sign() -> None:
    """Ten points more women move visits by less than a tenth; the culture term decides whether up or down."""
    effect = {}
    for culture in (-0.3, 0.0, 0.3):
        base = generic({"mission.initial_venues": 100.0, "parameters.involvement.women_relative_proneness": 0.6}, weeks=90,
                       scale=1.0)
        runs = pair(base, "women_share", culture=culture)
        effect[culture] = after(runs[1], "international_demand") / after(runs[0], "international_demand") - 1.0
    assert -0.1 < effect[0.0] < 0.0
    assert effect[-0.3] < effect[0.0] < effect[0.3]
    assert effect[0.3] > 0.0, "with a worse culture the policy does harm"


def test_women_share_does_nothing_where_women_are_no_different() -> None:
    """Relative proneness 1 and no change of culture: bitwise the same run."""
    runs = pair(busy({"parameters.involvement.women_relative_proneness": 1.0}), "women_share", points=0.3)
    assert_identical(runs[0].series, runs[1].series)
    assert_identical(runs[0].cases, runs[1].cases)


# victim_channels, external_experts: counts without investigators, investigators without counts


def test_victim_channels_without_investigators_raise_the_count_and_leave_conduct_alone() -> None:
    """Bitwise no act differs (uptake and protection as before); with investigators removals rise too, four runs together."""
    base = busy({**NO_OVERSIGHT, f"{SWITCH}attention": False, "parameters.reporting.know_share": 0.05}, scale=0.3)
    runs = pair(base, "victim_channels", uptake=0.0, protection=0.0)
    assert after(runs[1], "observed_allegations") > 1.3 * after(runs[0], "observed_allegations")
    assert after(runs[1], "repatriated") == 0.0
    assert_identical(runs[0].series[["true_acts", "norm_mean"]], runs[1].series[["true_acts", "norm_mean"]])
    able = [pair(busy({"parameters.reporting.know_share": 0.05}, scale=0.3, seed=s), "victim_channels") for s in range(1, 5)]
    removed = [sum(after(run, "repatriated") for run in runs) for runs in zip(*able, strict=True)]
    assert removed[1] > 1.05 * removed[0]


def test_experts_have_nothing_to_do_where_nobody_reports() -> None:
    """Bitwise the same run without channels; with congestion and channels more investigations end."""
    runs = pair(busy(CHANNELS_OFF), "external_experts", fact_finding=5.0, investigation=5.0)
    assert_identical(runs[0].series, runs[1].series)
    scarce = busy({"parameters.oversight.investigation_capacity": 15.0}, scale=0.3)
    runs = pair(scarce, "external_experts")
    assert after(runs[1], "investigated") > after(runs[0], "investigated")


# follow_up and withhold_pay: little without visibility; small sums


def test_follow_up_reaches_nobody_where_nothing_is_visible() -> None:
    """Answers rise; where outcomes stay invisible, bitwise no act differs. With visibility expectations move."""
    silent = busy({"parameters.prosecution.p_visible": 0.0, "parameters.prosecution.reply_base": -1.5}, weeks=80, scale=0.3)
    runs = simulate(silent), simulate(with_policies(silent, {"f": Invisible(start_week=float(START))}))
    assert after(runs[1], "tcc_answers") > after(runs[0], "tcc_answers")
    assert after(runs[1], "investigators_named") > 2 * after(runs[0], "investigators_named")
    assert_identical(runs[0].series[["true_acts", "perceived_certainty"]], runs[1].series[["true_acts", "perceived_certainty"]])
    seen = simulate(under(silent, "follow_up", visible=1.0)).model.world.contributors
    unseen = runs[1].model.world.contributors
    assert seen.q_prosecuted.max() > unseen.q_prosecuted.max()
    assert (unseen.q_prosecuted <= silent.parameters.sanctions.p_prosecuted).all()


class Invisible(POLICIES["follow_up"]):  # type: ignore[misc]
    """Follow-up of which nobody hears."""

    def effects(self) -> list[Any]:
        return [effect for effect in super().effects() if effect[0] != "visibility"]


def test_a_named_investigator_is_no_answer() -> None:
    """Naming alone, from .06 to 1, brings not one answer more, bitwise in everything but the names."""
    runs = pair(busy(weeks=80), "follow_up", named=1.0, reply=0.0, visible=0.1)
    assert differing(runs[0].series, runs[1].series) == {"investigators_named"}


def test_withheld_pay_is_small_and_gone_without_its_two_mechanisms() -> None:
    """Visits move by less than 3 %; without a loss felt by persons and effort of contributors, bitwise not at all."""
    runs = pair(busy(weeks=80, scale=0.5), "withhold_pay")
    assert abs(after(runs[1], "true_acts") / after(runs[0], "true_acts") - 1.0) < 0.03
    off = {"parameters.sanctions.pay_loss": 0.0, "parameters.prosecution.reply_withheld_pay": 0.0}
    runs = pair(busy(off, weeks=80), "withhold_pay", withheld=1.0)
    assert_identical(runs[0].series, runs[1].series)


def test_what_is_withheld_no_longer_holds_contributors() -> None:
    """Under a sanction the excess hazard rises by exp(weight x reliance x share withheld); not at weight 0."""
    for weight in (0.0, 2.0):
        world = stepped(busy({f"{R}reimbursement_weight": weight}), 12).world
        c = world.contributors
        c.sanctioned[:], c.pay_withheld[:] = 0.5, 0.0
        paid = responses.excess_exit_hazard(world)[c.is_state]
        c.pay_withheld[:] = 0.4
        ratio = responses.excess_exit_hazard(world)[c.is_state] / paid
        np.testing.assert_allclose(ratio, np.exp(weight * responses.reliance(world) * 0.4)[c.is_state], rtol=1e-9)


def test_solidarity_spreads_a_sanction_to_the_bloc_and_no_further() -> None:
    """Bloc members feel the share assumed; at solidarity 0 only the sanctioned contributor does."""
    for solidarity in (0.0, 0.6):
        world = stepped(busy({f"{R}solidarity": solidarity, f"{R}n_blocs": 2.0}), 12).world
        c, number = world.contributors, 3
        sanctions._sanction(world, number, np.ones(len(world.units), bool), False)
        others = c.is_state & (np.arange(len(c)) != number)
        own = c.sanctioned[number]
        np.testing.assert_allclose(c.sanctioned[others & (c.bloc == c.bloc[number])], solidarity * own)
        assert (c.sanctioned[others & (c.bloc != c.bloc[number])] == 0.0).all()
        assert (responses.excess_exit_hazard(world)[others] > 0).any() == (solidarity > 0)
        assert own > 0

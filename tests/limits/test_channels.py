"""Limit test 19: personnel bring demand and security; the two channels are separate and have the right signs."""

from __future__ import annotations

import numpy as np
import pytest
from support import Lever, assert_identical, generic, series_of, with_policies

from sim.model import MandateModel
from sim.phases.politics.security import violence
from sim.runs.simulate import simulate

NO_CLIENTS = {"parameters.involvement.p_prone": 0.0}
CALM = {"parameters.switches.security": False}
FULL_AT_ONCE = {"mission.trapezoid.build_up_weeks": 0.0}
COUNTS_OF_PERSONNEL = ("troops_present", "troop_shortfall", "personnel_present", "norm_mean", "perceived_certainty")


def strength(factor: float) -> dict[str, Lever]:
    """A policy that multiplies personnel present."""
    return {"strength": Lever(start_week=0.0, knob="strength", value=factor)}


def test_19_demand_rises_with_strength_while_security_is_off() -> None:
    """19. Twice the personnel seek about twice as much at first, half of them half as much; violence stays 1."""
    base = generic({**CALM, **FULL_AT_ONCE, "parameters.involvement.p_prone": 0.4}, weeks=5, scale=1.0)
    seen = [series_of(with_policies(base, strength(factor))) for factor in (0.5, 1.0, 2.0)]
    demand = [s["international_demand"].iloc[1:].sum() for s in seen]
    assert demand[1] / demand[0] == pytest.approx(2.0, rel=0.2)
    assert demand[2] / demand[1] == pytest.approx(2.0, rel=0.2)
    assert all((s["violence_index"] == 1.0).all() for s in seen)


def test_19_without_either_channel_strength_does_nothing() -> None:
    """19. Nobody prone and security off: personnel change no number but their own."""
    base = generic({**CALM, **NO_CLIENTS}, weeks=40)
    plain = series_of(base)
    for factor in (0.0, 3.0):
        changed = series_of(with_policies(base, strength(factor)))
        assert_identical(plain, changed, but=COUNTS_OF_PERSONNEL)
        held = plain["perceived_certainty"] if factor else np.zeros(len(plain))  # by somebody, or by nobody
        np.testing.assert_allclose(changed["perceived_certainty"], held, rtol=1e-12)


@pytest.mark.parametrize("factor", [0.2, 0.5])
def test_19_fewer_troops_more_violence_and_vulnerability(factor: float) -> None:
    """19. Nobody prone: with half the authorised personnel violence and local vulnerability rise by 2^kv and its power."""
    changes = {**NO_CLIENTS, **FULL_AT_ONCE, "parameters.security.violence_exponent": 0.4,
               "parameters.security.vulnerability_weight": 1.0, "mission.trapezoid.peak": 200_000.0}
    full, short = (MandateModel(with_policies(generic(changes, weeks=6, scale=1.0), strength(f))) for f in (1.0, factor))
    for model in (full, short):
        for _ in range(6):
            model.step()
    garrison = full.world.cells.personnel > 1000
    assert garrison.any()
    ratio = short.world.cells.violence[garrison] / full.world.cells.violence[garrison]
    np.testing.assert_allclose(ratio, factor**-0.4, rtol=0.01)
    local = np.isin(full.world.origins.mission_cell, np.flatnonzero(garrison))
    ratio = short.world.origins.vulnerability[local] / full.world.origins.vulnerability[local]
    np.testing.assert_allclose(ratio, factor**-0.4, rtol=0.01)
    abroad = ~full.world.origins.is_local
    np.testing.assert_array_equal(short.world.origins.vulnerability[abroad], full.world.origins.vulnerability[abroad])


def test_19_vulnerability_raises_recruitment() -> None:
    """19. Three times as vulnerable, everywhere: more persons are recruited, which is what the security channel is about."""
    base = generic({"mission.initial_venues": 100.0}, weeks=52, scale=0.3)
    more = with_policies(base, {"crisis": Lever(start_week=0.0, knob="vulnerability", value=3.0)})
    recruited = [sum(series_of(s, seed)["new_recruitments"].sum() for seed in range(4)) for s in (base, more)]
    assert recruited[0] > 0
    assert recruited[1] > 1.1 * recruited[0]


def test_19_violence_also_lowers_host_capacity() -> None:
    """19. Missing strength holds back the capacity of police and courts, and only with security on."""
    ends = []
    for changes in ({}, CALM):
        base = generic({**NO_CLIENTS, **FULL_AT_ONCE, **changes, "parameters.security.violence_exponent": 1.0}, weeks=60)
        ends.append([simulate(with_policies(base, strength(f))).series["host_capacity"].iloc[-1] for f in (1.0, 0.1)])
    assert ends[0][1] < ends[0][0] - 0.005
    assert ends[1][1] == ends[1][0]


def test_19_exponent_zero_is_no_effect() -> None:
    """19. kv = 0 equals the switch off, bit for bit, also with few troops and with clients."""
    few = strength(0.2)
    zero = series_of(with_policies(generic({"parameters.security.violence_exponent": 0.0}, weeks=40), few))
    off = series_of(with_policies(generic(CALM, weeks=40), few))
    on = series_of(with_policies(generic({"parameters.security.violence_exponent": 1.0}, weeks=40), few))
    assert_identical(zero, off)
    assert (on["violence_index"].iloc[5:] > 1.05).all()


def test_19_more_clients_do_not_change_security() -> None:
    """19. The demand channel alone: prone or not, violence is the same."""
    prone, none = (series_of(generic({"parameters.involvement.p_prone": p}, weeks=40)) for p in (0.5, 0.0))
    assert prone["international_demand"].sum() > 0 == none["international_demand"].sum()
    np.testing.assert_array_equal(prone["violence_index"], none["violence_index"])


def test_19_violence_by_hand() -> None:
    """19. max(N / N_authorised, floor)^-kv; 1 where nobody is authorised; below 1 only above authorised strength."""
    present, authorised = np.array([100.0, 50.0, 0.0, 200.0, 7.0]), np.array([100.0, 100.0, 100.0, 100.0, 0.0])
    got = violence(present, authorised, 0.5, 0.04)
    np.testing.assert_allclose(got, [1.0, 2**0.5, 5.0, 0.5**0.5, 1.0])
    np.testing.assert_array_equal(violence(present, authorised, 0.0, 0.04), np.ones(5))

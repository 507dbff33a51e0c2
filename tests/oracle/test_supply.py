"""Supply on objects: what networks earn, where they open, move, hide and close, police raids, and orders of recruitment."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from support import strong_lever, with_policies

from oracle.market import assert_phase_agrees, checked_phase, documented, market, parameter, scattered, unseen
from oracle.oracle_support import world_of
from sim.knobs import KNOBS

SWITCHES = (
    "sunk_costs", "infrastructure", "ties", "sellers", "hiding", "relocation", "raids", "diversification", "host_capacity",
)  # fmt: skip
KNOBS_HERE = [knob.name for knob in KNOBS.values() if knob.phase == "supply"]
POLICIES = ("transnational_response", "upstream_prevention", "victim_channels", "off_limits")
SHOCKS = ("source_crisis", "border_tightening", "local_income_growth", "reconstruction_boom")
WEEKS = (4, 12)
CONDITIONS: dict[str, dict[str, Any]] = {
    "local recruits only": {"parameters.recruitment.local_intercept": -2.0, "parameters.recruitment.largest_cost_gap": 20.0},
    "recruits from abroad only": {"parameters.recruitment.local_intercept": 8.0},
    "learning and preference": {
        "parameters.recruitment.local_learning": 5.0, "parameters.recruitment.local_preference": 1.5,
        "parameters.recruitment.local_intercept": 1.0,
    },
    "nobody at risk": {"parameters.recruitment.at_risk_share": 0.0},
    "few at risk": {"parameters.recruitment.at_risk_share": 0.00005},
    "no response to vulnerability": {"parameters.recruitment.vulnerability_response": 0.0},
    "sharp decisions": {"parameters.entry.profit_scale_usd": 1.0},
    "sellers keep nothing": {"parameters.venues.seller_income_share": 0.0},
    "daily steps": {"clock.step_days": 1},
    "fortnightly steps": {"clock.step_days": 14},
    "hidden venues are never found": {"parameters.host_justice.hidden_find_ratio": 0.0},
    "every raid leaks": {"parameters.host_justice.p_leak": 1.0},
    "other trades pay better": {"parameters.networks.other_trade_return_usd": 3000.0},
    "an arrest ends a network": {"parameters.networks.arrest_loss": 1.0},
    "no demand": {
        "parameters.local_demand.acts_per_1000_per_week": 0.0, "parameters.involvement.p_prone": 0.0,
    },
}  # fmt: skip
# Parameters, each changed for the objects alone, by a factor large enough to be seen within the weeks checked.
SEEN = {
    "venues.visits_per_person_week": 1.01, "venues.places": 1.01, "venues.cost_venue_usd": 1.01,
    "venues.cost_person_usd": 1.01, "venues.seller_income_share": 1.01, "venues.seller_entry_per_week": 3.0,
    "venues.seller_exit_per_week": 10.0, "venues.seller_income_weight": 4.0, "entry.sunk_cost_usd": 1.01,
    "entry.exit_cost_usd": 1.01, "entry.hurdle_per_week": 10.0, "entry.base_entries_per_week": 3.0,
    "entry.entries_per_venue_week": 5.0, "entry.profit_scale_usd": 10.0, "entry.profit_memory_weeks": 1.01,
    "entry.exit_rate_per_week": 5.0, "entry.relocation_rate_per_week": 5.0, "entry.relocation_distance_km": 0.1,
    "entry.location_scale": 0.1, "entry.reopening_per_week": 5.0, "entry.reopening_cost_share": 1.01,
    "entry.dormancy_weeks": 0.1, "entry.infrastructure_decay_per_week": 1.01, "entry.infrastructure_half": 1.01,
    "entry.infrastructure_strength": 1.01, "networks.hide_rate_per_week": 3.0, "networks.raid_aversion": 5.0,
    "networks.visibility_value": 5.0, "networks.risk_memory_weeks": 1.01, "networks.bribe_share": 1.01,
    "networks.ties_gain_per_week": 1.01, "networks.ties_decay_per_week": 1.01, "networks.ties_cost_saving": 1.01,
    "networks.arrest_loss": 1.01, "networks.regrowth_per_week": 1.01, "networks.regrowth_cost_usd": 1.01,
    "networks.smallest_size": 3.0, "networks.other_trade_return_usd": 1.01, "networks.diversification_scale_usd": 1.01,
    "networks.diversification_memory_weeks": 1.01, "recruitment.orders_per_place_week": 3.0,
    "recruitment.target_fill": 0.5, "recruitment.vulnerability_response": 50.0,
    "recruitment.cost_per_km_usd": 1.01, "recruitment.cost_scale_usd": 1.01, "recruitment.cost_weight": 3.0,
    "recruitment.largest_cost_gap": 0.1, "persons.identification_per_week": 1.01, "persons.escape_per_week": 1.01,
    "persons.release_per_week": 1.01, "persons.move_per_week": 1.01, "involvement.facilitator_ties": 1.01,
    "host_justice.p_leak": 3.0, "host_justice.ties_leak_weight": 30.0, "host_justice.p_closure": 0.3,
    "host_justice.hidden_find_ratio": 5.0, "host_justice.venues_at_half_capacity": 100.0,
    "host_justice.raid_cost_usd": 1.01, "host_capacity.reference": 0.3, "prices.mix_temperature": 1.01,
    "prices.mix_adjustment_per_week": 1.01, "personnel_demand.reach_km": 1.01, "local_demand.reach_km": 1.01,
    "security.vulnerability_weight": 1.01,
}  # fmt: skip


def test_agrees_over_many_weeks_in_which_everything_happens() -> None:
    world, happened = market(weeks=40), Counter[str]()
    venues, local = world.venues, world.origins.is_local
    was_open, was_hidden, sellers = venues.is_open.copy(), venues.is_hidden.copy(), venues.sellers.copy()
    for _ in checked_phase(world, "supply", range(24)):
        rows = [row for row in world.events.rows if row[0] == world.step]
        happened.update(row[1] if row[2] != "venue" else f"{row[1]} {row[6]:g}" for row in rows)
        stayed = was_open & venues.is_open
        happened["sellers came"] += int((venues.sellers > sellers)[stayed].sum())
        happened["sellers left"] += int((venues.sellers < sellers)[stayed].sum())
        happened["hid"] += int((venues.is_hidden & ~was_hidden)[stayed].sum())
        happened["came out of hiding"] += int((was_hidden & ~venues.is_hidden)[stayed].sum())
        happened["local recruits"] += int(local[world.orders.origin[: world.n_orders]].sum())
        happened["recruits from abroad"] += int((~local[world.orders.origin[: world.n_orders]]).sum())
        happened["a facilitator"] += int(world.billets.new_facilitator.any())
        was_open, was_hidden, sellers = venues.is_open.copy(), venues.is_hidden.copy(), venues.sellers.copy()
    expected = {
        "venue_opened 1", "venue_opened 2", "venue_opened 3", "venue_closed 1", "venue_closed 2", "venue_closed 3",
        "raid 0", "raid 1", "network_entered", "network_dissolved", "organiser_arrested", "sellers came", "sellers left",
        "hid", "came out of hiding", "local recruits", "recruits from abroad", "a facilitator",
    }  # fmt: skip
    assert expected <= {name for name, n in happened.items() if n}
    assert any(name.startswith("venue_relocated") for name in happened)


@pytest.mark.parametrize("switch", SWITCHES)
def test_every_mechanism_off(switch: str) -> None:
    assert_phase_agrees(market(changes={f"parameters.switches.{switch}": False}), "supply", WEEKS)


@pytest.mark.parametrize("knob", KNOBS_HERE)
def test_every_knob(knob: str) -> None:
    scenario = with_policies(market().scenario, {"lever": strong_lever(knob, 2.0)})
    assert_phase_agrees(world_of(scenario), "supply", WEEKS)


@pytest.mark.parametrize("policy", POLICIES)
def test_policies(policy: str) -> None:
    world = market(f"policy=[{policy}]", f"policy.{policy}.start_week=4", plenty=False)
    assert_phase_agrees(world, "supply", WEEKS)


@pytest.mark.parametrize("shock", SHOCKS)
def test_shocks(shock: str) -> None:
    assert_phase_agrees(market(f"shock={shock}", changes={"shock.start_week": 4.0}), "supply", WEEKS)


@pytest.mark.parametrize("changes", CONDITIONS.values(), ids=CONDITIONS)
def test_other_conditions(changes: dict[str, Any]) -> None:
    assert_phase_agrees(market(changes=changes), "supply", WEEKS)


@pytest.mark.parametrize("mission", ["kosovo", "bosnia"])
def test_documented_missions_as_they_are(mission: str) -> None:
    assert_phase_agrees(documented(mission, 0.02), "supply", (0, 10, 29))


def test_parameters_anywhere_in_their_range() -> None:
    assert_phase_agrees(scattered(1), "supply", (3, 7, 15))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 20))
def test_parameters_anywhere_in_their_range_many_times(seed: int) -> None:
    assert_phase_agrees(scattered(seed), "supply", (3, 7, 15))


@pytest.mark.slow
@pytest.mark.parametrize("mission", ["kosovo", "bosnia", "generic"])
def test_years_of_a_mission(mission: str) -> None:
    assert_phase_agrees(documented(mission, 0.1), "supply", range(5, 250, 12))


def test_every_parameter_of_supply_is_seen() -> None:
    world = market("shock=source_crisis", changes={"shock.start_week": 2.0})
    changes = {path: parameter(path, factor) for path, factor in SEEN.items()}
    assert unseen(world, "supply", (3, 8, 9, 13, 17, 18, 22), changes) == set()


def test_poverty_is_seen_where_incomes_move() -> None:
    world = documented("kosovo", 0.02)
    assert unseen(world, "supply", (29,), {"poverty": parameter("recruitment.poverty_elasticity")}) == set()

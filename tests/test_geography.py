"""Tests of the grids, towns, distances, population weights and route costs."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from sim.world.geography import (
    Geography,
    Town,
    _neighbour_pairs,
    load_geography,
    regions,
    route_cost_km,
    synthetic_geography,
)

REAL_REGIONS = ("balkans", "cambodia", "central_african_republic", "great_lakes", "haiti", "west_africa")
MISSION_COUNTRIES = {
    "balkans": ("BIH", "XKX"),
    "cambodia": ("KHM",),
    "central_african_republic": ("CAF",),
    "great_lakes": ("COD",),
    "haiti": ("HTI",),
    "west_africa": ("LBR", "SLE"),
}
STEP_DEGREES = math.degrees(20.0 / 6371.0088)  # 20 km on the equator


@pytest.fixture(scope="module")
def balkans() -> Geography:
    return load_geography("balkans")


def strip(countries: str) -> Geography:
    """One row of 20 km cells on the equator, a letter a cell, a space for sea."""
    n = len(countries)
    codes = tuple(sorted(set(countries) - {" "}))
    country = np.array([codes.index(c) if c != " " else -1 for c in countries], dtype=np.int16)
    return Geography(
        region="strip",
        n_columns=n,
        n_rows=1,
        longitude=np.arange(n) * STEP_DEGREES,
        latitude=np.zeros(n),
        country=country,
        countries=codes,
        land_share=(country >= 0).astype(float),
        border_km=np.full(n, np.inf),
        coast_km=np.full(n, np.inf),
        area_km2=np.full(n, 400.0),
        town_population=np.zeros(n),
        towns=(),
    )


def town_cell(geography: Geography, name: str) -> int:
    return next(town.cell for town in geography.towns if town.name == name)


def country_of(geography: Geography, cell: int) -> str:
    return geography.countries[geography.country[cell]]


def test_regions_are_the_six_grids_and_the_synthetic_one():
    assert regions() == tuple(sorted((*REAL_REGIONS, "synthetic")))


@pytest.mark.parametrize("region", REAL_REGIONS)
def test_every_region_loads_with_values_in_bounds(region):
    geography = load_geography(region)
    land = geography.country >= 0
    assert geography.n_cells == (6144 if region == "balkans" else 1536)
    assert geography.countries == tuple(sorted(geography.countries))
    assert set(geography.country[land]) == set(range(len(geography.countries)))
    assert all(len(code) == 3 and code.isupper() for code in geography.countries)
    assert ((geography.land_share >= 0) & (geography.land_share <= 1)).all()
    assert (geography.land_share[land] >= 0.35).all() and (geography.land_share[~land] < 0.3501).all()
    assert np.isfinite(geography.border_km[land]).all() and np.isinf(geography.border_km[~land]).all()
    assert (geography.border_km >= 0).all() and (geography.coast_km >= 0).all()
    assert (geography.area_km2 > 0).all()
    assert geography.town_population.sum() == sum(town.population for town in geography.towns) > 0


@pytest.mark.parametrize("region", REAL_REGIONS)
def test_every_town_lies_in_a_cell_of_its_own_country(region):
    geography = load_geography(region)
    assert [town.name for town in geography.towns if country_of(geography, town.cell) != town.country] == []
    assert set(MISSION_COUNTRIES[region]) <= {town.country for town in geography.towns}


def test_the_balkans_grid_has_known_cells(balkans):
    assert (balkans.n_columns, balkans.n_rows) == (96, 64)
    assert [balkans.cells_of([code]).size for code in ("BIH", "XKX", "MDA")] == [128, 26, 84]
    assert balkans.longitude[0] == 12.125 and balkans.latitude[0] == 49.9062  # the north-west corner
    assert balkans.longitude[-1] == 35.875 and balkans.latitude[-1] == 38.0938


def test_towns_are_in_the_cell_of_their_coordinates(balkans):
    assert town_cell(balkans, "Sarajevo") == 32 * 96 + 25  # 18.36 E, 43.85 N
    assert balkans.cell_at(36, 39) == town_cell(balkans, "Pristina")
    assert balkans.town_population[balkans.cell_at(25, 32)] == 696_731 + 71_277  # Sarajevo and Ilidža


def test_kosovo_has_its_four_neighbours_and_no_coast(balkans):
    a, b = _neighbour_pairs(96, 64)
    here, there = np.concatenate([a, b]), np.concatenate([b, a])
    outward = np.isin(here, balkans.cells_of(["XKX"])) & ~np.isin(there, balkans.cells_of(["XKX"]))
    assert {country_of(balkans, cell) for cell in there[outward]} == {"ALB", "MKD", "MNE", "SRB"}
    assert balkans.coast_km[balkans.cells_of(["XKX"])].min() > 50.0


def test_outliers_of_the_polygons_are_repaired():
    """Fiji, which crosses 180 degrees, is no neighbour of Angola; Guantanamo Bay is no neighbour of Cuba."""
    great_lakes, haiti = load_geography("great_lakes"), load_geography("haiti")
    assert great_lakes.border_km[great_lakes.cell_at(4, 28)] == pytest.approx(538.9)
    assert haiti.border_km[haiti.cells_of(["CUB"])].min() > 75.0  # the Windward Passage


def test_cell_at_counts_west_to_east_then_north_to_south(balkans):
    assert balkans.cell_at(0, 0) == 0
    assert balkans.cell_at(95, 0) == 95
    assert balkans.cell_at(0, 1) == 96
    assert balkans.cell_at(95, 63) == 6143


@pytest.mark.parametrize("place", [(-1, 0), (96, 0), (0, 64), (0, -1)])
def test_cell_at_refuses_places_outside_the_grid(balkans, place):
    with pytest.raises(ValueError, match="96 columns x 64 rows"):
        balkans.cell_at(*place)


def test_cells_of_several_countries_are_sorted_and_disjoint(balkans):
    both = balkans.cells_of(["XKX", "BIH"])
    assert both.dtype == np.int64 and both.size == 128 + 26
    assert (np.diff(both) > 0).all()
    assert balkans.cells_of([]).size == 0


@pytest.mark.parametrize(
    "code, hint", [("XKS", "XKX"), ("bih", "BIH"), ("BHI", "BIH"), ("QQQ", "Known: ALB")]
)
def test_an_unknown_country_is_named_with_near_matches(balkans, code, hint):
    with pytest.raises(ValueError, match=f"'{code}': no such country in region balkans.*{hint}"):
        balkans.cells_of(["MDA", code])


def test_a_bare_code_is_not_taken_for_a_list(balkans):
    with pytest.raises(ValueError, match=r"Write \['BIH'\]"):
        balkans.cells_of("BIH")


def test_an_unknown_region_is_named_with_near_matches():
    with pytest.raises(ValueError, match=r"'balkan': no such grid.*balkans"):
        load_geography("balkan")


def test_a_geography_is_loaded_once_and_cannot_be_changed(balkans):
    assert load_geography("balkans") is balkans
    with pytest.raises(ValueError, match="read-only"):
        balkans.land_share[0] = 0.0
    with pytest.raises(FrozenInstanceError):
        balkans.region = "elsewhere"


def test_a_column_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match=r"coast_km = shape \(2,\): must be \(3,\)"):
        replace(strip("AAA"), coast_km=np.zeros(2))


def test_importing_geography_is_light():
    code = "import sys, sim.world.geography; print(*{'pandas', 'scipy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "\n"


def test_distances_of_known_towns(balkans):
    """By hand: Vienna to Istanbul 1,275 km, Chisinau to Pristina 774 km (haversine on the towns)."""
    vienna, istanbul = nearest_cell(balkans, 48.21, 16.37), nearest_cell(balkans, 41.01, 28.95)
    chisinau, pristina = nearest_cell(balkans, 47.01, 28.86), town_cell(balkans, "Pristina")
    distance = balkans.distance_km([vienna, chisinau], [istanbul, pristina])
    assert distance[0, 0] == pytest.approx(1275.0, rel=0.02)
    assert distance[1, 1] == pytest.approx(774.0, rel=0.02)


def nearest_cell(geography: Geography, latitude: float, longitude: float) -> int:
    return int(np.argmin(np.hypot(geography.latitude - latitude, geography.longitude - longitude)))


def test_distance_on_the_equator_is_the_arc():
    distance = strip("AAAA").distance_km([0, 1], [0, 1, 3])
    assert distance == pytest.approx(np.array([[0.0, 20.0, 60.0], [20.0, 0.0, 40.0]]))


def test_distance_over_a_quarter_of_the_earth():
    far = replace(strip("AAA"), longitude=np.array([0.0, 90.0, 0.0]), latitude=np.array([0.0, 0.0, 90.0]))
    quarter = math.pi / 2 * 6371.0088
    assert far.distance_km([0], [1, 2]) == pytest.approx(np.array([[quarter, quarter]]))


def test_distances_of_no_cells_are_empty(balkans):
    assert balkans.distance_km([], [1, 2]).shape == (0, 2)


def with_towns(*populations: float, land: tuple[float, ...] = (1.0, 0.5, 0.5, 0.0)) -> Geography:
    return replace(strip("AAAA"), land_share=np.array(land), town_population=np.array(populations))


def test_population_weights_by_hand():
    """Land 1/2, 1/4, 1/4, 0 and towns 3/4, 0, 1/4, 0, mixed 60 to 40."""
    weights = with_towns(300.0, 0.0, 100.0, 0.0).population_weights([0, 1, 2, 3], rural_share=0.6)
    assert weights == pytest.approx([0.6, 0.15, 0.25, 0.0])


@pytest.mark.parametrize("rural_share, expected", [(0.0, [0.75, 0.25]), (1.0, [2 / 3, 1 / 3])])
def test_population_weights_at_the_limits(rural_share, expected):
    geography = with_towns(300.0, 0.0, 100.0, 0.0)
    assert geography.population_weights([0, 2], rural_share) == pytest.approx(expected)


def test_population_without_towns_is_spread_by_area():
    assert with_towns(0, 0, 0, 0).population_weights([0, 1], 0.2) == pytest.approx([2 / 3, 1 / 3])


def test_population_without_land_is_spread_by_towns():
    geography = with_towns(10.0, 30.0, 0.0, 0.0, land=(0.0, 0.0, 0.0, 0.0))
    assert geography.population_weights([0, 1], 0.9) == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize("region", [*REAL_REGIONS, "synthetic"])
@pytest.mark.parametrize("rural_share", [0.0, 0.37, 1.0])
def test_population_weights_sum_to_one_in_every_country(region, rural_share):
    geography = load_geography(region)
    for country in geography.countries:
        weights = geography.population_weights(geography.cells_of([country]), rural_share)
        assert weights.sum() == pytest.approx(1.0, abs=1e-12) and (weights >= 0).all()


@pytest.mark.parametrize("share", [-0.1, 1.01, math.nan])
def test_a_rural_share_outside_bounds_is_refused(balkans, share):
    with pytest.raises(ValueError, match=r"rural_share.*0\.\.1"):
        balkans.population_weights([0], share)


@pytest.mark.parametrize("cells", [[], [3]])
def test_cells_where_nobody_can_live_are_refused(cells):
    with pytest.raises(ValueError, match="nobody can live there"):
        with_towns(300.0, 0.0, 100.0, 0.0).population_weights(cells, 0.5)


def cost(geography: Geography, a, b, border: float = 0.0, sea: float = 1.0) -> np.ndarray:
    return route_cost_km(geography, a, b, border_cost_km=border, sea_cost_ratio=sea)


def test_neighbour_pairs_of_a_small_grid():
    """3 x 3 cells: 6 sides east, 6 south, 4 + 4 corners; corner, edge and middle cells have 3, 5 and 8."""
    a, b = _neighbour_pairs(3, 3)
    pairs = {frozenset(pair) for pair in zip(a.tolist(), b.tolist())}
    assert len(a) == len(pairs) == 20
    assert np.bincount(np.concatenate([a, b])).tolist() == [3, 5, 3, 5, 8, 5, 3, 5, 3]


def test_a_border_costs_exactly_once():
    geography = strip("AAABB")
    assert cost(geography, [0], [2, 3, 4], border=150.0) == pytest.approx(np.array([[40.0, 210.0, 230.0]]))
    assert cost(geography, [0], [4]) == pytest.approx(80.0)


def test_the_sea_costs_its_ratio_at_both_shores_and_no_border():
    """A-A by land 20, A-sea-B 2 x 20 x 3 = 120."""
    assert cost(strip("AA B"), [0], [3], border=150.0, sea=3.0) == pytest.approx(20.0 + 120.0)


def test_a_dear_border_is_walked_around():
    """Straight on: 11 steps and two borders; around the mission country: 11 straight and 4 slanting steps."""
    geography = synthetic_geography()
    west, east = geography.cell_at(8, 7), geography.cell_at(19, 7)
    assert cost(geography, [west], [east])[0, 0] == pytest.approx(11 * 20.0, rel=1e-3)
    around = 20.0 * (11 + 4 * math.sqrt(2.0))
    assert cost(geography, [west], [east], border=1000.0)[0, 0] == pytest.approx(around, rel=1e-3)


@pytest.mark.parametrize("region", ["balkans", "haiti", "synthetic"])
def test_route_cost_is_a_metric_above_the_great_circle(region):
    geography = load_geography(region)
    cells = np.arange(7, geography.n_cells, geography.n_cells // 23)
    costs = cost(geography, cells, cells, border=120.0, sea=2.5)
    assert np.array_equal(np.diag(costs), np.zeros(len(cells)))
    assert costs == pytest.approx(costs.T, rel=1e-12)
    assert (costs >= geography.distance_km(cells, cells) - 1e-6).all()
    through = costs[:, :, None] + costs[None, :, :]  # from i over j to k
    assert (costs[:, None, :] <= through + 1e-6).all()


def test_route_cost_over_open_land_stays_close_to_the_great_circle(balkans):
    cells = [nearest_cell(balkans, *place) for place in ((48.0, 20.0), (46.0, 27.0), (44.0, 22.0))]
    ratio = cost(balkans, cells, cells)[0, 1:] / balkans.distance_km(cells, cells)[0, 1:]
    assert (ratio >= 1.0).all() and (ratio < 1.09).all()


def test_either_side_may_be_the_longer_one(balkans):
    few, many = balkans.cells_of(["XKX"])[:3], balkans.cells_of(["MDA"])
    there, back = cost(balkans, few, many, 80.0, 2.0), cost(balkans, many, few, 80.0, 2.0)
    assert there.shape == (3, 84) and back.shape == (84, 3)
    assert np.array_equal(there, back.T)


def test_cells_keep_their_order_and_repeats():
    costs = cost(strip("AAAA"), [3, 0, 3], [1, 2, 1, 0])
    expected = [[40.0, 20.0, 40.0, 60.0], [20.0, 40.0, 20.0, 0.0], [40.0, 20.0, 40.0, 60.0]]
    assert costs == pytest.approx(np.array(expected))


def test_no_cells_give_an_empty_table(balkans):
    assert cost(balkans, [], [1, 2]).shape == (0, 2)
    assert cost(balkans, [1, 2], []).shape == (2, 0)


def test_asking_again_returns_the_same_table_and_costs_matter():
    geography = synthetic_geography()
    origins, destinations = geography.cells_of(["SRC"]), geography.cells_of(["MIS"])
    first = cost(geography, origins, destinations, 50.0, 2.0)
    assert np.shares_memory(first, cost(geography, list(origins), destinations, 50.0, 2.0))
    assert not first.flags.writeable
    # The last border, into the mission country, is paid on every way.
    assert (cost(geography, origins, destinations, 60.0, 2.0) >= first + 10.0 - 1e-9).all()


@pytest.mark.parametrize(
    "cells, message", [([0, 5], "= 5: no such cell"), ([-1], "= -1"), ([0.5], "whole numbers")]
)
def test_cells_outside_the_grid_are_refused(cells, message):
    with pytest.raises(ValueError, match=f"origin_cells.*{message}"):
        cost(strip("AAAAA"), cells, [0])
    with pytest.raises(ValueError, match=f"destination_cells.*{message}"):
        cost(strip("AAAAA"), [0], cells)


@pytest.mark.parametrize("border", [-1.0, math.inf, math.nan])
def test_a_border_cost_out_of_bounds_is_refused(border):
    with pytest.raises(ValueError, match=r"border_cost_km = .*at least 0"):
        cost(strip("AAB"), [0], [1], border=border)


@pytest.mark.parametrize("sea", [0.0, -2.0, math.inf, math.nan])
def test_a_sea_cost_out_of_bounds_is_refused(sea):
    with pytest.raises(ValueError, match=r"sea_cost_ratio = .*above 0"):
        cost(strip("AAB"), [0], [1], sea=sea)


def test_synthetic_region_has_its_countries_and_sea():
    geography = load_geography("synthetic")
    assert (geography.n_columns, geography.n_rows) == (24, 16)
    assert geography.countries == ("MIS", "NBR", "SRA", "SRC")
    counts = {code: geography.cells_of([code]).size for code in geography.countries}
    assert counts == {"MIS": 64, "NBR": 172, "SRA": 64, "SRC": 64}
    assert (geography.country < 0).sum() == 20
    assert (geography.area_km2 == 400.0).all()


def test_synthetic_towns_follow_the_rank_size_rule():
    towns = synthetic_geography().towns
    mission = [town for town in towns if town.country == "MIS"]
    assert mission[0] == Town("MIS capital", "MIS", 7 * 24 + 13, 400_000.0)
    assert [town.population for town in mission] == [400_000 / rank for rank in range(1, 9)]
    assert [sum(town.country == code for town in towns) for code in ("NBR", "SRA", "SRC")] == [5, 5, 5]
    geography = synthetic_geography()
    assert all(country_of(geography, town.cell) == town.country for town in towns)
    assert len({town.cell for town in towns}) == len(towns)


def test_synthetic_distances_by_hand():
    """A cell at the edge of the mission country is 10 km from its neighbour, three cells farther in 70 km."""
    geography = synthetic_geography()
    assert geography.distance_km([0], [1, 24]) == pytest.approx(np.array([[20.0, 20.0]]), rel=1e-3)
    assert geography.border_km[geography.cell_at(10, 4)] == 10.0
    assert geography.border_km[geography.cell_at(13, 7)] == 70.0
    assert geography.coast_km[geography.cell_at(5, 10)] == 10.0
    assert geography.coast_km[geography.cell_at(8, 10)] == 50.0
    assert np.isinf(geography.border_km[geography.country < 0]).all()


def test_synthetic_sources_are_near_and_far():
    geography = synthetic_geography()
    mission = geography.cells_of(["MIS"])
    near, far = (cost(geography, geography.cells_of([code]), mission).mean() for code in ("SRA", "SRC"))
    assert far > 1.3 * near

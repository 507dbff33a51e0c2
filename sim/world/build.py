"""Builds the world of a run: mission area, billets, potential networks, first venues, places of origin.

Everything here is a function of the scenario, the mission's tables and the two seeds. No rule of the weekly step
lives here.
"""

from __future__ import annotations

import numpy as np

from sim.clock import make_clock
from sim.errors import ScenarioError, did_you_mean
from sim.events import Event
from sim.knobs import KNOBS, KnobBoard, Modifier, knob_problems, shock_modifiers
from sim.numerics import log
from sim.parameters import CATEGORIES
from sim.rng import Decision, uniform
from sim.scenario import Scenario, scenario_problems
from sim.tables import Ints, Reals
from sim.world import deployment
from sim.world.columns import AUTHORITIES, Cells, Countries, Incidents, Networks, Origins, People, Venues
from sim.world.contributors import build_contributors, purchase_offences
from sim.world.geography import Geography, load_geography, regions, route_cost_km
from sim.world.inputs import Inputs, Places, nearness, over_cells, reach_within
from sim.world.missions import MissionSeries, load_series
from sim.world.muster import Muster
from sim.world.person_states import IN_VENUE, KEYS_PER_ORIGIN, STATES
from sim.world.recorder import Recorder
from sim.world.state import World

ENTRANTS_PER_2_MILLION = 480
FEWEST_ENTRANTS = 4  # these bound how many networks and venues can exist; assumed, wide enough not to bind
VENUES_PER_NETWORK = 4
NETWORK_KEYS_PER_CELL = 1024
VENUE_KEYS_PER_NETWORK = 16


def build_world(scenario: Scenario, seed: int | None = None, world_seed: int | None = None) -> World:
    """Make the world of a scenario.

    Raises
    ------
    ScenarioError
        With every problem of the scenario, before anything is run.
    """
    found = scenario_problems(scenario)
    if found:
        raise ScenarioError(found)
    geography = _geography(scenario)
    clock = make_clock(scenario.mission.start_date, scenario.mission.horizon_weeks, scenario.clock)
    series = load_series(scenario.mission, clock)
    luck = scenario.seed if seed is None else seed
    traits = scenario.world_seed if world_seed is None else world_seed
    cells, countries = _mission_area(scenario, geography)
    origins, origin_countries = _origins(scenario, geography, cells, series)
    expected = deployment.expected_strength(series)
    knobs = _knobs(scenario, series, expected, clock.dt, origins, geography)
    planned = deployment.plan_strength(expected, knobs, clock)
    plan = deployment.whole_persons(planned, scenario.scale)
    units = deployment.build_units(series, plan, scenario.parameters, traits)
    billets = deployment.build_billets(units, series, cells, geography, traits)
    networks, venues = _entrants(scenario, cells)
    numbers = deployment.contributor_numbers(series.contingents, traits)
    distance = geography.distance_km(cells.grid_cell, cells.grid_cell)
    world = World(
        scenario=scenario,
        clock=clock,
        geography=geography,
        series=series,
        knobs=knobs,
        seed=luck,
        world_seed=traits,
        contingents=series.contingents,
        origin_countries=origin_countries,
        spread=deployment.spread_matrix(series, cells, geography),
        units=units,
        billets=billets,
        cells=cells,
        networks=networks,
        venues=venues,
        people=People.of_size(0),
        origins=origins,
        countries=countries,
        contributors=build_contributors(series, numbers, scenario.parameters, traits),
        incidents=Incidents.of_size(0),
        muster=Muster.of_size(len(units), len(billets)),
    )
    world.training_left = np.ones(len(units))
    world.inputs = _inputs(world, plan, planned, expected, purchase_offences(series, numbers))
    world.places = _places(world, distance)
    world.recorder = Recorder.of_size(clock.n_steps, len(STATES), len(origin_countries), len(cells))
    demand, local = scenario.parameters.personnel_demand, scenario.parameters.local_demand
    world.reach = reach_within(distance, scenario.parameters.venues.reach_limit_km, demand.reach_km, local.reach_km)
    _first_venues(world)
    _first_persons(world)
    return world


def _geography(scenario: Scenario) -> Geography:
    """The region's grid, or a message naming the regions there are."""
    region = scenario.mission.region
    if region not in regions():
        raise ScenarioError(f"mission.region = {region}: unknown. {did_you_mean(region, regions())}")
    geography = load_geography(region)
    wanted = [*scenario.mission.countries, *scenario.mission.source_countries]
    unknown = [c for c in wanted if c not in geography.countries]
    if unknown:
        raise ScenarioError(
            [
                f"mission countries = {c}: not on the {region} grid. {did_you_mean(c, geography.countries)}"
                for c in unknown
            ]
        )
    return geography


def _mission_area(scenario: Scenario, geography: Geography) -> tuple[Cells, Countries]:
    """Cells of the mission area with their population, and its countries."""
    mission, start = scenario.mission, scenario.parameters
    countries = Countries.of_size(len(mission.countries))
    grid_cells, populations, rows = [], [], []
    for i, name in enumerate(mission.countries):
        own = geography.cells_of([name])
        population = mission.populations[name] * scenario.scale
        countries.index[i] = geography.countries.index(name)
        countries.population[i] = population
        grid_cells.append(own)
        populations.append(geography.population_weights(own, start.recruitment.rural_share) * population)
        rows.append(np.full(len(own), i))
    countries.host_capacity[:] = min(start.host_capacity.initial * mission.capacity_ratio, 1.0)
    countries.trust[:] = start.testimony.initial_trust
    order = np.argsort(np.concatenate(grid_cells), kind="stable")
    cells = Cells.of_size(len(order))
    cells.grid_cell[:] = np.concatenate(grid_cells)[order]
    cells.population[:] = np.concatenate(populations)[order]
    cells.country[:] = np.concatenate(rows)[order]
    cells.price_international[:] = start.prices.initial_price_usd
    cells.price_local[:] = start.prices.initial_price_usd
    return cells, countries


def _origins(
    scenario: Scenario, geography: Geography, cells: Cells, series: MissionSeries
) -> tuple[Origins, tuple[str, ...]]:
    """Places of origin by country: cells of towns abroad (the whole country where none is listed), all cells at home."""
    mission, recruitment = scenario.mission, scenario.parameters.recruitment
    names = tuple(sorted([*mission.source_countries, *mission.countries]))
    parts: list[tuple[np.ndarray, int, bool, np.ndarray]] = []
    for name in names:
        is_local = name in mission.countries
        own = geography.cells_of([name])
        if not is_local and (geography.town_population[own] > 0).any():
            own = own[geography.town_population[own] > 0]
        weights = geography.population_weights(own, recruitment.rural_share if is_local else 0.0)
        parts.append(
            (own, geography.countries.index(name), is_local, weights * mission.populations[name] * scenario.scale)
        )
    origins = Origins.of_size(sum(len(part[0]) for part in parts))
    origins.grid_cell[:] = np.concatenate([part[0] for part in parts])
    origins.country[:] = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
    origins.country_row[:] = np.concatenate([np.full(len(part[0]), row) for row, part in enumerate(parts)])
    origins.is_local[:] = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    origins.population[:] = np.concatenate([part[3] for part in parts])
    row_of_cell = {int(cell): row for row, cell in enumerate(cells.grid_cell)}
    origins.mission_cell[:] = [
        row_of_cell.get(int(c), -1) if local else -1
        for c, local in zip(origins.grid_cell, origins.is_local, strict=True)
    ]
    centre = cells.grid_cell[int(np.argmax(cells.population))]
    origins.route_km[:] = route_cost_km(
        geography,
        origins.grid_cell,
        np.array([centre]),
        border_cost_km=recruitment.border_km,
        sea_cost_ratio=recruitment.sea_cost_ratio,
    )[:, 0]
    poverty = (recruitment.reference_income_usd / _first_income(names, series)) ** recruitment.poverty_elasticity
    share = np.minimum(recruitment.at_risk_share * poverty, recruitment.largest_at_risk_share)
    origins.at_risk[:] = np.round(origins.population * share[origins.country_row])
    return origins, names


def _first_income(names: tuple[str, ...], series: MissionSeries) -> np.ndarray:
    """Income of each country of origin at the start, USD per year."""
    return np.array([series.income[name][0] for name in names])


def all_modifiers(scenario: Scenario) -> list[Modifier]:
    """Modifiers of the shock and of every policy, policies in order of name."""
    problems = [
        f"shock.effects = {e.knob}: unknown knob. {did_you_mean(e.knob, KNOBS)}"
        for e in scenario.shock.effects
        if e.knob not in KNOBS
    ]
    if problems:
        raise ScenarioError(problems)
    modifiers = shock_modifiers(scenario.shock)
    problems = knob_problems("shock", modifiers)
    for name in sorted(scenario.policy):
        own = scenario.policy[name].modifiers()
        problems += knob_problems(f"policy.{name}", own)
        modifiers += own
    if problems:
        raise ScenarioError(problems)
    return modifiers


def _knobs(
    scenario: Scenario, series: MissionSeries, expected: np.ndarray, dt: float, origins: Origins, geography: Geography
) -> KnobBoard:
    """The run's knobs with the tags filters may name."""
    tags = {
        "category": [{f"category:{c}"} for c in CATEGORIES],
        "contingent": deployment.contingent_tags(series.contingents, expected),
        "authority": [{f"authority:{a}"} for a in AUTHORITIES],
        "country": [{f"country:{c}"} for c in scenario.mission.countries],
        "origin": [
            {f"country:{geography.countries[c]}", "local" if local else "abroad"}
            for c, local in zip(origins.country, origins.is_local, strict=True)
        ],
    }
    try:
        return KnobBoard(all_modifiers(scenario), tags, dt)
    except ValueError as error:
        raise ScenarioError(str(error)) from error


def _inputs(world: World, plan: Ints, planned: Reals, authorised: Reals, offences: Reals) -> Inputs:
    """Dated inputs with a row a step."""
    series, hosts = world.series, world.scenario.mission.countries
    ordered = np.ascontiguousarray(authorised[np.argsort(world.units.key)].T)
    spread = np.ascontiguousarray(world.spread[np.argsort(world.units.key)])
    starts, total_planned = _starts(world), plan.sum(axis=0)
    return Inputs(
        exposure=_by_step(series.exposure),
        disposable_usd=_by_step(series.disposable_usd),
        mean_wage=np.mean([series.wage[c] for c in hosts], axis=0),
        income=np.stack([series.income[c] for c in hosts], axis=1),
        raid_capacity=np.array(series.raid_capacity),
        assistance_places=np.array(series.assistance_places),
        planned_present=_by_step(plan),
        planned_strength=_by_step(planned),
        authorised=_by_step(authorised),
        authorised_by_cell=np.stack([over_cells(row, spread) for row in ordered]),
        purchase_offence=_by_step(offences),
        origin_income=_by_origin(world, series.income, world.scenario.parameters.recruitment.reference_income_usd),
        origin_interception=_by_origin(world, series.interception, 0.0),
        origin_crossing_cost=_by_origin(world, series.crossing_cost, 1.0),
        starts_step=np.array([start[0] for start in starts], np.int64),
        starts_event=np.array([int(start[1]) for start in starts], np.int64),
        starts_number=np.array([start[2] for start in starts], np.int64),
        starts_value=np.array([start[3] for start in starts], np.float64),
        peak_step=int(total_planned.argmax()),
        peak_present=int(total_planned.max(initial=0)),
    )


def _starts(world: World) -> list[tuple[int, Event, int, float]]:
    """When the shock and each policy set in: step, event, number and size or dose; those of no strength are left out."""
    shock, policies = world.scenario.shock, world.scenario.policy
    found = [(shock.start_week, Event.SHOCK_STARTED, 0, shock.size)] if shock.effects else []
    for number, name in enumerate(sorted(policies)):
        found.append((policies[name].start_week, Event.POLICY_STARTED, number, policies[name].dose))
    return [(_step_of(world, week), event, number, value) for week, event, number, value in found if value != 0.0]


def _step_of(world: World, week: float) -> int:
    """The step within which a week lies; -1 where none does."""
    clock = world.clock
    near = range(max(int(week / clock.dt) - 1, 0), min(int(week / clock.dt) + 3, clock.n_steps)) if week >= 0 else ()
    return next((step for step in near if clock.week(step) <= week < clock.week(step) + clock.dt), -1)


def _by_step(values: np.ndarray) -> np.ndarray:
    """A table by element and step, turned round so that a step is one row."""
    return np.array(values.T, order="C")  # a copy, whatever its shape: some tables are kept between runs


def _by_origin(world: World, table: dict[str, np.ndarray], default: float) -> Reals:
    """A dated series for each country of origin, a row a step; the default where there is none."""
    n_steps = world.clock.n_steps
    values = [table.get(country, np.full(n_steps, default))[:n_steps] for country in world.origin_countries]
    return _by_step(np.array(values, np.float64).reshape(-1, n_steps))


def _places(world: World, distance_km: Reals) -> Places:
    """What holds of places and units throughout the run."""
    p, units = world.parameters, world.units
    shares, limit = p.involvement, p.venues.reach_limit_km
    ever = (world.inputs.authorised > 0).any(axis=0)
    women = [shares.women_share_military, shares.women_share_police]
    women += [shares.women_share_civilian, shares.women_share_contractor]
    return Places(
        distance_km=distance_km,
        near_personnel=nearness(distance_km, limit, p.personnel_demand.reach_km),
        near_locals=nearness(distance_km, limit, p.local_demand.reach_km),
        is_target=np.asarray((world.spread[ever] > 0).any(axis=0)) if ever.any() else np.zeros(len(world.cells), bool),
        unit_order=np.argsort(units.key),
        women_share=np.array(women)[units.category],
        spread=np.ascontiguousarray(world.spread[np.argsort(units.key)]),
        first_income=_first_income(world.origin_countries, world.series)[world.origins.country_row],
    )


def _entrants(scenario: Scenario, cells: Cells) -> tuple[Networks, Venues]:
    """Potential networks of every cell, in proportion to population, and the venues each could run."""
    n = np.maximum(np.ceil(cells.population / 2e6 * ENTRANTS_PER_2_MILLION), FEWEST_ENTRANTS).astype(np.int64)
    n = np.minimum(n, NETWORK_KEYS_PER_CELL)
    networks = Networks.of_size(int(n.sum()))
    networks.home_cell[:] = np.repeat(np.arange(len(cells)), n)
    ordinal = np.concatenate([np.arange(k) for k in n])
    networks.key[:] = cells.grid_cell[networks.home_cell] * NETWORK_KEYS_PER_CELL + ordinal
    venues = Venues.of_size(len(networks) * VENUES_PER_NETWORK)
    venues.network[:] = np.repeat(np.arange(len(networks)), VENUES_PER_NETWORK)
    venues.key[:] = networks.key[venues.network] * VENUE_KEYS_PER_NETWORK + np.tile(
        np.arange(VENUES_PER_NETWORK), len(networks)
    )
    return networks, venues


def _first_venues(world: World) -> None:
    """Open the venues that existed before the mission, one network each, in cells drawn by population."""
    mission, cells, networks, venues = world.scenario.mission, world.cells, world.networks, world.venues
    wanted = round(mission.initial_venues * world.scale) or int(mission.initial_venues > 0)
    limits = np.cumsum(cells.population)
    for k in range(wanted):
        u = uniform(world.seed, int(Decision.INITIAL_VENUE), 0, k)
        cell = int(np.searchsorted(limits, u * limits[-1], side="right"))
        idle = np.flatnonzero((networks.home_cell == cell) & ~networks.is_active)
        if not len(idle):
            continue
        network = int(idle[0])
        venue = network * VENUES_PER_NETWORK
        networks.is_active[network], networks.n_venues[network], networks.entry_step[network] = True, 1, 0
        networks.spell[network] = venues.spell[venue] = 1
        networks.last_venue_step[network] = venues.opened_step[venue] = 0
        venues.cell[venue], venues.is_open[venue], venues.fill[venue] = cell, True, 0.5


def _first_persons(world: World) -> None:
    """Fill the first venues with sellers and trafficked persons in the documented numbers and share."""
    p, venues, people, origins = world.parameters.venues, world.venues, world.people, world.origins
    limits = np.cumsum(origins.at_risk)
    counts: dict[int, int] = {}
    for venue in np.flatnonzero(venues.is_open):
        dither = uniform(world.seed, int(Decision.INITIAL_PERSON), 0, int(venue), 0)
        n = int(p.initial_persons + dither)
        trafficked = int(
            n * p.initial_trafficked_share + uniform(world.seed, int(Decision.INITIAL_PERSON), 0, int(venue), 1)
        )
        venues.sellers[venue] = max(n - trafficked, 0) if world.parameters.switches.sellers else 0
        for j in range(trafficked if limits[-1] > 0 else 0):
            u = uniform(world.seed, int(Decision.INITIAL_PERSON), 1, int(venue), j)
            origin = int(np.searchsorted(limits, u * limits[-1], side="right"))
            if origins.at_risk[origin] == 0:
                continue
            row, ordinal = world.n_people, counts.get(origin, 0)
            people.grow(row + 1)
            counts[origin] = ordinal + 1
            origins.at_risk[origin] -= 1
            people.origin[row], people.ordinal[row], people.week_recruited[row] = (
                origin,
                KEYS_PER_ORIGIN - 1 - ordinal,
                0,
            )
            people.state[row], people.state_step[row], people.spell[row] = IN_VENUE, 0, 1
            people.venue[row], people.cell[row] = venue, venues.cell[venue]
            key = int(origins.grid_cell[origin]) * KEYS_PER_ORIGIN + KEYS_PER_ORIGIN - 1 - ordinal
            threshold = uniform(world.seed, int(Decision.PERSON_THRESHOLD), 0, key)
            people.threshold[row] = -log(threshold)
            venues.persons[venue] += 1
            world.n_people += 1

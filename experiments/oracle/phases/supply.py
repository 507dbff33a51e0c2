"""Supply: networks earn, are raided, leave and enter, move, hide, choose clients, and order recruitment."""

from __future__ import annotations

from experiments.oracle.agents.country import Country
from experiments.oracle.agents.network import Network
from experiments.oracle.agents.outlook import Outlook
from experiments.oracle.agents.town import Town
from experiments.oracle.agents.venue import EXPANSION, NEWCOMER, Venue
from experiments.oracle.model import OracleModel
from experiments.oracle.phases import recruitment


def step(model: OracleModel) -> None:
    """One week of the supply side."""
    _earn(model)
    _raid(model)
    model.do(Venue, "consider_closing")
    model.do(Network, "consider_ending")
    outlooks = _look_ahead(model)  # before venues close: plans are made on what is still there
    model.do(Venue, "close")
    _enter(model, outlooks)
    model.do(Country, "wear_out")
    for venue in model.of(Venue):
        venue.consider_moving(outlooks)
    model.do(Venue, "consider_hiding")
    model.do(Venue, "turn_to_segment")
    recruitment.step(model)


def _earn(model: OracleModel) -> None:
    """Books of venues and networks, then ties, members and effort."""
    for network in model.of(Network):
        network.venues = []
    for venue in model.of(Venue):
        venue.runner.venues.append(venue)
    model.do(Venue, "book")
    model.do(Network, "add_up")
    if model.parameters.switches.ties:
        model.do(Network, "build_ties")
        _find_friends(model)
    model.do(Network, "regrow")
    model.do(Network, "shift_effort")


def _find_friends(model: OracleModel) -> None:
    """A new facilitator helps the first active network at home where they are; ties stay between 0 and 1."""
    for peacekeeper in model.billets:
        if peacekeeper.new_facilitator:
            at_home = (n for n in model.networks if n.is_active and n.home_cell == peacekeeper.cell)
            helped = next(at_home, None)
            if helped is not None:
                helped.ties += model.parameters.involvement.facilitator_ties
    for network in model.of(Network):
        network.ties = min(max(network.ties, 0.0), 1.0)


def _raid(model: OracleModel) -> None:
    """Police of each country raid within their share of the mission area's capacity; networks remember."""
    for town in model.of(Town):
        town.raids = 0.0
    everybody = sum(country.population for country in model.countries)
    capacity = float(model.inputs.series.raid_capacity[model.now])
    shares = model.knobs("raid_capacity", [capacity * c.population / everybody for c in model.countries])
    for country, share in zip(model.countries, shares, strict=True):
        country.raid(share)
    model.do(Network, "remember_raids")


def _look_ahead(model: OracleModel) -> list[Outlook]:
    """What an entrant expects of each town."""
    p = model.parameters
    revenue = sum(venue.revenue for venue in model.venues)
    of_sellers = sum(venue.revenue * venue.sellers_part for venue in model.venues)
    part = of_sellers / revenue if revenue > 0.0 else 0.0
    bribes = p.networks.bribe_share if p.switches.ties else 0.0
    return [Outlook(model, town, 1.0 - p.venues.seller_income_share * part - bribes) for town in model.cells]


def _enter(model: OracleModel, outlooks: list[Outlook]) -> None:
    """Venues closed by police reopen; then newcomers and expansions, drawn for all towns before any opens."""
    for venue in [venue for venue in model.venues if venue.closed_by_police]:
        venue.consider_reopening(outlooks[venue.cell])
    ease = model.knobs("entries", [1.0] * len(model.countries))
    entries = [outlook.draw_entries(ease[outlook.town.country]) for outlook in outlooks]
    for outlook, (newcomers, expansions) in zip(outlooks, entries, strict=True):
        for _ in range(newcomers):
            _admit_newcomer(model, outlook)
        for attempt in range(expansions):
            _admit_expansion(model, outlook, attempt)


def _admit_newcomer(model: OracleModel, outlook: Outlook) -> None:
    """The first idle entrant of a town opens a venue there; nobody does where all are in."""
    idle = (n for n in model.networks if n.home_cell == outlook.town.row and not n.is_active)
    network = next(idle, None)
    if network is not None:
        network.enter()
        network.vacant.open(outlook, outlook.sunk_cost, NEWCOMER)


def _admit_expansion(model: OracleModel, outlook: Outlook, attempt: int) -> None:
    """An active network with a free place opens a venue in a town: the nearer and better staffed, the likelier."""
    able = [network for network in model.networks if network.is_active and network.vacant is not None]
    if not able:
        return
    appetite = [network.appetite(outlook.town.row, attempt) for network in able]
    able[appetite.index(max(appetite))].vacant.open(outlook, outlook.sunk_cost, EXPANSION)

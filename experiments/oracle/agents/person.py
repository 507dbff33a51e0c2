"""A trafficked person: stays in states, what ends them and what comes next (phase people)."""

from __future__ import annotations

import math

from experiments.oracle.agents.odds import logistic
from experiments.oracle.agents.origin import Origin
from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.agents.row import Row
from experiments.oracle.agents.venue import Venue
from sim.rng import Decision
from sim.world.person_states import STATES

PERSONS_PER_PLACE = 65536  # keys kept for persons of one place of origin and step
STAYS_REMEMBERED = 64
WORDS = 2**31
DRAWS_PER_STAY = 4
LONG_AGO = 6.0  # memories of return after which nobody is trafficked again
SAME_NETWORK, SAME_TOWN, ANYWHERE = range(3)


class TraffickedPerson(Row):
    """A trafficked person."""

    table = "people"
    cell: int
    entries: int
    exploited_steps: int
    hazard: float
    ordinal: int
    origin: int
    owner: int
    owner_slot: int
    spell: int
    state: int
    state_step: int
    threshold: float
    venue: int
    was_assisted: bool
    week_recruited: int
    will_testify: bool

    # Who and where

    @property
    def home(self) -> Origin:
        """Where the person comes from."""
        home: Origin = self.model.origins[self.origin]
        return home

    @property
    def key(self) -> int:
        """Part of the keys of all draws about this person, with the step of recruitment."""
        return self.home.grid_cell * PERSONS_PER_PLACE + self.ordinal

    @property
    def place(self) -> Venue | None:
        """The venue where the person is, or for which the person was recruited."""
        return self.model.venues[self.venue] if self.venue >= 0 else None

    def is_in(self, *states: str) -> bool:
        """Whether the present state is one of these."""
        return STATES[self.state] in states

    def chance_to(self, decision: Decision, sub: int = 0) -> float:
        """Draw of a decision in the present stay."""
        return self.model.draw(decision, self.week_recruited, self.key, 0, self.entries * DRAWS_PER_STAY + sub)

    # Moving between states

    def enter(self, state: str, venue: Venue | None = None) -> None:
        """Begin a stay: a threshold of its own, a place where the state has one, and what it means for the person."""
        model = self.model
        self.state, self.state_step, self.hazard = STATES.index(state), model.now, 0.0
        self.entries += 1
        u = model.draw(Decision.PERSON_THRESHOLD, self.week_recruited, self.key, 0, self.entries)
        self.threshold = -math.log(u)
        if state in ("recruited", "in_transit"):
            self.venue = venue.row if venue is not None else self.venue
        else:
            self.venue = venue.row if venue is not None else -1
        if state == "exploited_venue":
            self.cell, self.was_assisted = self.model.venues[self.venue].cell, False
        if state in ("moved", "returned", "resettled"):
            self.cell = -1
        if state != "exploited_private":
            self.owner = self.owner_slot = -1
        if state == "recruited":
            self.spell += 1
            model.tell("new_recruitments", 1.0)
        elif state == "identified":
            model.tell("identified_persons", 1.0)
        elif state in ("released", "escaped"):
            model.tell("released_persons", 1.0)

    def another_venue(self, than: Venue | None = None) -> Venue | None:
        """Another venue in operation: of the same network if any, else in the same town, else anywhere; by lot among equals."""
        week = (self.week_recruited * STAYS_REMEMBERED + self.entries) % WORDS
        found = []
        for venue in self.model.venues:
            if venue.is_open and not venue.is_closing and venue is not than:
                u = self.model.draw(Decision.PERSON_VENUE, week, self.key, venue.key)
                found.append((_nearness(venue, than), u, venue.row))
        return self.model.venues[min(found)[2]] if found else None

    def be_moved(self) -> None:
        """Be exploited at another venue, or be free where there is none."""
        self._exploited_or_free(self.another_venue(self.place))

    def _exploited_or_free(self, venue: Venue | None) -> None:
        if venue is None:
            self.enter("released")
        else:
            self.enter("exploited_venue", venue)

    # Raids, closures, owners

    def be_found(self) -> None:
        """At a venue raided without warning or closing: be identified, released, or moved on; if on the way, redirected."""
        venue, p = self.place, self.model.parameters.persons
        if venue is None:
            return
        if self.is_in("exploited_venue"):
            found = Decision.PERSON_FOUND
            if venue.is_raided and self.strikes(found, self.chance_to(found), p.raid_identified_share):
                self.model.tell("persons_met_trafficked", 1.0)
                self.enter("identified")
            elif venue.is_closing:
                u = self.chance_to(Decision.TRANSFER)
                if self.strikes(Decision.TRANSFER, u, p.closure_release_share):
                    self.enter("released")
                else:
                    self.be_moved()
        elif self.is_in("recruited", "in_transit") and venue.is_closing:
            other = self.another_venue(venue)
            self.venue = other.row if other is not None else -1

    def outlive_owner(self) -> None:
        """When the tour of a private owner has ended, be passed on to a network or be released."""
        if not self.is_in("exploited_private"):
            return
        owner: Peacekeeper = self.model.billets[self.owner]
        if owner.is_present and owner.occupant == self.owner_slot:
            return
        venue, share = self.another_venue(), self.model.parameters.persons.passed_on_share
        passed_on = self.strikes(Decision.OWNER_RELEASE, self.chance_to(Decision.OWNER_RELEASE), share)
        self._exploited_or_free(venue if passed_on else None)

    def be_taken(self, owner: Peacekeeper) -> None:
        """Be held privately by one of the personnel."""
        self.enter("exploited_private")
        self.owner, self.owner_slot = owner.row, owner.occupant

    # Hazards

    def ways_out(self) -> list[tuple[str, float]]:
        """Where the present stay may lead, each with its weekly hazard; empty where it lasts."""
        p, rates = self.model.parameters, self.model.rates
        state = STATES[self.state]
        if state == "recruited":
            return [("in_transit", 1.0 / p.recruitment.preparation_weeks)]
        if state == "in_transit":
            weeks = p.recruitment.transit_weeks + self.home.route_km / p.recruitment.transit_km_per_week
            stopped = self.model.p_stopped[self.origin]
            return [("identified", stopped / weeks), ("arrived", (1.0 - stopped) / weeks)]
        if state == "exploited_private":
            return [("identified", rates["identified"]), ("escaped", rates["escaped"])]
        if state == "exploited_venue":
            abroad = p.persons.move_abroad_share
            return [
                ("identified", rates["identified"]),
                ("escaped", rates["escaped"]),
                ("released", p.persons.release_per_week),
                ("moved", p.persons.move_per_week * abroad),
                ("transferred", p.persons.move_per_week * (1.0 - abroad)),
            ]
        if state == "moved":
            return [("returned", p.persons.abroad_exit_per_week)]
        if state in ("escaped", "identified", "released"):
            return [("decides", 1.0 / p.persons.decision_weeks)]
        return self._ways_home()

    def _ways_home(self) -> list[tuple[str, float]]:
        """Where assistance, life without it, and return may lead."""
        p = self.model.parameters.persons
        state = STATES[self.state]
        if state == "assisted":
            rate, resettled = 1.0 / p.assistance_weeks, p.resettled_share
            home = 1.0 - resettled - p.stayed_share
            return [
                ("resettled", rate * resettled), ("stayed", rate * p.stayed_share), ("returned", rate * home)
            ]  # fmt: skip
        if state == "unassisted":
            rate = 1.0 / p.unassisted_weeks
            return [("stayed", rate * p.stayed_share), ("returned", rate * (1.0 - p.stayed_share))]
        if state in ("returned", "stayed"):
            weeks = (self.model.now - self.state_step) * self.model.dt
            if weeks > LONG_AGO * p.retrafficking_memory_weeks:
                return []
            support = p.support_protection if self.was_assisted else 0.0
            fading = math.exp(-weeks / p.retrafficking_memory_weeks)
            return [("retrafficked", self.model.rates["retrafficked"] * fading * (1.0 - support))]
        return []

    def live(self) -> str | None:
        """Let a week of hazards pass; where to the person goes if they have added up to the threshold, else nothing."""
        ways = self.ways_out()
        total = sum(rate for _, rate in ways)
        if total <= 0.0:
            return None
        self.hazard += total * self.model.dt
        self.model.note(self, Decision.PERSON_THRESHOLD, self.hazard, self.threshold)
        if self.hazard < self.threshold:
            return None
        u = self.model.draw(Decision.PERSON_DESTINATION, self.week_recruited, self.key, 0, self.entries)
        reached = 0.0
        for destination, rate in ways[:-1]:
            reached += rate / total
            if self.strikes(Decision.PERSON_DESTINATION, u, reached):
                return destination
        return ways[-1][0]

    def go(self, destination: str) -> None:
        """Leave for where the hazards lead; who decides on assistance is dealt with apart."""
        if destination == "arrived":
            place = self.place
            self._exploited_or_free(place if place is not None and place.is_open else self.another_venue())
        elif destination == "transferred":
            self.be_moved()
        elif destination == "retrafficked":
            self._be_recruited_again()
        elif destination != "decides":
            if destination == "identified" and self.is_in("in_transit"):
                self.model.tell("intercepted_persons", 1.0)
            self.enter(destination)

    def _be_recruited_again(self) -> None:
        """Be recruited for a venue in operation; where there is none, the hazard adds up anew."""
        venue = self.another_venue()
        if venue is None:
            self.hazard = 0.0
            return
        self.enter("recruited", venue)
        self.model.tell("retrafficked_persons", 1.0)

    # Assistance

    def wants_assistance(self, uptake: float) -> bool:
        """Whether assistance is accepted by an identified person, or sought by one who escaped or was released."""
        chance = uptake if self.is_in("identified") else self.model.parameters.persons.self_referral
        return self.strikes(Decision.PERSON_ASSISTANCE, self.chance_to(Decision.PERSON_ASSISTANCE), chance)

    def be_assisted(self, protection: float, threat: float) -> None:
        """Begin to be assisted, and decide whether to testify: protection, trust, and threat by networks with ties."""
        p, countries = self.model.parameters.testimony, self.model.countries
        if self.cell >= 0:
            trust = countries[self.model.cells[self.cell].country].trust
        else:
            trust = sum(country.trust for country in countries) / len(countries)
        log_odds = p.intercept + p.protection_weight * protection + p.trust_weight * trust - p.threat_weight * threat
        u = self.chance_to(Decision.PERSON_TESTIMONY)
        self.will_testify = self.strikes(Decision.PERSON_TESTIMONY, u, logistic(log_odds))
        self.enter("assisted")
        self.was_assisted = True

    # Counting

    def be_counted(self) -> None:
        """Add this week to a history of exploitation, and be counted where the person is or is expected."""
        place = self.place
        if self.is_in("exploited_venue", "exploited_private"):
            self.exploited_steps += 1
        if place is not None and self.is_in("exploited_venue"):
            place.persons += 1
            self.cell = place.cell
        elif place is not None and self.is_in("recruited", "in_transit"):
            place.inbound += 1


def _nearness(venue: Venue, than: Venue | None) -> int:
    """How near another venue is to one that is left."""
    if than is None:
        return ANYWHERE
    if venue.network == than.network:
        return SAME_NETWORK
    return SAME_TOWN if venue.cell == than.cell else ANYWHERE

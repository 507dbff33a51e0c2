"""A place of operation of a network: its books, raids, opening and closing, place, clientele, sellers and orders (supply)."""

from __future__ import annotations

import math

from experiments.oracle.agents.network import Network
from experiments.oracle.agents.odds import logistic, logit, soft_step
from experiments.oracle.agents.outlook import Outlook
from experiments.oracle.agents.town import Town
from experiments.oracle.agents.trade import Trade
from experiments.oracle.model import OracleModel
from sim.rng import Decision

STAYS, BY_NETWORK, BY_POLICE, DISSOLVED = range(4)
NEWCOMER, EXPANSION, REOPENING = 1.0, 2.0, 3.0
HALF_FULL = 0.5  # a new venue expects to be at least half full
TINY = 1e-9


def expected_fill(demand: float, capacity: float) -> float:
    """Part of capacity that finds demand; all of it where there is demand and nothing on offer."""
    return min(1.0, demand / max(capacity, TINY)) if demand > 0.0 else 0.0


def usual_return(model: OracleModel) -> float:
    """Mean net return a head over venues where somebody works, USD a week; 0 where there are none."""
    returns = [venue.person_return for venue in model.venues if venue.is_open and venue.workers]
    return sum(returns) / len(returns) if returns else 0.0


class Venue(Trade):
    """A place of operation of a network."""

    table = "venues"
    closed_by_police: bool
    inbound: int
    is_closing: int
    network: int
    new_orders: int
    person_return: float
    profit: float

    earned = bribe = 0.0

    @property
    def runner(self) -> Network:
        """The network that runs it."""
        runner: Network = self.model.networks[self.network]
        return runner

    @property
    def town(self) -> Town:
        """Where it stands."""
        town: Town = self.model.cells[self.cell]
        return town

    @property
    def workers(self) -> int:
        """Everybody who works here, trafficked or not."""
        return self.persons + self.sellers

    @property
    def sellers_part(self) -> float:
        """Part of those working here who were not trafficked."""
        return self.sellers / self.workers if self.workers else 0.0

    def chance_to(self, decision: Decision, sub: int = 0) -> float:
        """This step's draw of a decision about this opening of the venue."""
        return self.model.draw(decision, self.model.now, self.key, self.spell, sub)

    def best(self, decision: Decision, utility: list[float]) -> int:
        """Position of the largest utility; near-ties with the next are noted."""
        first, *others = sorted(utility, reverse=True)
        if others:
            self.model.note(self, decision, others[0], first)
        return utility.index(first)

    # Earnings

    def book(self) -> None:
        """Earn: revenue less sellers' part, bribes and running costs, which ties lower; smooth profit and return a head."""
        p, dt = self.model.parameters, self.model.dt
        memory = 1.0 - math.exp(-dt / p.entry.profit_memory_weeks)
        weekly = self.revenue / dt
        self.is_closing, self.is_raided = STAYS, False
        self.earned = self.bribe = 0.0
        if self.workers:
            per_head = weekly / self.workers - p.venues.cost_person_usd
            self.person_return += memory * (per_head - self.person_return)
        if not self.is_open:
            self.profit = 0.0
            return
        self.bribe = weekly * p.networks.bribe_share if p.switches.ties else 0.0
        kept = weekly * (1.0 - p.venues.seller_income_share * self.sellers_part)
        costs = self.model.knob("running_costs", 1.0) * (
            p.venues.cost_venue_usd + p.venues.cost_person_usd * self.workers
        )
        saved = p.networks.ties_cost_saving * self.runner.ties
        self.earned = kept - self.bribe - costs * (1.0 - saved)
        self.profit += memory * (self.earned - self.profit)

    # Raids

    @property
    def visible_as(self) -> float:
        """How readily police find it, relative to a visible venue."""
        return self.model.parameters.host_justice.hidden_find_ratio if self.is_hidden else 1.0

    def be_raided(self) -> bool:
        """A raid: nothing is found where it was known in advance, else it may end the venue; returns whether it leaked."""
        p, model, runner = self.model.parameters, self.model, self.runner
        ties = p.host_justice.ties_leak_weight * runner.ties if p.switches.ties else 0.0
        p_leak = model.knob("p_leak", logistic(logit(p.host_justice.p_leak) + ties))
        leaked = self.strikes(Decision.RAID_LEAK, self.chance_to(Decision.RAID_LEAK), p_leak)
        runner.raids_seen += 1
        self.town.raids += 1.0
        model.emit("raid", "venue", self.key, self.cell, value=leaked)
        model.tell("raids", 1.0)
        model.tell("raids_leaked", float(leaked))
        if leaked:
            return True
        self.is_raided = True
        model.tell("persons_met", float(self.workers))
        runner.cash -= p.host_justice.raid_cost_usd
        p_closure = model.knob("p_closure", p.host_justice.p_closure)
        if self.strikes(Decision.RAID_CLOSURE, self.chance_to(Decision.RAID_CLOSURE), p_closure):
            self.is_closing = BY_POLICE
            runner.lose_organiser(self.cell)
        return False

    # Closing and opening

    def consider_closing(self) -> None:
        """Be given up where losses exceed the annuity of the closing cost, the likelier the larger they are."""
        p, model = self.model.parameters, self.model
        if not self.is_open or self.is_closing:
            return
        cost = p.entry.exit_cost_usd if p.switches.sunk_costs else 0.0
        wants = soft_step(-p.entry.hurdle_per_week * cost - self.profit, p.entry.profit_scale_usd)
        chance = 1.0 - math.exp(-p.entry.exit_rate_per_week * wants * model.dt)
        if self.strikes(Decision.VENUE_EXIT, self.chance_to(Decision.VENUE_EXIT), chance):
            self.is_closing = BY_NETWORK
            self.runner.cash -= cost

    def close(self) -> None:
        """Close, whoever asked for it; sellers go their own way, what happens to persons is decided in phase people."""
        if not self.is_closing:
            return
        by_police = self.is_closing == BY_POLICE
        self.model.emit("venue_closed", "venue", self.key, self.cell, value=self.is_closing)
        self.model.tell("venues_closed", 1.0)
        self.model.tell("venues_closed_by_police", float(by_police))
        self.is_open, self.closed_by_police = False, by_police
        self.sellers = self.new_orders = 0
        self.profit = self.person_return = 0.0
        self.runner.n_venues -= 1

    def consider_reopening(self, outlook: Outlook) -> None:
        """After a closure by police, open again where that pays at a part of the sunk cost."""
        p, model = self.model.parameters.entry, self.model
        if not self.closed_by_police:
            return
        cost = outlook.sunk_cost * p.reopening_cost_share
        pays = soft_step(outlook.profit - p.hurdle_per_week * cost, p.profit_scale_usd)
        chance = 1.0 - math.exp(-p.reopening_per_week * pays * model.dt)
        if self.strikes(Decision.REOPEN, self.chance_to(Decision.REOPEN), chance):
            self.open(outlook, cost, REOPENING)

    def open(self, outlook: Outlook, cost: float, how: float) -> None:
        """Open in a town at a cost, with what the owner expects of it; what is built serves later openings too."""
        model, runner = self.model, self.runner
        self.is_open, self.closed_by_police, self.is_hidden = True, False, False
        self.cell, self.opened_step = outlook.town.row, model.now
        self.spell += 1
        self.profit = max(outlook.profit, 0.0)
        self.expected_fill = max(outlook.fill, HALF_FULL)
        self.person_return = usual_return(model)
        runner.cash -= cost
        runner.n_venues += 1
        runner.last_venue_step = model.now
        model.countries[outlook.town.country].infrastructure += 1.0 / model.scale
        model.tell("venues_opened", 1.0)
        model.emit("venue_opened", "venue", self.key, self.cell, value=how)

    # Place, visibility, clientele

    def consider_moving(self, outlooks: list[Outlook]) -> None:
        """Now and then, move to the place with the best of profit, nearness, absence of raids, and chance."""
        p, model = self.model.parameters, self.model
        if not self.is_open or self.is_closing or not p.switches.relocation:
            return
        chance = 1.0 - math.exp(-p.entry.relocation_rate_per_week * model.dt)
        if not self.strikes(Decision.RELOCATE, self.chance_to(Decision.RELOCATE), chance):
            return
        utility = []
        for outlook in outlooks:
            km = model.distance_km[self.cell][outlook.town.row]
            gain = math.log(max(outlook.profit, 0.0) + 1.0) / p.entry.location_scale
            u = model.draw(Decision.RELOCATE_CELL, model.now, self.key, outlook.town.grid_cell)
            shock = -math.log(-math.log(u))
            utility.append(gain - km / p.entry.relocation_distance_km - outlook.town.raids / model.dt + shock)
        place = self.best(Decision.RELOCATE_CELL, utility)
        if place != self.cell:
            model.emit("venue_relocated", "venue", self.key, self.cell, value=model.cells[place].grid_cell)
            self.cell = place

    def consider_hiding(self) -> None:
        """Now and then, hide where raids perceived outweigh the value of being seen; else be visible."""
        p = self.model.parameters
        if not self.is_open or not p.switches.hiding:
            return
        chance = 1.0 - math.exp(-p.networks.hide_rate_per_week * self.model.dt)
        if self.strikes(Decision.HIDE, self.chance_to(Decision.HIDE), chance):
            pull = p.networks.raid_aversion * self.runner.raid_risk - p.networks.visibility_value
            self.is_hidden = self.strikes(Decision.HIDE, self.chance_to(Decision.HIDE, 1), logistic(pull))

    def turn_to_segment(self) -> None:
        """Shift clientele towards the segment that pays better here, never wholly to one."""
        if not self.is_open:
            return
        p, town, dt = self.model.parameters.prices, self.town, self.model.dt
        international = town.price_international * expected_fill(
            town.recent_international, town.capacity_international / dt
        )
        local = town.price_local * expected_fill(town.recent_local, town.capacity_local / dt)
        advantage = math.log(max(international, TINY)) - math.log(max(local, TINY))
        target = logistic(advantage / p.mix_temperature + p.international_service_cost)
        moved = 1.0 - math.exp(-p.mix_adjustment_per_week * dt)
        share = self.international_share + moved * (target - self.international_share)
        self.international_share = min(max(share, 0.01), 0.99)

    # Sellers and recruitment

    @property
    def wanted(self) -> float:
        """Persons it wants to have working: all places when full enough, fewer when emptier, none without clients."""
        if not self.is_open or self.is_closing:
            return 0.0
        p, town = self.model.parameters, self.town
        full = self.expected_fill if self.opened_step == self.model.now else self.fill
        use = min(1.0, full / p.recruitment.target_fill)
        if town.international_sought + town.local_arriving <= 0.0:
            use = 0.0
        if self.workers == 0:
            persons = p.venues.places * use
        elif use >= 1.0:
            persons = max(float(self.workers), p.venues.places)
        else:
            persons = self.workers * use
        return persons * self.runner.places_in_use

    def host_sellers(self, local_income: float) -> None:
        """Sellers who were not trafficked leave, and others take free places, as it pays better than local work."""
        p, model = self.model.parameters, self.model
        if not p.switches.sellers:
            self.sellers = 0
        if not p.switches.sellers or not self.is_open:
            return
        kept = p.venues.seller_income_share * max(self.person_return + p.venues.cost_person_usd, TINY)
        odds = (kept / local_income) ** p.venues.seller_income_weight
        pull = odds / (1.0 + odds)
        places = self.wanted if self.workers else math.ceil(self.wanted)
        free = max(places - self.workers - self.inbound, 0.0)
        leaving = self.sellers * (1.0 - math.exp(-p.venues.seller_exit_per_week * (2.0 - pull) * model.dt))
        arriving = free * p.venues.seller_entry_per_week * pull * model.dt
        gone = self.count(Decision.SELLER_EXIT, self.chance_to(Decision.SELLER_EXIT), leaving)
        come = self.count(Decision.SELLER_ENTRY, self.chance_to(Decision.SELLER_ENTRY), arriving)
        self.sellers += come - min(gone, self.sellers)

    def order(self, readiness: float) -> None:
        """Order recruitment against a shortage of persons, as far as a person pays."""
        p, model = self.model.parameters, self.model
        self.new_orders = 0
        shortage = self.wanted - self.workers - self.inbound
        if shortage > 0.0:
            pays = logistic(self.person_return / p.entry.profit_scale_usd)
            mean = shortage * p.recruitment.orders_per_place_week * readiness * pays * model.dt
            u = self.chance_to(Decision.RECRUIT_VOLUME)
            self.new_orders = self.count(Decision.RECRUIT_VOLUME, u, mean)

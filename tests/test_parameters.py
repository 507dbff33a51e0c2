"""The parameter tree: every number has unit, bounds, status and a source that leads somewhere; problems are said in words."""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from importlib import resources

import pytest

from sim.parameters import Parameters, problems, walk
from sim.parameters.core import STATUSES, ParameterInfo, integer, number, text
from sim.policies import POLICIES
from sim.scenario import Scenario

ALL = list(walk(Scenario()))
NUMBERS = [info for info in walk(Parameters()) if not isinstance(info.value, bool)]
SOURCED = [info for info in ALL if info.status == "sourced"]
FACT_ID = re.compile(r"\b[ABCKMPSTX]\d{2}\b")
WORK = re.compile(r"[A-Z][a-z]+.*\b(?:19|20)\d{2}\b|World Bank WDI")


def facts() -> set[str]:
    source = resources.files("sim.world") / "data" / "facts.csv"
    return {row["id"] for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())}


def named(infos: list[ParameterInfo]) -> dict:
    return {"argvalues": infos, "ids": [info.path for info in infos]}


def every_leaf(tree: object, prefix: str = "") -> set[str]:
    """Paths of all fields below a dataclass, declared with metadata or not."""
    found: set[str] = set()
    for field in dataclasses.fields(tree):  # type: ignore[arg-type]
        value = getattr(tree, field.name)
        path = f"{prefix}{field.name}"
        found |= every_leaf(value, f"{path}.") if dataclasses.is_dataclass(value) else {path}
    return found


def test_there_is_no_undeclared_parameter() -> None:
    """Every leaf of the tree is met by ``walk``, once."""
    paths = [info.path for info in walk(Parameters())]
    assert len(paths) == len(set(paths)) > 80
    assert set(paths) == every_leaf(Parameters())


@pytest.mark.parametrize("info", **named(ALL))
def test_every_field_has_unit_status_source_and_meaning(info: ParameterInfo) -> None:
    assert info.unit and info.source and len(info.about) > 3
    assert info.status in STATUSES


@pytest.mark.parametrize("info", **named(NUMBERS))
def test_bounds_are_finite_ordered_and_contain_the_default(info: ParameterInfo) -> None:
    assert info.low is not None and info.high is not None
    assert math.isfinite(info.low) and math.isfinite(info.high)
    assert info.low < info.high
    assert info.low <= info.value <= info.high


@pytest.mark.parametrize("info", **named([i for i in ALL if i.unit in ("share", "probability") and i.low is not None]))
def test_shares_and_probabilities_are_bounded_by_0_and_1(info: ParameterInfo) -> None:
    assert 0.0 <= info.low < info.high <= 1.0


@pytest.mark.parametrize("info", **named(SOURCED))
def test_sourced_numbers_cite_a_fact_or_name_a_work(info: ParameterInfo) -> None:
    assert FACT_ID.search(info.source) or WORK.search(info.source)


@pytest.mark.parametrize("info", **named([info for info in ALL if FACT_ID.search(info.source)]))
def test_every_fact_cited_is_in_the_table_of_facts(info: ParameterInfo) -> None:
    """An id that looks like a fact leads to one, whatever the parameter's status."""
    assert set(FACT_ID.findall(info.source)) <= facts()


def stands_in_source(value: float, source: str) -> bool:
    """Whether a value is one of the figures the table of facts gives for a fact cited."""
    table = csv.DictReader((resources.files("sim.world") / "data" / "facts.csv").read_text(encoding="utf-8").splitlines())
    cited = [row for row in table if row["id"] in FACT_ID.findall(source)]
    figures = {row[f"value_{which}"] for row in cited for which in ("low", "central", "high")}
    return any(abs(float(figure) - value) < 1e-12 for figure in figures if figure)


def test_a_number_called_sourced_stands_in_its_source() -> None:
    """A value near a fact, or rounded up from one, or taken from another setting, is assumed, whatever inspired it."""
    assert stands_in_source(0.57, "A14: a share")
    assert not stands_in_source(0.03, "B14: none of 56")
    numbers = [info for info in SOURCED if isinstance(info.value, int | float)]
    assert [info.path for info in numbers if not stands_in_source(info.value, info.source)] == []


def test_defaults_are_no_problem() -> None:
    assert problems(Parameters()) == []
    assert problems(Scenario()) == []


def test_problems_name_the_place_the_value_the_bounds_and_the_unit() -> None:
    tree = Parameters()
    tree.prices.adjustment_per_week = 9.0
    tree.host_justice.p_leak = float("nan")
    tree.entry.sunk_cost_usd = -1.0
    found = problems(tree, "parameters.")
    assert len(found) == 3
    assert ("parameters.prices.adjustment_per_week = 9: must lie between 0.01 and 1 (1/week). "
            "Choose a value in that range.") in found
    assert any(message.startswith("parameters.host_justice.p_leak = nan: must be a finite number") for message in found)
    assert any(message.startswith("parameters.entry.sunk_cost_usd = -1: ") and "(USD)" in message for message in found)


@pytest.mark.parametrize("info", **named(NUMBERS))
def test_bounds_are_inclusive_and_strict_beyond(info: ParameterInfo) -> None:
    """Both bounds are accepted, what lies just outside is refused."""
    group, leaf = info.path.split(".")
    step = 1e-6 * (info.high - info.low)
    for value, wanted in ((info.low, 0), (info.high, 0), (info.low - step, 1), (info.high + step, 1), (math.inf, 1)):
        tree = Parameters()
        setattr(getattr(tree, group), leaf, value)
        assert len(problems(tree)) == wanted, value


@pytest.mark.parametrize(("declare", "words"), [
    (lambda: number(2.0, "-", 0.0, 1.0, "too large"), "outside"),
    (lambda: number(0.5, "-", 0.0, 1.0, "no source", status="sourced"), "needs a source"),
    (lambda: number(0.5, "-", 0.0, 1.0, "odd status", status="guessed"), "guessed"),
    (lambda: number(0.5, "-", 0.0, 1.0, ""), "needs a meaning"),
    (lambda: integer(1, "-", 0, 2, "no source", status="sourced"), "needs a source"),
])  # fmt: skip
def test_declarations_that_hide_something_are_refused(declare, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        declare()


def test_an_integer_declared_outside_its_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        integer(5, "-", 0, 2, "too large")


def test_text_fields_have_no_bounds() -> None:
    field = text("x", "a name")
    assert "low" not in field.metadata and field.metadata["unit"] == "text"


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_policies_are_declared_like_parameters(name: str) -> None:
    """Every dose has unit, bounds, status and source."""
    policy = POLICIES[name]()
    assert {info.path for info in walk(policy)} == {field.name for field in dataclasses.fields(policy)}
    assert problems(policy) == []

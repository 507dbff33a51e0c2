"""Shared objects: what Python writes compiled rules see, and the other way round, also after growth, copies and pickling."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field

import numpy as np
import pytest
from support import python

from sim.compiled import direct, kernel
from sim.numerics import total
from sim.tables import Flags, Ints, Reals, Shared, Table, array, column, count, group, layout_of


@dataclass
class Fee:
    base: float = 2.0
    is_doubled: bool = False


@dataclass
class Prices:
    fee: Fee = field(default_factory=Fee)
    number: int = 3
    name: str = "left to Python"


@dataclass
class Shops(Table):
    earned: Reals = column(np.float64, "supply", "USD", "earned", 1.5)
    is_open: Flags = column(np.bool_, "supply", "-", "open")
    town: Ints = column(np.int64, "build", "row", "town", -1)
    weight: Reals = column(np.float32, "supply", "-", "in single precision")


@dataclass
class Street(Shared):
    shops: Shops
    plan: Reals = array(np.float64, "USD", "by step and shop", ndim=2)
    notes: list[str] = field(default_factory=list)
    step: int = 0
    rate: float = 0.5
    is_busy: bool = True
    n_sold: int = count("sales", "so far")
    prices: Prices = group("numbers of the street")

    def __post_init__(self) -> None:
        self.prices = Prices()


@kernel
def sell(street: Street) -> float:
    """Every open shop earns what is planned, and a fee."""
    shops, fee = street.shops, street.prices.fee
    for s in range(len(shops)):
        if shops.is_open[s]:
            shops.earned[s] += street.plan[street.step, s] * street.rate + fee.base * (2 if fee.is_doubled else 1)
            street.n_sold += street.prices.number if street.is_busy else 0
    return total(shops.earned)


def street(n: int = 4) -> Street:
    made = Street(Shops.of_size(n), np.arange(3.0 * n).reshape(3, n))
    made.shops.is_open[1] = True
    return made


def test_a_rule_reads_and_writes_what_python_sees() -> None:
    """By hand: shop 1 plans 5 in step 1, half of it and a fee of 2 on 1.5 earned make 6; three others keep 1.5."""
    made = street()
    made.step = 1
    assert sell(made) == 6.0 + 3 * 1.5 and made.shops.earned.tolist() == [1.5, 6.0, 1.5, 1.5]
    assert (made.n_sold, made.step, made.rate, made.is_busy) == (3, 1, 0.5, True)
    made.n_sold, made.is_busy, made.rate = 10, False, 0.0
    made.prices = Prices(Fee(1.0, True))
    assert sell(made) == 8.0 + 3 * 1.5 and made.n_sold == 10


def test_numbers_keep_their_kind() -> None:
    made = street()
    assert (type(made.step), type(made.rate), type(made.is_busy)) == (int, float, bool)
    assert made.numbers() == {"step": 0, "rate": 0.5, "is_busy": True, "n_sold": 0}
    made.clear()
    assert made.numbers() == {"step": 0, "rate": 0.0, "is_busy": False, "n_sold": 0}


def test_a_table_that_grows_is_seen_at_its_new_place() -> None:
    made = street()
    made.shops.grow(50)
    assert len(made.shops) >= 50 and made.shops.is_open[1] and made.shops.town[-1] == -1
    made.plan = np.ones((3, len(made.shops)))
    made.shops.is_open[:] = np.arange(len(made.shops)) == 49
    sell(made)
    assert made.shops.earned[49] == 1.5 + 0.5 + 2.0 and made.shops.earned[1] == 1.5
    before = made.shops.earned
    made.shops.grow(len(made.shops))
    assert made.shops.earned is before


def test_a_copy_has_numbers_of_its_own_and_the_same_arrays() -> None:
    made = street()
    other = copy.copy(made)
    other.step, other.prices = 2, Prices(number=100)
    sell(other)
    assert (made.step, made.n_sold, other.n_sold) == (0, 0, 100)
    assert made.shops.earned[1] == other.shops.earned[1] == 1.5 + 4.5 + 2.0
    changed = copy.copy(made.shops)
    changed.is_open = np.ones(4, bool)
    assert made.shops.is_open.sum() == 1


def test_what_comes_back_from_a_pickle_stands_alone() -> None:
    made = street()
    made.n_sold, made.notes = 5, ["a"]
    other = pickle.loads(pickle.dumps(made))
    sell(other)
    assert (made.n_sold, other.n_sold, other.notes) == (5, 8, ["a"])
    assert made.shops.earned[1] == 1.5 and other.shops.earned[1] == 1.5 + 0.5 + 2.0
    twin = copy.deepcopy(made)
    sell(twin)
    assert made.shops.earned[1] == 1.5


@pytest.mark.parametrize("wrong", [np.zeros(4, np.int64), np.zeros((2, 2)), np.zeros(8)[::2], np.zeros(4, np.float32)])
def test_an_array_that_does_not_fit_is_refused(wrong: np.ndarray) -> None:
    made = street()
    with pytest.raises(TypeError, match="earned: needs a contiguous array of float64 with 1 axes"):
        made.shops.earned = wrong
    assert sell(made) > 0


def test_a_layout_changes_its_name_with_anything_in_it() -> None:
    """Compiled rules are kept by that name."""

    def named(kind: type, default: object) -> str:
        return layout_of(dataclass(type("One", (Shared,), {"__annotations__": {"x": kind}, "x": default}))).name

    names = [named(float, 0.0), named(int, 0), named(float, count("-", "moves", 0.0))]
    assert len(set(names)) == 3 and named(float, 1.0) == names[0]


def test_a_direct_call_gives_what_the_rule_gives() -> None:
    one, two = street(), street()
    call = direct(sell)
    assert [call(one), call(one)] == [sell(two), sell(two)]
    assert one.shops.earned.tolist() == two.shops.earned.tolist() and one.n_sold == two.n_sold


@kernel
def turn(street: Street) -> None:
    street.step += 1


@pytest.mark.skipif(not hasattr(turn, "py_func"), reason="compilation is off")
def test_rules_may_change_only_what_is_declared_to_move() -> None:
    """A number that is fixed during a call is read once; writing it would go unseen, so it does not compile."""
    with pytest.raises(Exception, match=r"declared with count\(\)"):
        turn(street())


def test_empty_tables_are_no_trouble() -> None:
    made = Street(Shops.of_size(0), np.empty((3, 0)))
    assert len(made.shops) == 0 and sell(made) == 0.0


@pytest.mark.slow
def test_the_same_rules_run_uncompiled() -> None:
    words = "from test_tables import sell, street; made = street(); made.step = 1; print(sell(made), made.n_sold)"
    assert python(words, NUMBA_DISABLE_JIT="1").splitlines()[-1] == python(words).splitlines()[-1] == "10.5 3"

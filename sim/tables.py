"""Dataclasses that compiled rules take whole: a rule is given the world and names what it needs, ``world.venues.profit``.

A ``Shared`` object keeps its arrays where Python keeps them, and beside them a block of memory with their addresses, its
numbers, and the addresses of the shared objects within it. Compiled rules read and write there, so both sides see the
same values, and a table that grows is seen at its new place. With compilation off the same rules run on the objects
themselves. How Numba is told lies in ``sim.compiled_tables``.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
GROWTH = 1.5
WORD = 8  # bytes of a number or an address in a block
Function = TypeVar("Function", bound=Callable[..., Any])


def remembered(function: Function) -> Function:
    """Work out once for each class; ``functools.cache`` with the function's types kept."""
    return cast(Function, functools.cache(function))


def column(kind: type, owner: str, unit: str, about: str, fill: float = 0) -> Any:
    """Declare a column: type, owner phase, unit, meaning and the value rows start with."""
    return dataclasses.field(
        default_factory=lambda: np.empty(0, kind),
        metadata={"dtype": kind, "ndim": 1, "owner": owner, "unit": unit, "about": about, "fill": fill},
    )


def array(kind: type, unit: str, about: str, ndim: int = 1) -> Any:
    """Declare an array that is no column of a table: type, unit, meaning and number of axes."""
    return dataclasses.field(
        default_factory=lambda: np.empty((0,) * ndim, kind),
        metadata={"dtype": kind, "ndim": ndim, "unit": unit, "about": about},
    )


def count(unit: str, about: str, default: float = 0) -> Any:
    """Declare a number that rules change; every other number is fixed during a compiled call."""
    return dataclasses.field(default=default, metadata={"moves": True, "unit": unit, "about": about})


def group(about: str) -> Any:
    """Declare a tree of plain dataclasses whose numbers rules may read, such as the parameters."""
    return dataclasses.field(init=False, metadata={"is_group": True, "about": about})


@dataclass(frozen=True)
class Slot:
    """Where a field lies in a block, and what it is: ``array``, ``number``, ``shared`` (an address) or ``group`` (in place)."""

    name: str
    what: str
    offset: int
    dtype: Any = None
    ndim: int = 0
    moves: bool = False
    kind: Any = None


@dataclass(frozen=True)
class Layout:
    """The block of a dataclass: its slots, its length in bytes, and a name that changes when anything of it does."""

    name: str
    slots: tuple[Slot, ...]
    size: int

    @functools.cached_property
    def by_name(self) -> dict[str, Slot]:
        """Slots by field."""
        return {slot.name: slot for slot in self.slots}


@remembered
def layout_of(kind: Any) -> Layout:
    """Layout of a dataclass: its arrays, numbers, shared objects and groups of numbers; other fields are left to Python."""
    hints, slots, offset = get_type_hints(kind), [], 0
    for field in dataclasses.fields(kind):
        slot, size = _slot(field, hints[field.name], offset, not issubclass(kind, Shared))
        if slot is not None:
            slots.append(slot)
            offset += size
    parts = [(s.name, s.what, str(s.dtype), s.ndim, s.moves, s.kind and layout_of(s.kind).name) for s in slots]
    name = f"{kind.__name__}_{hashlib.sha256(repr(parts).encode()).hexdigest()[:10]}"
    return Layout(name, tuple(slots), max(offset, WORD))


def _slot(field: dataclasses.Field[Any], hint: Any, offset: int, is_plain: bool) -> tuple[Slot | None, int]:
    """Slot of a field, if rules can see it, and the bytes it takes."""
    meta = field.metadata
    if "dtype" in meta:
        return Slot(field.name, "array", offset, np.dtype(meta["dtype"]), meta["ndim"]), WORD * (1 + meta["ndim"])
    if hint in (float, int, bool):
        return Slot(field.name, "number", offset, np.dtype(hint), moves=meta.get("moves", False)), WORD
    if isinstance(hint, type) and issubclass(hint, Shared):
        return Slot(field.name, "shared", offset, kind=hint), WORD
    if dataclasses.is_dataclass(hint) and (meta.get("is_group") or is_plain):
        return Slot(field.name, "group", offset, kind=hint), layout_of(hint).size  # type: ignore[arg-type]
    return None, 0


class Shared:
    """Base of dataclasses that compiled rules take whole; see the module."""

    _block: Ints
    _reals: Reals  # the same memory, read as real numbers
    _address: int  # of the block: what a compiled rule is handed

    def __new__(cls, *_: Any, **__: Any) -> Self:
        _give_properties(cls)
        self = object.__new__(cls)
        self._take_block(np.zeros(layout_of(cls).size // WORD, np.int64))
        return self

    def _take_block(self, block: Ints) -> None:
        vars(self).update(_block=block, _reals=block.view(np.float64), _address=block.ctypes.data)

    def __setattr__(self, name: str, value: Any) -> None:
        slot = layout_of(type(self)).by_name.get(name)
        if slot is None or slot.what == "number":
            object.__setattr__(self, name, value)
        else:
            _write(self._block, self._reals, slot, slot.offset, value)
            vars(self)[name] = value

    def numbers(self) -> dict[str, float]:
        """Numbers by name, in declared order."""
        return {name: getattr(self, name) for name in names_of_numbers(type(self))}

    def clear(self) -> None:
        """Set every number to 0."""
        for slot in layout_of(type(self)).slots:
            if slot.what == "number":
                self._block[slot.offset // WORD] = 0

    def as_row(self) -> Reals:
        """What a class of real numbers alone holds, in declared order; a view that follows the object."""
        return self._reals

    def __copy__(self) -> Self:
        """Return an object with a block of its own and the same arrays."""
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        other._take_block(self._block.copy())
        return other

    def __getstate__(self) -> dict[str, Any]:
        return self.numbers() | {name: value for name, value in vars(self).items() if name not in _OF_BLOCK}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


_OF_BLOCK = ("_block", "_reals", "_address")


@remembered
def _give_properties(kind: Any) -> None:
    """Let the numbers of a class be read from and written to its block."""
    for slot in layout_of(kind).slots:
        if slot.what == "number":
            setattr(kind, slot.name, _number(slot.offset // WORD, slot.dtype.kind))


def _number(place: int, kind: str) -> property:
    """A number kept in the block; whole numbers and truth values as such."""
    if kind == "f":
        return property(lambda self: self._reals.item(place), lambda self, value: self._reals.__setitem__(place, value))
    read = bool if kind == "b" else int

    def put(self: Shared, value: Any) -> None:
        self._block[place] = read(value)

    return property(lambda self: read(self._block.item(place)), put)


def _write(block: Ints, reals: Reals, slot: Slot, offset: int, value: Any) -> None:
    """Write an array's address and shape, a number, a shared object's address, or a group's numbers into a block."""
    place = offset // WORD
    if slot.what == "array":
        fits = value.dtype == slot.dtype and value.ndim == slot.ndim and value.flags.c_contiguous
        if not fits:
            raise TypeError(f"{slot.name}: needs a contiguous array of {slot.dtype} with {slot.ndim} axes")
        block[place] = value.__array_interface__["data"][0]
        block[place + 1 : place + 1 + slot.ndim] = value.shape
    elif slot.what == "shared":
        block[place] = value._address
    elif slot.what == "group":
        for inner in layout_of(slot.kind).slots:
            _write(block, reals, inner, offset + inner.offset, getattr(value, inner.name))
    elif slot.dtype.kind == "f":
        reals[place] = value
    else:
        block[place] = int(value)


@dataclass
class Table(Shared):
    """Columns of equal length; subclasses declare them."""

    @classmethod
    def of_size(cls, n: int) -> Self:
        """A table of n rows, each column filled with its declared start value."""
        return cls(**{f.name: np.full(n, f.metadata["fill"], f.metadata["dtype"]) for f in columns_of(cls)})

    def __len__(self) -> int:
        return len(vars(self)[columns_of(type(self))[0].name])

    def grow(self, n: int) -> None:
        """Lengthen every column to at least n rows, keeping rows where they are; rules must not be running."""
        if n <= len(self):
            return
        size = max(n, int(len(self) * GROWTH) + 16)
        for field in columns_of(type(self)):
            old = vars(self)[field.name]
            new = np.full(size, field.metadata["fill"], field.metadata["dtype"])
            new[: len(old)] = old
            setattr(self, field.name, new)


@remembered
def columns_of(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    """Declared columns of a table."""
    return tuple(field for field in dataclasses.fields(kind) if "fill" in field.metadata)


def names_of_numbers(kind: Any) -> tuple[str, ...]:
    """Names of the numbers of a shared class, in declared order."""
    return tuple(slot.name for slot in layout_of(kind).slots if slot.what == "number")

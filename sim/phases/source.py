"""What rules read, write and ask, found in their source: starting from a phase's entry and following every call.

A column is read where its values are used and written where something is assigned to its elements, also through a local
name or an argument. Institutions' methods are followed by name, since which agent answers is known only in a run.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from sim.knobs import KNOBS
from sim.world.columns import TABLES

SHAPE = ("size", "shape", "dtype")  # asking these of a column is not reading it
WORLD, EFFECTS, FLOWS = "world", "world.effects", "world.flows"
BOARD = ("of", "value", "values", "knob_by_authority")  # how Python asks a knob: by its name


@dataclass
class Touched:
    """Names of columns read and written, knobs asked and flows counted."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    knobs: set[str] = field(default_factory=set)
    flows: set[str] = field(default_factory=set)


@cache
def touched_by(entry: Callable[..., Any]) -> Touched:
    """What a rule that is given the world touches, itself or through what it calls."""
    found, seen = Touched(), set[tuple[Any, ...]]()
    _follow(_plain(entry), {"world": WORLD}, found, seen)
    return found


def _plain(rule: Any) -> FunctionType:
    """The Python function behind a compiled rule."""
    return getattr(rule, "py_func", rule)  # type: ignore[no-any-return]


def _follow(function: FunctionType, given: Mapping[str, str], found: Touched, seen: set[tuple[Any, ...]]) -> None:
    """Read a function's source with what its arguments stand for, once for each such set."""
    key = (function, *sorted(given.items()))
    if key not in seen:
        seen.add(key)
        _Reader(function, dict(given), found, seen).visit(_tree(function))


@cache
def _tree(function: FunctionType) -> ast.AST:
    """Syntax tree of a function."""
    return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]


class _Reader(ast.NodeVisitor):
    """Walks one function; ``names`` says what local names stand for: the world, a table, a column."""

    def __init__(
        self, function: FunctionType, names: dict[str, str], found: Touched, seen: set[tuple[Any, ...]]
    ) -> None:
        self.function, self.names, self.found, self.seen = function, names, found, seen

    def meaning(self, node: ast.AST) -> str | None:
        """What an expression stands for; None where it is an ordinary value."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Attribute):
            base = self.meaning(node.value)
            if base == WORLD:
                return f"{WORLD}.{node.attr}"
            column = f"{str(base).removeprefix(WORLD + '.')}.{node.attr}"
            return column if _is_column(column) or base in (EFFECTS, FLOWS) else None
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return self.meaning(node.value)  # part of a column
        if isinstance(node, ast.IfExp):
            return self.meaning(node.body) or self.meaning(node.orelse)
        return None

    def visit(self, node: ast.AST) -> Any:
        """Note what a node touches, then what lies in it."""
        meaning = self.meaning(node) if isinstance(node, ast.Name | ast.Attribute) else None
        if meaning is not None and isinstance(getattr(node, "ctx", None), ast.Load):
            self._use(meaning)
        return super().visit(node)

    def _use(self, meaning: str) -> None:
        if _is_column(meaning):
            self.found.reads.add(meaning)
        elif meaning.startswith(EFFECTS + ".") or meaning.startswith("effects."):
            self.found.knobs.add(meaning.rpartition(".")[2])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A column's shape is not its values."""
        if not (node.attr in SHAPE and _is_column(self.meaning(node.value))):
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Bind names, note columns written, look at the value."""
        for target in node.targets:
            self._assign(target, node.value)
        self._look(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """As an assignment."""
        if node.value is not None:
            self._assign(node.target, node.value)
            self._look(node.value)

    def _look(self, value: ast.AST) -> None:
        """Look at an assigned value; a mere renaming uses nothing."""
        for part in value.elts if isinstance(value, ast.Tuple) else (value,):
            if not (isinstance(part, ast.Name | ast.Attribute) and self.meaning(part)):
                self.visit(part)

    def _assign(self, target: ast.AST, value: ast.AST | None) -> None:
        if isinstance(target, ast.Tuple):
            values = value.elts if isinstance(value, ast.Tuple) else [None] * len(target.elts)
            for part, own in zip(target.elts, values, strict=True):
                self._assign(part, own)
        elif isinstance(target, ast.Name):
            meaning = None if value is None else self.meaning(value)
            if meaning is not None:
                self.names[target.id] = meaning
        else:
            self._written(target)

    def _written(self, target: ast.AST) -> None:
        """Something is assigned to a column's elements, or counted."""
        if isinstance(target, ast.Subscript):
            meaning = self.meaning(target.value)
            if _is_column(meaning):
                self.found.writes.add(str(meaning))
            else:
                self.visit(target.value)
            self.visit(target.slice)
        elif isinstance(target, ast.Attribute):
            meaning = self.meaning(target)
            if meaning is not None and meaning.startswith("flows."):
                self.found.flows.add(meaning.rpartition(".")[2])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Read and written."""
        self._written(node.target)
        if isinstance(node.target, ast.Subscript) and _is_column(self.meaning(node.target.value)):
            self.found.reads.add(str(self.meaning(node.target.value)))
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """Follow the project's own functions, with what is handed to them."""
        if getattr(node.func, "id", "") == "len":
            return
        if isinstance(node.func, ast.Attribute) and node.args and isinstance(node.args[0], ast.Constant):
            self._asked_by_name(node.func.attr, str(node.args[0].value))
        own = list(self._called(node.func))
        arguments = [(None, a) for a in node.args] + [(k.arg, k.value) for k in node.keywords]
        for _, argument in arguments:
            if not (own and isinstance(argument, ast.Name | ast.Attribute) and self.meaning(argument)):
                self.visit(argument)
        for function, skipped in own:
            self._asked_through(function, skipped, node)
            _follow(function, self._given(function, skipped, node), self.found, self.seen)
        if isinstance(node.func, ast.Attribute):
            self.visit(node.func.value)

    def _asked_by_name(self, method: str, name: str) -> None:
        if method in BOARD and name in KNOBS:
            self.found.knobs.add(name)
        if method == "count":
            self.found.flows.add(name)

    def _asked_through(self, function: FunctionType, skipped: int, node: ast.Call) -> None:
        """A knob's name handed on in a parameter called ``knob``."""
        for parameter, value in zip(list(inspect.signature(function).parameters)[skipped:], node.args, strict=False):
            if parameter == "knob" and isinstance(value, ast.Constant):
                self.found.knobs.add(str(value.value))

    def _called(self, func: ast.AST) -> Iterator[tuple[FunctionType, int]]:
        """The project's functions a call may mean, and how many leading parameters it leaves out (self)."""
        if isinstance(func, ast.Name):
            target = _plain(self.function.__globals__.get(func.id))
            if _is_ours(target):
                yield target, 0
        elif isinstance(func, ast.Attribute):
            home = self.function.__globals__.get(func.value.id) if isinstance(func.value, ast.Name) else None
            if isinstance(home, ModuleType):
                target = _plain(getattr(home, func.attr, None))
                if _is_ours(target):
                    yield target, 0
            elif self.meaning(func.value) is None:
                yield from ((method, 1) for method in _methods().get(func.attr, ()))

    def _given(self, function: FunctionType, skipped: int, node: ast.Call) -> dict[str, str]:
        """What a function's parameters stand for in a call."""
        names = list(inspect.signature(function).parameters)[skipped:]
        pairs = list(zip(names, node.args, strict=False)) + [(k.arg, k.value) for k in node.keywords]
        meanings = {str(name): self.meaning(value) for name, value in pairs}
        return {name: meaning for name, meaning in meanings.items() if meaning is not None}


def _is_column(meaning: str | None) -> bool:
    """Whether something is a declared column."""
    table, _, column = str(meaning).partition(".")
    return table in TABLES and column in TABLES[table].__dataclass_fields__


def _is_ours(target: Any) -> bool:
    """Whether something is a function of the project."""
    return isinstance(target, FunctionType) and target.__module__.startswith("sim.")


@cache
def _methods() -> dict[str, tuple[FunctionType, ...]]:
    """Methods of institutions by name."""
    found: dict[str, set[FunctionType]] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("sim.institutions."):
            for kind in vars(module).values():
                if inspect.isclass(kind) and kind.__module__.startswith("sim.institutions."):
                    for method_name, method in vars(kind).items():
                        if isinstance(method, FunctionType):
                            found.setdefault(method_name, set()).add(method)
    return {name: tuple(sorted(methods, key=lambda m: m.__qualname__)) for name, methods in found.items()}

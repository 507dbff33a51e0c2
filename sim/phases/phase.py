"""What a phase declares before it acts: its question, which decisions it draws and which events it emits.

What it writes follows from the owners declared with the columns, what it asks from the knobs, and what it reads from its
own source. Tests run the model and compare these declarations with what really happens.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from sim.knobs import KNOBS
from sim.rng import Decision
from sim.world.columns import TABLES, owned_by
from sim.world.state import World


@dataclass(frozen=True)
class Phase:
    """One phase of the weekly step."""

    name: str
    question: str
    run: Callable[[World], None]
    draws: tuple[Decision, ...] = ()
    emits: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns whose values this phase looks at, found in the source of its files."""
        return columns_read(self.run.__module__)

    @property
    def writes(self) -> tuple[str, ...]:
        """Columns this phase alone may write."""
        return owned_by(self.name)

    @property
    def knobs(self) -> tuple[str, ...]:
        """Knobs this phase asks."""
        return tuple(knob.name for knob in KNOBS.values() if knob.phase == self.name)


@cache
def columns_read(module_name: str) -> tuple[str, ...]:
    """Columns read in a module and, where it is a package, in its modules, as ``table.column`` in declared order.

    A column counts as read where its attribute is used for anything but being assigned to.
    """
    seen: set[str] = set()
    for module in _modules(sys.modules[module_name]):
        tree = ast.parse(inspect.getsource(module))
        assigned = {id(target) for node in ast.walk(tree) for target in _targets(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and id(node) not in assigned:
                table = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
                seen.add(f"{table}.{node.attr}")
    declared = (f"{name}.{column}" for name, table in TABLES.items() for column in table.__dataclass_fields__)
    return tuple(column for column in declared if column in seen)


def _modules(module: ModuleType) -> Iterator[ModuleType]:
    """A module, and the modules of its package."""
    yield module
    for info in pkgutil.iter_modules(getattr(module, "__path__", [])):
        yield import_module(f"{module.__name__}.{info.name}")


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    """Expressions a statement assigns to, without looking at what they held: ``x.a = ...`` and ``x.a[...] = ...``."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        for part in target.elts if isinstance(target, ast.Tuple) else (target,):
            yield part.value if isinstance(part, ast.Subscript) else part

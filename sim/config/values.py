"""Values by path: applied to a composed tree one by one, every problem collected, nothing added to the schema.

A path that does not exist is answered with near names; a value of another type with the type the field has. Bounds are
checked later, on the complete scenario.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from omegaconf import AnyNode, BooleanNode, DictConfig, FloatNode, IntegerNode, ListConfig, OmegaConf, StringNode
from omegaconf.errors import OmegaConfBaseException

from sim.config.groups import GROUPS
from sim.errors import did_you_mean

OPEN_TABLES = ("mission.populations",)  # tables whose keys are free
EXAMPLES = {  # of lists whose entries have fields
    "shock.effects": "[{knob: strength, coefficient: 1.0}]",
    "mission.strength_curve": "[{week: 0, ratio: 1}, {week: 104, ratio: 1.5}]",
}
MOST_NAMES = 8  # shown in a message
_KINDS = (
    (BooleanNode, "true or false"),
    (IntegerNode, "a whole number"),
    (FloatNode, "a number"),
    (StringNode, "text"),
    (ListConfig, "a list, e.g. [a,b]"),
    (DictConfig, "a table, e.g. {XKX: 1802493}"),
    (AnyNode, "a plain value"),
)


def apply_values(tree: DictConfig, values: dict[str, Any], known_policies: Iterable[str]) -> list[str]:
    """Set values in a tree, in place; one message for each that has no place or the wrong type."""
    return [problem for path, value in values.items() if (problem := _apply(tree, path, value, known_policies))]


def leaf_paths(tree: DictConfig) -> list[str]:
    """Return the paths of all values, in declared order."""
    return list(_leaves(tree, ""))


def _leaves(node: DictConfig, prefix: str) -> Iterable[str]:
    """Yield the paths of the values below a node."""
    for name in map(str, node):
        child, path = node._get_node(name), f"{prefix}{name}"
        if isinstance(child, DictConfig) and _is_group(path):
            yield from _leaves(child, f"{path}.")
        else:
            yield path


def _is_group(path: str) -> bool:
    """Say whether a path holds named values rather than one table of free keys."""
    return path not in OPEN_TABLES


def _apply(tree: DictConfig, path: str, value: Any, known_policies: Iterable[str]) -> str | None:
    """Set one value; return a message if that cannot be done."""
    where = f"{path} = {_shown(value)}"
    problem = _path_problem(tree, path, where, known_policies)
    if problem is not None:
        return problem
    node = OmegaConf.select(tree, path, throw_on_missing=False) if path not in OPEN_TABLES else None
    if isinstance(node, DictConfig):
        names = [str(name) for name in node]
        below = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
        return f"{where}: names a group of values, not one value. Name a field below it: {below}."
    try:
        if path in OPEN_TABLES:
            if not isinstance(value, dict):
                raise TypeError("a table")
            OmegaConf.update(tree, path, {}, merge=False, force_add=False)
        if value is None and isinstance(node, ListConfig):
            raise TypeError("a list")
        OmegaConf.update(tree, path, value, merge=True, force_add=path.startswith(OPEN_TABLES))
    except (OmegaConfBaseException, TypeError, ValueError, OverflowError, AssertionError) as error:
        return _type_problem(tree, path, where, error)
    return None


def _path_problem(tree: DictConfig, path: str, where: str, known_policies: Iterable[str]) -> str | None:
    """Say which part of a path does not exist, with near names."""
    node: Any = tree
    parts = path.split(".")
    for depth, part in enumerate(parts):
        above = ".".join(parts[:depth])
        if isinstance(node, ListConfig):
            if not (part.isdigit() and int(part) < len(node)):
                return f"{where}: {above} has {len(node)} entries, counted from 0. Name one of these."
            node = node._get_node(int(part))
        elif isinstance(node, DictConfig):
            if part not in node:
                if above in OPEN_TABLES and depth == len(parts) - 1:
                    return None
                return _unknown(tree, path, where, above, part, [str(name) for name in node], known_policies)
            node = node._get_node(part)
        else:
            return f"{where}: {above} is one value; there is nothing below it. Write {above}=VALUE."
    return None


def _unknown(
    tree: DictConfig, path: str, where: str, above: str, part: str, names: list[str], known_policies: Iterable[str]
) -> str:
    """Message for a name that does not exist."""
    if above == "policy":
        known = list(known_policies)
        if part in known:
            return f"{where}: policy {part} is not part of this scenario. Add it: policy=[{','.join([*names, part])}]."
        return f"{where}: unknown policy '{part}'. {did_you_mean(part, known)}"
    elsewhere = [leaf for leaf in leaf_paths(tree) if leaf.endswith(f".{path}")]
    if elsewhere:
        return f"{where}: unknown name '{part}'. Did you mean: {', '.join(elsewhere[:3])}?"
    known = names if above else sorted({*names, *GROUPS})
    return f"{where}: unknown name '{part}'{f' in {above}' if above else ''}. {did_you_mean(part, known)}"


def _type_problem(tree: DictConfig, path: str, where: str, error: Exception) -> str:
    """Say which type a field has."""
    parent, _, leaf = path.rpartition(".")
    above = OmegaConf.select(tree, parent) if parent else tree
    if path in EXAMPLES:
        reason = str(error).splitlines()[0]
        return f"{where}: must be a list such as {EXAMPLES[path]} ({reason}). Correct it."
    node = above._get_node(int(leaf) if isinstance(above, ListConfig) else leaf, validate_access=False)
    kind = next((words for node_type, words in _KINDS if isinstance(node, node_type)), "a number")
    if node is not None and node._is_optional() and not isinstance(node, AnyNode):
        kind += ", or null"
    return f"{where}: must be {kind}. Give {kind}."


def _shown(value: Any) -> str:
    """A value as it would be typed."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)

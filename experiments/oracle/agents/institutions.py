"""Institutions of the oracle: made from those of a world, and put beside them afterwards, in plain values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.oracle.objects import OracleModel
    from sim.world.state import World


def load(model: OracleModel, world: World) -> None:
    """Make the model's institutions in the state of the world's."""
    model.oversight = [SimpleNamespace(reported=set(body.reported)) for body in world.oversight]


def plain_of_model(model: OracleModel) -> dict[str, Any]:
    """State of the model's institutions by name, in plain values that can be compared."""
    return {"oversight": [{"reported": sorted(body.reported)} for body in model.oversight]}


def plain_of_world(world: World) -> dict[str, Any]:
    """State of the world's institutions under the same names."""
    return {"oversight": [{"reported": sorted(body.reported)} for body in world.oversight]}

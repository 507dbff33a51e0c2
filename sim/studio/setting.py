"""What a studio was started with, and what it keeps for its pages: the engine and the grounds of missions."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from sim.studio.choice import SIDES, Choice
from sim.studio.engine import Engine
from sim.studio.pack import read_pack

DEFAULT_FILE, GROUNDS = "default.zip", "grounds.json"


@dataclass
class Setting:
    """What a server was started with, and what it learns at its start."""

    choice: Choice = field(default_factory=Choice)
    port: int = 0
    engine: Engine = field(default_factory=Engine)
    is_scale_free: bool = True
    grounds: dict[str, dict[str, Any]] = field(default_factory=dict)


def ground_name(setting: Setting, choice: Choice) -> str:
    """Make sure that the ground of a choice's mission is there, and return its name."""
    if choice.mission not in setting.grounds:
        from sim.studio.ground import ground_of  # slow to load, and only an analyst's own mission needs it

        setting.grounds[choice.mission] = ground_of(choice.scenario("b"))
    return choice.mission


def load_default(setting: Setting) -> list[str]:
    """Put the runs and the ground that ship with the program where the page finds them; return the runs' names."""
    path = files("sim.studio") / "data" / DEFAULT_FILE
    if not path.is_file():
        return []
    names = []
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as shipped:
        setting.grounds.update(json.loads(shipped.read(GROUNDS)))
        for side in SIDES:
            pack = shipped.read(f"{side}.pack")
            names.append(str(read_pack(pack)[0]["key"]))
            setting.engine.runs.keep(names[-1], pack)
    return names

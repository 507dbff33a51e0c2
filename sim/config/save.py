"""Saved scenarios: the files a scenario starts from and the values that differ from them, as one flat YAML.

Loading the file gives the same scenario again, key and seeds included. Values that came from an analyst's own files
are written out; own policy files are named only and need ``config_dir=`` again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sim.config.groups import DEFAULTS, names
from sim.config.load import leaves, resolve
from sim.config.overrides import Request
from sim.errors import ScenarioError
from sim.scenario import Scenario


def overrides_of(scenario: Scenario) -> dict[str, Any]:
    """Return the choices and values that lead to a scenario, leaving out what is default anyway."""
    start = _start(scenario)
    base, problems = resolve(start)
    if base is None:
        raise ScenarioError(problems)
    chosen: dict[str, Any] = {"mission": start.choice("mission")}
    chosen |= {g: n for g, n in start.choices.items() if g != "mission" and n != DEFAULTS[g]}
    if start.policies or (scenario.policy and "package" not in start.choices):
        chosen["policy"] = sorted(scenario.policy)
    before = leaves(base)
    return chosen | {
        path: value for path, value in leaves(scenario).items() if path not in before or value != before[path]
    }


def save_scenario(scenario: Scenario, path: str | Path) -> Path:
    """Write a scenario to a YAML file that ``load_scenario("scenario=FILE")`` turns into the same scenario.

    The file appears whole or not at all.
    """
    from omegaconf import OmegaConf

    path = Path(path)
    text = f"# {scenario.sentence()}\n# key {scenario.key}; use it as: mandate run scenario={path.name}\n"
    tree = OmegaConf.create()
    for name, value in overrides_of(scenario).items():
        tree[name] = value
    text += OmegaConf.to_yaml(tree)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _start(scenario: Scenario) -> Request:
    """The built-in files nearest to a scenario: those of its names where they exist, else neutral ones."""
    request = Request(choices={"mission": "generic"})
    for group in ("mission", "shock", "world"):
        name = getattr(scenario, group).name
        if name in names(group):
            request.choices[group] = name
    if scenario.package.name in names("package"):
        with_package = Request(choices=request.choices | {"package": scenario.package.name})
        base, _ = resolve(with_package)
        if base is not None and sorted(base.policy) == sorted(scenario.policy):
            return with_package
    request.policies = tuple(sorted(name for name in scenario.policy if name in names("policy")))
    return request

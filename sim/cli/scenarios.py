"""``mandate scenarios``: the groups of scenario files and their options."""

from __future__ import annotations

from sim.cli.say import as_json, table
from sim.cli.words import Words
from sim.config.groups import DEFAULTS, GROUPS, config_dir_problems, options
from sim.errors import did_you_mean


def main(words: Words) -> int:
    """Print options with their descriptions, of all groups or of those named."""
    config_dir = words.keys.get("config_dir")
    found = [f"group = {word}: unknown. {did_you_mean(word, GROUPS)}" for word in words.plain if word not in GROUPS]
    found += config_dir_problems(config_dir) if config_dir is not None else []
    words.problems += found
    words.stop_if_wrong()
    groups = {group: options(group, config_dir) for group in words.plain or GROUPS}
    if words.has("--json"):
        print(as_json(groups))
        return 0
    print("\n\n".join(_group(group, entries) for group, entries in groups.items()))
    return 0


def _group(group: str, entries: dict[str, str]) -> str:
    """One group for people; the default is marked."""
    head = f"{group}=  {GROUPS[group]}"
    if not entries:
        return f"{head}\n  no files yet"
    rows = [(f"  {name}{' *' if name == DEFAULTS[group] else ''}", about) for name, about in entries.items()]
    return f"{head}\n{table(rows, ('  option', 'description  (* default)'))}"

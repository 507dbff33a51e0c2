"""What one command is: its sentence, examples, options by theme; and the options that several commands share."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verb:
    """One command; its code is `main` in the module of this package that has its name."""

    name: str
    sentence: str
    examples: tuple[str, ...]
    themes: dict[str, dict[str, str]]
    keys: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    takes_overrides: bool = False
    takes_words: bool = False
    codes: tuple[int, ...] = (0, 2)
    words: tuple[str, ...] = field(default=())


SCENARIO = {
    "mission=kosovo": "where and when (mandate scenarios mission)",
    "shock=surge": "a change during the run; shock.size=0.3, shock.start_week=104, ...",
    "policy=[a,b]": "accountability measures, or policy=a+b (no quotes needed in zsh); policy.a.dose=0.5",
    "package=status_quo": "several policies with their doses, instead of policy=",
    "world=central": "assumptions on contested findings",
    "run=quick": "a tenth of the persons; or scale=0.1",
    "parameters.PATH=VALUE": "any parameter (mandate parameters)",
    "clock.step_days=7": "length of a step: 1, 7, 14 or 28 days",
    "seed=7 world_seed=7": "luck; anonymous traits of contributors and units",
    "scenario=FILE.yaml": "a saved scenario to start from",
    "config_dir=FOLDER": "your own mission/, shock/, ... files",
}
COMMON = (
    "run=quick",
    "parameters.PATH=VALUE",
    "clock.step_days=7",
    "seed=7 world_seed=7",
    "scenario=FILE.yaml",
    "config_dir=FOLDER",
)
SPEAK = {
    "-q, --quiet": "no progress and no messages but errors",
    "--no-color": "no colours (also with NO_COLOR set)",
    "--debug": "show where an error arose",
}
JSON = {"--json": "one JSON object on stdout"}

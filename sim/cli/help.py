"""What every verb is for: one sentence, examples to copy, options by theme, exit codes.

The table of verbs is also what the dispatcher and completion read, so that help never differs from what is accepted.
"""

from __future__ import annotations

from sim.cli.verb import COMMON, JSON, SCENARIO, SPEAK, Verb
from sim.cli.verbs_explore import EXPLORE_VERBS
from sim.cli.verbs_sweep import SWEEP_VERBS

EXIT_CODES = (
    (0, "done"),
    (1, "a run failed; in a comparison or sweep the others are kept"),
    (2, "bad input: every problem listed, nothing written"),
    (3, "stopped with work left"),
    (4, "disk or permission"),
    (130, "interrupted: nothing half-written, a comparison or sweep goes on when given again"),
)

_ALL = (
    Verb(
        "run",
        "Run one scenario and write its series, events, cases, summary and figures.",
        (
            "mandate run mission=generic",
            "mandate run mission=kosovo shock=surge seed=7 out=results/surge",
            "mandate run shock=exit against=results/baseline out=results/exit",
        ),
        {
            "scenario": SCENARIO,
            "output": {
                "out=FOLDER": "where to write; results/MISSION-KEY by default",
                "against=FOLDER": "an earlier run to compare with, in figures and summary",
                "figures=false": "write no pictures",
                "persistence=true": "also what outlives the mission, by source (ten more runs; persistence.csv)",
            }
            | JSON,
            "before running": {
                "--dry-run": "say what would be run and written, and stop",
                "--cfg": "show every value that is not default and who set it, and stop",
            },
            "messages": SPEAK,
        },
        keys=("out", "against", "figures", "persistence"),
        flags=("--json", "--dry-run", "--cfg"),
        takes_overrides=True,
        codes=(0, 1, 2, 4, 130),
    ),
    Verb(
        "compare",
        "Compare policies under shocks, missions and worlds on the same luck; write effects and a report.",
        (
            "mandate compare mission=generic policy=follow_up,waive_immunity scale=0.1",
            "mandate compare policy='[follow_up],[follow_up,waive_immunity]' shock=none,surge scale=0.1 --dry-run",
            "mandate compare package=zeid_2005,full_agenda world=central,deterrence_weak world_options=leading:1 scale=0.1",
        ),
        {
            "options: commas separate alternatives, brackets hold together": {
                "policy='[],[a],[a,b]'": "policies, or policy=a,a+b (no quotes needed); [] is the status quo",
                "package=x,y": "packages; policies and packages form one list of options",
                "baseline=status_quo": "what the others are compared with; the status quo is added unless named here",
            },
            "under": {
                "mission=a,b": "where and when; effects are never averaged over missions, shocks or worlds",
                "shock=none,surge": "changes during the run; the first is the main one",
                "world=central,b": "assumptions on contested findings; the first is the main one",
                "world_options=leading:2": "options taken to further worlds: all, names, or how many of least exploitation",
                "world_shocks=none": "shocks under which further worlds are run; all by default",
            },
            "how sure": {
                "replicates=20": "paired runs of each option",
                "world_replicates=20": "the same in further worlds",
                "mechanism_replicates=5": "paired runs with a mechanism switched off, which say why; 0 = none",
                "matters=0.05": "smallest difference worth acting on, share of the baseline (assumed)",
            },
            "common to all runs": {name: SCENARIO[name] for name in COMMON}
            | {"policy.a.dose=0.5": "settings of a policy, in every option that has it"},
            "output": {
                "out=FOLDER": "where to write, and to go on after a stop; results/MISSION-compare-KEY by default",
                "workers=2": "processes; the number of cores by default",
            }
            | JSON,
            "before running": {
                "--dry-run": "say how many runs are needed and why, how long they take, and stop",
                "--cfg": "show what differs from the defaults in each option, and stop",
            },
            "messages": SPEAK,
        },
        keys=(
            "baseline",
            "matters",
            "mechanism_replicates",
            "out",
            "replicates",
            "workers",
            "world_options",
            "world_replicates",
            "world_shocks",
        ),
        flags=("--json", "--dry-run", "--cfg"),
        takes_overrides=True,
        codes=(0, 1, 2, 4, 130),
    ),
    Verb(
        "report",
        "Write tables and report of a comparison again, from what is kept in its folder, finished or not.",
        (
            "mandate report results/demo",
            "mandate report results/demo --json",
            "mandate report results/demo -q",
        ),
        {"what": {"FOLDER": "written by mandate compare"}, "output": JSON, "messages": SPEAK},
        flags=("--json",),
        takes_words=True,
        codes=(0, 2, 4),
    ),
    Verb(
        "studio",
        "Open two runs side by side on this machine, to play, reshape and explain; for teaching.",
        (
            "mandate studio",
            "mandate studio mission=generic shock=surge --open",
            "mandate studio policy=[follow_up] port=9000",
        ),
        {
            "scenario, shown as B beside the status quo": SCENARIO,
            "server, on this machine only": {
                "port=8765": "where to listen; the first free one from 8765 on by default, 0 = any",
                "--open": "open it in the browser",
                "--dry-run": "say what A and B would be, and stop",
            },
            "messages": SPEAK,
        },
        keys=("port",),
        flags=("--open", "--dry-run"),
        takes_overrides=True,
        codes=(0, 2, 4),
    ),
    Verb(
        "plan",
        "Show the ten phases of a step: what each reads, writes, emits and draws.",
        ("mandate plan", "mandate plan supply", "mandate plan --json"),
        {"output": {"PHASE ...": "only these phases"} | JSON, "messages": SPEAK},
        flags=("--json",),
        takes_words=True,
    ),
    Verb(
        "parameters",
        "Show every parameter with its value, unit, range, status, source and meaning.",
        ("mandate parameters", "mandate parameters prices", "mandate parameters --csv > parameters.csv"),
        {
            "choice": {
                "WORD ...": "a mechanism (prices), or a word in path or meaning",
                "world=..., PATH=VALUE": "show the values of this scenario instead of the defaults",
            },
            "output": JSON | {"--csv": "a table for spreadsheets"},
            "messages": SPEAK,
        },
        flags=("--json", "--csv"),
        takes_overrides=True,
        takes_words=True,
    ),
    Verb(
        "scenarios",
        "List the missions, shocks, worlds, policies and packages to choose from.",
        ("mandate scenarios", "mandate scenarios shock", "mandate scenarios mission config_dir=my"),
        {
            "choice": {"GROUP ...": "only these groups", "config_dir=FOLDER": "your own files too"},
            "output": JSON,
            "messages": SPEAK,
        },
        keys=("config_dir",),
        flags=("--json",),
        takes_words=True,
    ),
    Verb(
        "explain",
        "Say what a name means: a knob, indicator, event, parameter, source, one agent; or why two scenarios differ.",
        (
            "mandate explain source K02",
            "mandate explain agent peacekeeper 120 week=52 mission=generic",
            "mandate explain why mission=kosovo shock=early_drawdown scale=0.05 policy='[victim_channels]'",
        ),
        {
            "what": {
                "knob NAME": "what policies and shocks may move",
                "indicator NAME": "a column of series.csv, or a number of summary.json",
                "event NAME": "a line of events.csv",
                "parameter PATH": "a parameter",
                "source ID": "a cited fact",
                "agent KIND NUMBER": "one agent after a run to week=..., by its number in events.csv, its row or place, or any",
                "  of personnel": "peacekeeper, contingent, contributor",
                "  of institutions": "oversight, tcc_court, host_court, special_court, court, ngo",
                "  of the market": "trafficker, venue, person",
                "why": "through which mechanisms the scenario given differs from the status quo, as shares",
            },
            "for agents": {"week=52": "the week to run to"},
            "for why": {
                "indicator=venues": "the column of series.csv that is compared; persons exploited by default",
                "week=208": "compared on the mean of all weeks up to this one; the end by default",
                "lucks=4": "pairs of runs, as they are and with each of 12 mechanisms off",
                "against=FILE": "a scenario.yaml as A; the scenario without shock, policies and strength curve by default",
                "workers=2": "processes; the number of cores by default",
            },
            "for agents and why": SCENARIO,
            "output": JSON,
            "before running": {"--dry-run": "for why: say how many runs that takes, and stop"},
            "messages": SPEAK,
        },
        keys=("against", "indicator", "lucks", "week", "workers"),
        flags=("--json", "--dry-run"),
        takes_overrides=True,
        takes_words=True,
        codes=(0, 1, 2, 130),
        words=("agent", "event", "indicator", "knob", "parameter", "source", "why"),
    ),
    Verb(
        "prepare",
        "Compile the rules beforehand, so that the first run is as quick as any other.",
        ("mandate prepare", "mandate prepare workers=2", "mandate prepare --quiet"),
        {"work": {"workers=2": "processes; the number of cores by default"}, "messages": SPEAK},
        keys=("workers",),
        codes=(0, 2, 4, 130),
    ),
    Verb(
        "completion",
        "Print a script that lets the Tab key complete verbs, options and parameters.",
        (
            "mandate completion bash > ~/.local/share/bash-completion/completions/mandate",
            "mandate completion zsh > ~/.zfunc/_mandate",
            "mandate completion fish > ~/.config/fish/completions/mandate.fish",
        ),
        {"shell": {"bash | zsh | fish": "your shell"}, "messages": SPEAK},
        takes_words=True,
        words=("bash", "fish", "zsh"),
    ),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in (*_ALL, *SWEEP_VERBS, *EXPLORE_VERBS)}

_USERS = (
    ("Compare what policies and shocks do", ("compare", "report", "run", "scenarios")),
    ("Ask what an answer depends on", ("sensitivity", "discover")),
    ("Sweep many scenarios", ("sweep", "resume", "rerun")),
    ("Teach, or look inside", ("studio", "plan", "explain")),
    ("Check the numbers behind it", ("parameters",)),
    ("Set up", ("prepare", "completion")),
)


def overview() -> str:
    """Help of the program: verbs by user."""
    lines = [
        "mandate: how much of a trafficking market does a mission's demand build, and which accountability",
        "policies shrink it? It compares policies under stated assumptions and predicts nobody's conduct.",
        "",
        "usage: mandate VERB [key=value ...] [--flags]",
    ]
    for user, verbs in _USERS:
        lines += ["", user]
        lines += [f"  {name:<12}{VERBS[name].sentence}" for name in verbs]
    lines += ["", "Start with", "  mandate run mission=generic", "  mandate compare --help", "", "exit codes"]
    lines += [f"  {code:<5}{about}" for code, about in EXIT_CODES]
    return "\n".join(lines)


def verb_help(verb: Verb) -> str:
    """Help of one verb."""
    lines = [verb.sentence, "", "examples"]
    lines += [f"  {example}" for example in verb.examples]
    width = max(len(name) for theme in verb.themes.values() for name in theme) + 3
    for theme, entries in verb.themes.items():
        lines += ["", theme]
        lines += [f"  {name:<{width}}{about}" for name, about in entries.items()]
    lines += ["", "exit codes"]
    lines += [f"  {code:<5}{about}" for code, about in EXIT_CODES if code in verb.codes]
    return "\n".join(lines)

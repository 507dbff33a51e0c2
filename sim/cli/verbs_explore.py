"""Help of the commands that ask what an answer depends on: sensitivity studies, and searches of a sweep."""

from __future__ import annotations

from sim.cli.verb import COMMON, JSON, SCENARIO, SPEAK, Verb
from sim.cli.verbs_sweep import ENGINE, ENGINE_KEYS

EXPLORE_VERBS = (
    Verb(
        "sensitivity",
        "Show what an outcome depends on: screen many inputs, then take the strongest further; indices with intervals.",
        (
            "mandate sensitivity mission=generic over=dependence,beliefs trajectories=4 keep=3 points=8 --dry-run",
            "mandate sensitivity mission=kosovo policy=suspend_contributions than=status_quo over=dependence,security",
            "mandate sensitivity over=dependence.psi:0..3,sanctions outcome=visits_by_personnel screening=none points=128",
        ),
        {
            "what is varied": {
                "over=beliefs,dependence.psi": "parameters by path or group, doses (policy.a.dose), shock.size, ...",
                "over=dependence.psi:0..3": "one of them between other ends than the declared ones",
                "width=0.5": "share of each declared range that is used, around the value; 1 by default",
            },
            "what is looked at": {
                "outcome=a,b": "numbers of summary.json; true_exploitation_person_weeks by default",
                "policy=[a,b] or package=x": "the option whose outcome is looked at",
                "than=status_quo": "look at the paired difference from this option instead",
                "mission= shock= world=a,b": "each has its own indices; nothing is averaged over them",
            },
            "how": {
                "screening=morris|none": "first find the strongest; none = all go on",
                "trajectories=10": "walks of the screening; (inputs + 1) points each",
                "keep=8": "inputs that go on",
                "then=sobol|none": "shares of variance (Sobol) and of the distribution (PAWN)",
                "points=64": "base points, a power of two; (inputs + 2) points each",
                "replicates=2": "runs of a point, the same luck at all points, averaged",
            },
            "common to all runs": {name: SCENARIO[name] for name in COMMON},
            "output": {
                "out=FOLDER": "where to write, and to go on after a stop; results/MISSION-sensitivity-KEY by default",
            }
            | ENGINE
            | JSON,
            "before running": {"--dry-run": "say how many runs are needed and how long they take, and stop"},
            "messages": SPEAK,
        },
        keys=(
            *ENGINE_KEYS,
            "keep",
            "out",
            "outcome",
            "over",
            "points",
            "replicates",
            "screening",
            "than",
            "then",
            "trajectories",
            "width",
        ),
        flags=("--json", "--dry-run"),
        takes_overrides=True,
        codes=(0, 1, 2, 4, 130),
    ),
    Verb(
        "discover",
        "Search a sweep for the region in which an option fails, harms or beats another; show regret by world.",
        (
            "mandate discover results/suspension option=suspend_contributions where=harms",
            "mandate discover results/ranking option=follow_up than=status_quo where=beats matters=0.02",
            "mandate discover results/suspension option=suspend_contributions outcome=mean_violence --json",
        ),
        {
            "question": {
                "FOLDER": "of a sweep that has both options at many points",
                "option=a": "the option that is asked about",
                "than=status_quo": "what it is compared with; the first of the sweep by default",
                "where=fails|harms|beats": "improves by less than matters; worsens by it; improves by it or more",
                "outcome=NAME": "a number of summary.json; true_exploitation_person_weeks by default",
                "matters=0.05": "smallest change worth acting on, share of the other's level (assumed)",
            },
            "output": {"out=FOLDER": "where to write; discovery/ in the sweep's folder by default"} | JSON,
            "messages": SPEAK,
        },
        keys=("matters", "option", "out", "outcome", "than", "where"),
        flags=("--json",),
        takes_words=True,
        codes=(0, 2, 4),
    ),
)

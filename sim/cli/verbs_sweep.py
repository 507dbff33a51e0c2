"""Help of the commands around sweeps: making one, going on with it, making one of its runs again."""

from __future__ import annotations

from sim.cli.verb import COMMON, JSON, SCENARIO, SPEAK, Verb

ENGINE = {
    "workers=2": "processes; the number of cores by default",
    "engine=dask": "on a dask cluster, started here unless address= names one; loky by default",
    "address=tcp://HOST:PORT": "of the scheduler of a cluster that is there already",
}
ENGINE_KEYS = ("address", "engine", "workers")

SWEEP_VERBS = (
    Verb(
        "sweep",
        "Run a design of many scenarios on the same luck, into a store that survives interruption.",
        (
            "mandate sweep mission=generic policy='[],[follow_up]' policy.follow_up.dose=0,1,2 scale=0.05 replicates=2",
            "mandate sweep mission=kosovo parameters.dependence.psi=0..3 shock.size=range shock=surge design=sobol points=64",
            "mandate sweep experiments/suspension_tipping_point --dry-run",
        ),
        {
            "what is crossed: commas separate alternatives": {
                "FOLDER or FILE.yaml": "a design written down: design.yaml with the words below as 'name: value' lines",
                "policy='[],[a],[a,b]'": "options: policies, or policy=a,a+b (no quotes needed); [] is status quo",
                "package=x,y": "packages; policies and packages form one list of options",
                "mission=a,b shock=c,d world=e,f": "where, what happens, what is assumed",
                "PATH=0,0.5,1": "levels of any value: a parameter, policy.a.dose, shock.size, ...",
            },
            "what is sampled: ranges": {
                "PATH=LOW..HIGH": "a range of any number",
                "PATH=range": "its declared range (mandate parameters)",
                "design=factorial": "how ranges are sampled: factorial, latin_hypercube, sobol, morris or saltelli",
                "points=64": "points; levels a range (factorial), trajectories (morris), base points (saltelli)",
            },
            "what holds together": {
                "table=FILE.csv": "an explicit design instead: a row a point, columns are paths; or FILE.yaml, a list of points",
                "draws=FILE.csv": "sets of parameters, crossed with the rest: a row (or a point of a YAML list) a draw",
            },
            "how sure": {"replicates=1": "runs of each point; replicate i has the same luck everywhere"},
            "common to all runs": {name: SCENARIO[name] for name in COMMON},
            "output": {
                "out=FOLDER": "where to write, and to go on after a stop; named after the design by default",
                "indicators=a,b": "series to keep; all by default",
            }
            | ENGINE
            | JSON,
            "before running": {"--dry-run": "say how many runs are needed and why, how long they take, and stop"},
            "messages": SPEAK,
        },
        keys=(*ENGINE_KEYS, "design", "draws", "indicators", "out", "points", "replicates", "table"),
        flags=("--json", "--dry-run"),
        takes_overrides=True,
        takes_words=True,
        codes=(0, 1, 2, 4, 130),
    ),
    Verb(
        "resume",
        "Go on with a sweep that was stopped, from what is stored in its folder.",
        (
            "mandate resume results/suspension_tipping_point",
            "mandate resume results/suspension_tipping_point --dry-run",
            "mandate resume results/suspension_tipping_point engine=dask workers=2",
        ),
        {
            "what": {
                "FOLDER": "written by mandate sweep",
                "--again": "also give runs that failed three times three more attempts",
            },
            "how": ENGINE,
            "output": JSON,
            "before running": {"--dry-run": "say how many runs are needed and why, how long they take, and stop"},
            "messages": SPEAK,
        },
        keys=ENGINE_KEYS,
        flags=("--again", "--json", "--dry-run"),
        takes_words=True,
        codes=(0, 1, 2, 4, 130),
    ),
    Verb(
        "rerun",
        "Make one run of a sweep again from its stored scenario, and compare it with what is kept.",
        (
            "mandate rerun results/suspension_tipping_point run=RUN",
            "mandate rerun results/suspension_tipping_point run=RUN out=results/one",
            "mandate rerun results/suspension_tipping_point run=RUN --json",
        ),
        {
            "what": {
                "FOLDER": "written by mandate sweep",
                "run=RUN": "name of the run, as in the column run of sim.open_sweep(FOLDER).runs",
            },
            "output": {"out=FOLDER": "also write the run's tables and manifest there"} | JSON,
            "messages": SPEAK,
        },
        keys=("out", "run"),
        flags=("--json",),
        takes_words=True,
        codes=(0, 1, 2, 4, 130),
    ),
)

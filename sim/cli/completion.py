"""``mandate completion``: scripts for bash, zsh and fish with all words in them, so that Tab answers at once.

The words are verbs, flags, groups with their options, scenario values and parameter paths, as of this version; make
the script again after an update.
"""

from __future__ import annotations

from sim.cli.help import VERBS, Verb
from sim.cli.words import COMMON_FLAGS, Words
from sim.errors import ScenarioError, did_you_mean

_BASH = """# bash completion of mandate
_mandate() {
  local line="${COMP_LINE:0:COMP_POINT}" verb="${COMP_WORDS[1]}" words word prefix before last
  local cur="${line##*[[:space:]]}"
  if [[ "$line" != *[[:space:]]*[[:space:]]* ]]; then words="@VERBS@"; else
    case "$verb" in
@CASES@
    esac
  fi
  prefix="" before=""
  if [[ "$cur" == *=*[][,+]* ]]; then # further names of a list
    last="${cur##*[][,+]}" before="${cur#*=}"
    before="${before%"$last"}" cur="${cur%%=*}=$last"
  fi
  [[ "$cur" == *=* ]] && prefix="${cur%"${cur##*=}"}"
  COMPREPLY=()
  for word in $words; do
    [[ "$word" == "$cur"* ]] && COMPREPLY+=("$before${word#"$prefix"}")
  done
  [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *= ]] && compopt -o nospace
  return 0
}
complete -F _mandate mandate
"""
_ZSH = """#compdef mandate
_mandate() {
  local -a candidates
  if (( CURRENT == 2 )); then candidates=(@VERBS@); else
    case "${words[2]}" in
@CASES@
    esac
  fi
  compadd -S ' ' -- ${candidates:#*=}
  compadd -S '' -- ${(M)candidates:#*=}
}
if [[ "${funcstack[1]}" == _mandate ]]; then _mandate "$@"; else compdef _mandate mandate; fi
"""


def main(words: Words) -> int:
    """Print the script of one shell."""
    words.stop_if_wrong()
    shells = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    if len(words.plain) != 1 or words.plain[0] not in shells:
        name = " ".join(words.plain)
        raise ScenarioError(f"mandate completion {name}".rstrip() + f": needs one shell. {did_you_mean(name, shells)}")
    print(shells[words.plain[0]](), end="")
    return 0


def candidates(verb: Verb) -> list[str]:
    """Return the words that can follow a verb; ``name=`` where a value is to be typed."""
    from sim.config.groups import GROUPS, options
    from sim.parameters import Parameters, walk

    found = [*verb.words, *verb.flags, *COMMON_FLAGS, *(f"{key}=" for key in verb.keys)]
    if verb.takes_overrides:
        found += [f"{group}={name}" for group in GROUPS for name in options(group)]
        found += [f"{path}=" for path in _scenario_paths()]
        found += [f"parameters.{info.path}=" for info in walk(Parameters())]
    if verb.name == "scenarios":
        found += list(GROUPS)
    if verb.name == "parameters":
        found += sorted({info.path.partition(".")[0] for info in walk(Parameters())})
    return found


def _scenario_paths() -> list[str]:
    """Paths of a scenario's single values, parameters and texts left out."""
    from sim.parameters import walk
    from sim.scenario import Scenario

    paths = [info.path for info in walk(Scenario()) if info.unit != "text" and not info.path.startswith("parameters.")]
    return [*paths, "scenario", "config_dir"]


def _bash() -> str:
    """Script for bash."""
    cases = "\n".join(f'      {name}) words="{" ".join(candidates(verb))}" ;;' for name, verb in VERBS.items())
    return _BASH.replace("@VERBS@", " ".join([*VERBS, "--help", "--version"])).replace("@CASES@", cases)


def _zsh() -> str:
    """Script for zsh."""
    cases = "\n".join(f"      {name}) candidates=({' '.join(candidates(verb))}) ;;" for name, verb in VERBS.items())
    return _ZSH.replace("@VERBS@", " ".join([*VERBS, "--help", "--version"])).replace("@CASES@", cases)


def _fish() -> str:
    """Script for fish."""
    lines = ["# fish completion of mandate", "complete -c mandate -f"]
    lines += [
        f"complete -c mandate -n __fish_use_subcommand -a {name} -d '{_quoted(verb.sentence)}'"
        for name, verb in VERBS.items()
    ]
    lines += [
        f"complete -c mandate -n '__fish_seen_subcommand_from {name}' -a '{' '.join(candidates(verb))}'"
        for name, verb in VERBS.items()
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Text for single quotes in fish."""
    return text.replace("'", "\\'")

"""Names of options, missions, shocks and worlds as they stand in sentences.

Part of the report; answers what a program name is called in plain words. Leaves out descriptions, which come with the
study. Unknown names are spoken with spaces for underscores, so that nothing new breaks a report.
"""

from __future__ import annotations

import re

OPTIONS = {
    "status_quo": "the status quo",
    "zero_tolerance": "zero tolerance",
    "training": "training",
    "leadership_accountability": "leadership accountability",
    "off_limits": "off-limits rules",
    "women_share": "a higher share of women",
    "victim_channels": "victim channels",
    "external_experts": "external experts",
    "follow_up": "follow-up",
    "withhold_pay": "withholding pay",
    "suspend_contributions": "suspending contributors",
    "waive_immunity": "waiving immunity",
    "in_country_courts": "in-country courts",
    "host_jurisdiction_convention": "the host-jurisdiction convention",
    "transnational_response": "the transnational response",
    "upstream_prevention": "upstream prevention",
    "zeid_2005": "the 2005 Zeid package",
    "reform_2016": "the 2016 reform package",
    "full_agenda": "the full agenda",
    "victim_centred": "the victim-centred package",
    "sanctions_only": "sanctions alone",
    "do_nothing": "doing nothing",
}
MISSIONS = {
    "generic": "the invented mission",
    "drc": "DR Congo",
    "car": "the Central African Republic",
    "bosnia": "Bosnia and Herzegovina",
    "sierra_leone": "Sierra Leone",
}
_JOINTS = re.compile(r"\s*[+,]\s*")


def option_name(name: str) -> str:
    """Return an option as a noun phrase: "waiving immunity", "follow-up + external experts"."""
    parts = _JOINTS.split(name.strip("[] "))
    return " + ".join(OPTIONS.get(re.sub(r"[\s-]+", "_", part.lower()), spoken(part)) for part in parts)


def short_name(name: str) -> str:
    """Return an option for a label: without article, with a capital letter."""
    text = option_name(name)
    text = text.removeprefix("the ").removeprefix("a ")
    return text[:1].upper() + text[1:]


def mission_name(name: str) -> str:
    """Return a mission as it stands after "in"."""
    return MISSIONS.get(name, spoken(name).title())


def shock_phrase(name: str) -> str:
    """Return a shock as it stands after the mission: "with no extra shock"."""
    return "with no extra shock" if name in ("", "none") else f"with the shock “{spoken(name)}”"


def shock_name(name: str) -> str:
    """Return a shock for a heading."""
    return "no extra shock" if name in ("", "none") else spoken(name)


def spoken(name: str) -> str:
    """Return a name of the program as words."""
    return name.replace("_", " ").strip()

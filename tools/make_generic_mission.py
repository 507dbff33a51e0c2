"""Writes the invented tables of the generic mission, for teaching and tests; every value is an assumption.

Run from the project's root: ``python tools/make_generic_mission.py``.
"""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path("scenarios/mission/generic")
START = "2000-01-03"
NOTE = "invented for teaching; range: any"
CATEGORIES = {"military": 4000, "police": 600, "civilian": 300, "contractor": 100}
SECTORS = {
    "north": [("MIS town 2", 11, 5, 0.6), ("MIS town 4", 15, 5, 0.4)],
    "centre": [("MIS capital", 13, 7, 0.8), ("MIS town 7", 10, 8, 0.2)],
    "south": [("MIS town 5", 11, 10, 0.5), ("MIS town 8", 14, 11, 0.5)],
    "east": [("MIS town 3", 16, 9, 0.7), ("MIS town 6", 17, 7, 0.3)],
}
EXPOSURE = {"military": 0.25, "police": 0.9, "civilian": 1.0, "contractor": 1.0}
DISPOSABLE = {"military": 90, "police": 300, "civilian": 450, "contractor": 300}
INCOME = {"MIS": 900, "NBR": 1500, "SRA": 600, "SRC": 500}
# Contributor: is a state, rule of law (sd), income (USD per person and year), paying for sex is an offence
CONTRIBUTORS = {
    "EMPLOYER-1": (0, 0, 0, 0),
    "TCC-1": (1, 0, 3000, 0),
    "TCC-2": (1, -0.5, 900, 0),
    "TCC-3": (1, 1.5, 35000, 1),
    "TCC-4": (1, 0.5, 9000, 0),
    "TCC-5": (1, -1, 500, 0),
    "TCC-6": (1, 1, 20000, 0),
    "UN-STAFF": (0, 0, 0, 0),
}
COVARIATES = {"is_state": "flag", "rule_of_law": "sd", "income_usd_per_year": "USD", "purchase_is_offence": "flag"}


def write(name: str, header: list[str], rows: list[list[object]]) -> None:
    """Write one table with the common columns appended."""
    path = FOLDER / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["date", *header, "value", "unit", "status", "source", "note"])
        writer.writerows([[START, *row, "assumed", "assumption", NOTE] for row in rows])


def contingents() -> list[list[object]]:
    """Twelve military posts of six contributors, four of police, four of civilian staff, one of contractors."""
    rows: list[list[object]] = []
    sectors = list(SECTORS)
    for i in range(12):
        rows.append(
            [
                f"battalion-{i + 1:02d}",
                f"TCC-{i // 2 + 1}",
                "military",
                "un",
                sectors[i % 4],
                700 if i < 2 else 600 if i < 4 else 250,
                "persons",
            ]
        )
    for i, sector in enumerate(sectors):
        rows.append([f"police-{sector}", f"TCC-{i + 3}", "police", "un", sector, 150, "persons"])
        rows.append([f"civilian-{sector}", "UN-STAFF", "civilian", "un", sector, 75, "persons"])
    rows.append(["contractor-1", "EMPLOYER-1", "contractor", "employer", "centre", 100, "persons"])
    return rows


def main() -> None:
    """Write all tables."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    write("strength", ["category", "scope"], [[c, "in_country", n, "persons"] for c, n in CATEGORIES.items()])
    write("contingents", ["contingent", "contributor", "category", "authority", "sector"], contingents())
    write(
        "places",
        ["sector", "town", "col", "row"],
        [[sector, *town, "share"] for sector, towns in SECTORS.items() for town in towns],
    )
    write("conduct_rules", ["category", "rule"], [[c, "exposure", x, "share"] for c, x in EXPOSURE.items()])
    write(
        "incomes",
        ["subject", "series"],
        [[c, "disposable_usd_per_week", x, "USD"] for c, x in DISPOSABLE.items()]
        + [[c, "income_usd_per_year", x, "USD"] for c, x in INCOME.items()]
        + [["MIS", "wage_usd_per_month", 100, "USD"]],
    )
    write(
        "borders",
        ["country", "series"],
        [[c, "interception_share", x, "share"] for c, x in (("SRA", 0.04), ("SRC", 0.06), ("MIS", 0.0))]
        + [[c, "crossing_cost_ratio", 1, "ratio"] for c in ("SRA", "SRC", "MIS")],
    )
    write(
        "enforcement",
        ["series"],
        [
            ["raid_capacity_per_week", 2, "per_week"],
            ["assistance_places_per_month", 4, "per_month"],
            ["shelter_beds", 20, "persons"],
        ],
    )
    write(
        "contributors",
        ["contributor", "series"],
        [
            [name, series, value, unit]
            for name, values in CONTRIBUTORS.items()
            for (series, unit), value in zip(COVARIATES.items(), values, strict=True)
        ],
    )


if __name__ == "__main__":
    main()

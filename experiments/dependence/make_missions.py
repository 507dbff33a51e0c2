"""Writes the two missions of this experiment from the generic one; only who sends which battalion differs.

``even``: six contributors send two of twelve equal battalions each. ``concentrated``: one sends seven, the others one each.
Run from the project's root: ``python -m experiments.dependence.make_missions``. Every value is an assumption.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

GENERIC = Path("scenarios/mission/generic")
FOLDER = Path("experiments/dependence/mission")
BATTALION = 342  # persons; twelve of them are the generic mission's military
SENDERS = {
    "even": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
    "concentrated": [1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6],
}
TITLES = {"even": "Six equal contributors", "concentrated": "One contributor sends seven of twelve battalions"}


def main(folder: Path = FOLDER) -> None:
    """Write both missions."""
    for name, senders in SENDERS.items():
        tables = folder / name
        tables.mkdir(parents=True, exist_ok=True)
        for table in sorted(GENERIC.glob("*.csv")):
            shutil.copyfile(table, tables / table.name)
        write_contingents(tables / "contingents.csv", senders)
        lines = GENERIC.with_suffix(".yaml").read_text(encoding="utf-8").splitlines()
        changed = {"name": name, "title": TITLES[name], "tables": name}
        text = [next((f"{k}: {v}" for k, v in changed.items() if line.startswith(f"{k}:")), line) for line in lines]
        text[1] = f"# {TITLES[name]}; else the generic mission"
        (folder / f"{name}.yaml").write_text("\n".join(text) + "\n", encoding="utf-8", newline="\n")


def write_contingents(path: Path, senders: list[int]) -> None:
    """Give each battalion its sender and the same size; other posts stay."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    military = [row for row in rows if row["category"] == "military"]
    for row, sender in zip(military, senders, strict=True):
        row["contributor"], row["value"] = f"TCC-{sender}", str(BATTALION)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()

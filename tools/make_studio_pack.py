"""Makes the runs the studio opens with: A and B of its default, and what lies under the maps, as one small file.

Run it again when results change on purpose; a test compares the file with the model.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere

from sim.config import load_scenario, options  # noqa: E402
from sim.studio.choice import SIDES  # noqa: E402
from sim.studio.frames import simulate_frames  # noqa: E402
from sim.studio.ground import ground_of  # noqa: E402
from sim.studio.opening import opening  # noqa: E402
from sim.studio.packing import write_pack  # noqa: E402
from sim.studio.setting import DEFAULT_FILE, GROUNDS  # noqa: E402

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # so that equal contents give equal files


def made() -> bytes:
    """The file's bytes."""
    choice = opening()
    parts = {f"{side}.pack": write_pack(*simulate_frames(choice.scenario(side))) for side in SIDES}
    grounds = {name: ground_of(load_scenario(f"mission={name}")) for name in options("mission")}
    parts[GROUNDS] = json.dumps(grounds, separators=(",", ":")).encode()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as shipped:
        for name, content in sorted(parts.items()):
            shipped.writestr(zipfile.ZipInfo(name, FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


if __name__ == "__main__":
    target = ROOT / "sim" / "studio" / "data" / DEFAULT_FILE
    target.write_bytes(made())
    print(f"wrote {target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")

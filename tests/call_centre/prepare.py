"""Make the call centre's contract folder: its terms, and its queues from the calls themselves.

python -m tests.call_centre.prepare OUT_DIR [--data ../shared/data/call_center_1999]
"""

from __future__ import annotations

import argparse
import csv
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "call_center_1999"


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/call-centre/{contract.yaml,units.csv} and return that folder."""
    folder = out / "call-centre"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "contract.yaml", folder / "contract.yaml")
    with (data / "january.txt").open(encoding="ascii", newline="") as lines:
        queues = sorted({row["type"].strip() for row in csv.DictReader(lines, delimiter="\t")})
    (folder / "units.csv").write_text("queue\n" + "".join(f"{one}\n" for one in queues), encoding="utf-8")
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))

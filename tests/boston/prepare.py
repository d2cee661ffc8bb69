"""Make the Boston contract's folder: its terms, and the wards that the cases name.

python -m tests.boston.prepare OUT_DIR [--data ../shared/data/boston_311_2015]

`--data` may name another folder, with other months' files (`cases_*.csv`).
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1].parent / "shared" / "data" / "boston_311_2015"


def prepare(out: Path, data: Path = DATA) -> Path:
    """Write OUT_DIR/boston-cases/{contract.yaml,units.csv} and return that folder."""
    return contract_over(out, (case.get("ward") or "" for path in files(data) for case in cases_of(path)))


def contract_over(out: Path, wards: Iterable[str]) -> Path:
    """The same, its register made of these wards."""
    folder = out / "boston-cases"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(HERE / "contract.yaml", folder / "contract.yaml")
    lines = (f"{ward}\n" for ward in sorted({ward.strip() for ward in wards} - {""}))
    (folder / "units.csv").write_text("ward\n" + "".join(lines), encoding="utf-8")
    return folder


def files(data: Path) -> list[Path]:
    """The months' files, in the order in which they state a case: by name, numbers by their value."""
    return sorted(
        data.glob("cases_*.csv"),
        key=lambda path: [int(part) if part.isdigit() else part for part in re.split("([0-9]+)", path.name)],
    )


def cases_of(path: Path) -> list[dict[str, str]]:
    """A file's rows as the csv module reads them."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    print(prepare(arguments.out, arguments.data))
